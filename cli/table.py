"""Tables as text: columns as wide as their widest cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


def table(rows: Iterable[Sequence[str]], texts: int) -> Iterator[str]:
    """The lines of a table. The first `texts` columns stand on the left; the rest are numbers, on the right."""
    listed = list(rows)
    widths = [max(map(len, column)) for column in zip(*listed, strict=True)]
    for row in listed:
        cells = [f"{cell:<{width}}" for cell, width in zip(row[:texts], widths, strict=False)]
        cells += [f"{cell:>{width}}" for cell, width in zip(row[texts:], widths[texts:], strict=True)]
        yield "  ".join(cells).rstrip()
