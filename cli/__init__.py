"""The command line: one module a subcommand, imported only when it is called.

Exit codes: 0 done, 1 findings (an error in a checked program, a mismatch), 2 wrong usage or input.
"""

from __future__ import annotations

import gc
import importlib
import os
from typing import ClassVar

import click

from ..version import __version__

_MULTIPLYING = frozenset({"verify"})
"""Commands that run a model in NumPy; no other multiplies matrices."""


class Commands(click.Group):
    """A group whose subcommands live in modules of their own names."""

    summaries: ClassVar[dict[str, str]] = {
        "bench": "Measure the latency of an artefact.",
        "check": "Find every error in a program.",
        "compile": "Compile a model to TFLite or ONNX.",
        "cost": "Show parameters, MACs, bytes and peak memory, layer by layer.",
        "explain": "Explain a code, an operator, a block.",
        "fmt": "Lay out programs in the canonical way.",
        "lint": "Find what is legal and still unwanted, and mend it.",
        "opt": "Run passes on IR text.",
        "space": "Count, sample and vary the points of a search space.",
        "verify": "Run an artefact and compare it with the reference evaluator.",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The subcommands' names, sorted."""
        return sorted(self.summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports the subcommand's module."""
        if cmd_name not in self.summaries:
            return None
        if cmd_name not in _MULTIPLYING:
            # OpenBLAS starts its threads when NumPy is imported, which takes longer than importing all the rest of it.
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        # A command lives for a second and leaves no circular garbage worth a search; importing alone is a tenth faster.
        gc.disable()
        command: click.Command = importlib.import_module(f".{cmd_name}", __name__).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the subcommands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(self.summaries.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mnet")
def main() -> None:
    """A compiler for mobile neural architectures: from .mnet text to TFLite and ONNX.

    Exit codes: 0 done, 1 findings, 2 wrong usage or input.
    """
