"""Reads HDF5, as far as weight files use it, in Python alone.

The HDF5 library crashes or hangs on files that lie, which a compiler of strangers' files can't afford;
and what Keras writes needs little of it. The format: https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html
(section numbers in this package are those of version 3.0 of that specification).
"""

from __future__ import annotations

from .file import H5File, Window, opened_h5

__all__ = ["H5File", "Window", "opened_h5"]
