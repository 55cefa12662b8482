"""mnet, a compiler for mobile neural architectures.

    import mnet

    mnet.compile("mobilenet_v3.mnet", "MobileNetV3Large", weights="v3.keras", target="tflite")

    network = mnet.load("mobilenet_v3.mnet", "MobileNetV3Small", set={"width": 0.75})
    network.cost().total.macs
    network.run(image=image)

    space = mnet.space("mnasnet.mnet")
    point = mnet.Sampler(space, seed=1).draw()
    mnet.compile("mnasnet.mnet", choose=point)

Whatever is wrong with a program or a file is raised as `DiagnosticError`, with all diagnostics in it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .backends.targets import backend
    from .compiler.ir import Graph
    from .compiler.space import Point, Sampler, Space
    from .driver import (
        Artifact,
        Network,
        check,
        compile,  # noqa: A004  # the verb of the whole package
        load,
        read_point,
        space,
        verify,
        write,
        write_point,
    )
    from .dsl.diagnostics import Diagnostic, DiagnosticError
    from .version import __version__

_HOMES = {
    "Artifact": "driver",
    "Diagnostic": "dsl.diagnostics",
    "DiagnosticError": "dsl.diagnostics",
    "Graph": "compiler.ir",
    "Network": "driver",
    "Point": "compiler.space",
    "Sampler": "compiler.space",
    "Space": "compiler.space",
    "__version__": "version",
    "backend": "backends.targets",
    "check": "driver",
    "compile": "driver",
    "load": "driver",
    "read_point": "driver",
    "space": "driver",
    "verify": "driver",
    "write": "driver",
    "write_point": "driver",
}

__all__ = [
    "Artifact",
    "Diagnostic",
    "DiagnosticError",
    "Graph",
    "Network",
    "Point",
    "Sampler",
    "Space",
    "__version__",
    "backend",
    "check",
    "compile",
    "load",
    "read_point",
    "space",
    "verify",
    "write",
    "write_point",
]


def __dir__() -> list[str]:
    return __all__


def __getattr__(name: str) -> object:
    """Imports a public name from its home when it is first asked for: importing `mnet` imports nothing else."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
