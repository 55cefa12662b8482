"""The page of all diagnostics, made from their explanations.

`make docs` renews the committed page; a test compares the two.
"""

from __future__ import annotations

from .diagnostics import pages

_HEAD = """\
# Diagnostics

<!-- Made from the explanations.md of each room by `make docs`. -->

Every error and warning of the compiler, as `mnet explain CODE` shows it. What the linter finds has
[pages of its own](rules/README.md).
"""


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([_HEAD, *(f"## {page.name}: {page.title}\n\n{page.body()}\n" for page in pages())])
