"""Files appear whole or not at all.

An artefact is written to a file without a name in the directory it is meant for, and given its name by one
rename when it is complete. A full disk, an exception, or a kill at any moment leaves what was there before.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from ..dsl.diagnostics import DiagnosticError, error
from .codes import CANNOT_WRITE

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

_CHUNK = 1 << 20
_PERMISSIONS = 0o666  # the process's umask takes away from these, as for any new file


def write_atomically(path: Path, write: Callable[[BinaryIO], object], keep: Iterable[Path] = ()) -> bool:
    """Puts what `write` writes at `path`; False where the file already held exactly those bytes and was not touched.

    The files of `keep` are never replaced: a slip on the command line should not cost a source.
    Raises DiagnosticError where the file can't be written; whatever `write` raises passes through.
    """
    with _reported(path):
        target = Path(os.path.realpath(path))  # a link that leads to itself stays one, and is refused with its name
        _refuse_special(target, keep)
        with _unnamed_file(target) as (file, give_name):
            _keep_permissions(file, target)
            write(file)
            file.flush()
            if _same_content(file, target):
                return False
            give_name()
    return True


def watched(file: BinaryIO, progress: Callable[[int], object] | None) -> BinaryIO:
    """The file, telling `progress` of each number of bytes that is written to it."""
    return file if progress is None else cast("BinaryIO", _Watched(file, progress))


class _Watched:
    """Passes everything on to the file."""

    def __init__(self, file: BinaryIO, progress: Callable[[int], object]) -> None:
        self._file = file
        self._progress = progress

    def write(self, data: Buffer) -> int:
        written = self._file.write(data)
        self._progress(written)
        return written

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@contextlib.contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as failure:
        reason = failure.strerror or str(failure)
        raise DiagnosticError(error(CANNOT_WRITE, f"can't write `{path}`: {reason.lower()}")) from failure


def _refuse_special(target: Path, keep: Iterable[Path]) -> None:
    """A rename would replace a device or a pipe by a plain file, which nobody who names one wants."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(None, "it is a directory")
    if not stat.S_ISREG(mode):
        raise OSError(None, "it is not a regular file")
    if any(target.samefile(path) for path in keep if path.exists()):
        raise OSError(None, "it is read or written by the same command")


@contextlib.contextmanager
def _unnamed_file(target: Path) -> Iterator[tuple[BinaryIO, Callable[[], None]]]:
    """A file open for reading and writing, and what gives it the name `target`.

    Linux can make it without any name, so that even a kill leaves nothing; elsewhere it has a hidden one
    until it is complete.
    """
    hidden = _unused_name(target)
    try:
        descriptor = os.open(target.parent, os.O_TMPFILE | os.O_RDWR, _PERMISSIONS)
    except (AttributeError, OSError):
        descriptor = os.open(hidden, os.O_CREAT | os.O_EXCL | os.O_RDWR, _PERMISSIONS)

    def give_name() -> None:
        if not hidden.exists():
            # Naming a directory makes Python call linkat, which follows the link that the entry in /proc is.
            os.link(f"/proc/self/fd/{descriptor}", hidden, src_dir_fd=descriptor, follow_symlinks=True)
        hidden.replace(target)

    try:
        with os.fdopen(descriptor, "r+b", buffering=_CHUNK) as file:
            yield file, give_name
    finally:
        hidden.unlink(missing_ok=True)


def _unused_name(target: Path) -> Path:
    candidates = (target.with_name(f".{target.name}.{os.getpid()}-{n}") for n in itertools.count())
    return next(name for name in candidates if not name.exists())


def _keep_permissions(file: BinaryIO, target: Path) -> None:
    """A file that is written again stays as private or as executable as it was made."""
    if target.exists() and os.chmod in os.supports_fd:
        os.chmod(file.fileno(), stat.S_IMODE(target.stat().st_mode))  # noqa: PTH101  # the file has no path yet


def _same_content(file: BinaryIO, target: Path) -> bool:
    if not target.exists() or target.stat().st_size != file.seek(0, os.SEEK_END):
        return False
    file.seek(0)
    with target.open("rb") as existing:
        while chunk := file.read(_CHUNK):
            if chunk != existing.read(_CHUNK):
                return False
    return True
