"""Where modules are looked for: the declared roots, and `std` inside the package."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import codes
from .diagnostics import DiagnosticError, error
from .record import record
from .suggest import hint
from .tree import Import

STD = "std"
SUFFIX = ".mnet"
STD_FOLDER = Path(__file__).with_name(STD)


@record
class Place:
    """A module's file. `name` is how messages call it; `path` is None inside the package."""

    content: Path
    name: str
    path: Path | None

    def is_file(self, path: Path | None) -> bool:
        """Whether both are the same file, links resolved."""
        return self.path is not None and path is not None and self.path.resolve() == path.resolve()


@record
class Library:
    """The first of `roots` that has a module wins."""

    roots: tuple[Path, ...]

    def locate(self, wanted: Import) -> Place:
        """The file of a module. Raises `DiagnosticError` where none is, or it is a link out of its root."""
        relative = _relative(wanted.module)
        if wanted.module[0] == STD:
            return self._locate_std(wanted, relative)
        # Not Path.is_file: it raises where a path is too long.
        root = next((root for root in self.roots if os.path.isfile(root / relative)), None)  # noqa: PTH113
        if root is None:
            raise self._unknown(wanted, [f"`{root}`" for root in self.roots])
        path = root / relative
        if not path.resolve().is_relative_to(root.resolve()):
            message = f"`{path}` is a link to a place outside of `{root}`"
            raise DiagnosticError(error(codes.OUTSIDE_ROOTS, message, wanted.module_span))
        return Place(path, str(path), path)

    def _locate_std(self, wanted: Import, relative: Path) -> Place:
        content = STD_FOLDER.parent / relative
        if not content.is_file():
            raise self._unknown(wanted, ["the standard library"])
        return Place(content, relative.as_posix(), None)

    def _unknown(self, wanted: Import, searched: Sequence[str]) -> DiagnosticError:
        where = ", ".join(searched) or "no directory: none is declared"
        return DiagnosticError(
            error(
                codes.UNKNOWN_MODULE,
                f"there is no module `{wanted.dotted}`",
                wanted.module_span,
                notes=(f"looked for `{_relative(wanted.module).as_posix()}` in {where}",),
                hint=hint(wanted.dotted, self._candidates(wanted)),
            )
        )

    def _candidates(self, wanted: Import) -> Iterator[str]:
        """What could have been meant: the modules beside the one looked for, and all of `std`."""
        prefix = "".join(f"{part}." for part in wanted.module[:-1])
        for root in self.roots:
            for name in _modules_in(root.joinpath(*wanted.module[:-1])):
                yield prefix + name
        for name in _modules_in(STD_FOLDER):
            yield f"{STD}.{name}"


def _modules_in(folder: Path) -> list[str]:
    try:
        return [entry.name.removesuffix(SUFFIX) for entry in folder.iterdir() if entry.name.endswith(SUFFIX)]
    except OSError:  # no folder, or none that may be listed: there is nothing to suggest
        return []


def _relative(module: Sequence[str]) -> Path:
    return Path(*module[:-1], module[-1] + SUFFIX)
