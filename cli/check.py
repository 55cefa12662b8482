"""`mnet check`: everything that is wrong with a program, without compiling it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from .. import driver
from ..dsl.diagnostics import DiagnosticError, Severity
from . import options
from .console import FINDINGS, WRONG_INPUT, Console, reporting

if TYPE_CHECKING:
    from ..compiler.survey import Report, Survey, Tried


@click.command(name="check")
@options.tables
@options.source
@reporting
def command(console: Console, selection: options.Selection) -> None:
    """Find every error in MODEL.mnet: syntax, names, types, shapes; then every `require` and `expect` that fails.

    Without --model each model of the file is looked at whose parameters all have values. Of a search space a few points
    are, which together take every option of every decision, or the one point that is chosen. Expectations are compared
    where --set changes no default. Exit code 1 where anything was found, 2 where a file can't be read.
    """
    try:
        report = driver.check(
            selection.program,
            selection.model,
            set=selection.parameters,
            choose=selection.point(console),
            tables=dict(selection.tables),
            roots=selection.roots,
            sources=console.sources,
        )
    except DiagnosticError as failure:
        console.fail(failure.diagnostics, FINDINGS if console.sources.get(str(selection.program)) else WRONG_INPUT)
    found = report.diagnostics
    failed = any(diagnostic.severity is Severity.ERROR for diagnostic in found)
    if found and not console.json:
        console.diagnostics(found)
    for notice in _notices(report):
        console.notice(f"notice: {notice}")
    text = "" if failed else "\n".join(_summary(str(selection.program), report))
    console.result(text, lambda: _values(report))
    if failed:
        sys.exit(FINDINGS)


def _notices(report: Report) -> Iterator[str]:
    for name, missing in report.unchecked.items():
        values = " ".join(f"--set {parameter}=..." for parameter in missing)
        yield f"the shapes of {name} were not checked; say `--model {name} {values}`"
    for survey in report.surveys:
        if survey.uncompared:
            of = "one architecture, and this is a space" if survey.is_space else "a model as it stands"
            yield f"the expectations of {survey.model} were not compared: they are of {of}"


def _summary(program: str, report: Report) -> Iterator[str]:
    names = ", ".join(survey.model for survey in report.surveys)
    yield f"{program}: no errors ({names or 'no model was elaborated'})"
    for survey in report.surveys:
        if survey.is_space:
            yield f"{survey.model}: {_looked_at(survey)}"
            yield from (f"{survey.model}: {_held(tried)}" for tried in survey.tried)


def _looked_at(survey: Survey) -> str:
    rest = f" but {survey.untaken} options" if survey.untaken else ""
    if survey.points == 1:
        return f"1 point of the space was looked at, which takes all{rest or ' options'}"
    return f"{survey.points} points of the space were looked at, which take all{rest or ' options'}"


def _held(tried: Tried) -> str:
    return f"`{tried.requirement}` holds at {tried.met} of {tried.points} points"


def _values(report: Report) -> dict[str, Any]:
    from ..dsl.render import to_json  # noqa: PLC0415  # text needs none

    return {
        **to_json(report.diagnostics),
        "models": [survey.model for survey in report.surveys],
        "unchecked": list(report.unchecked),
        "spaces": {survey.model: _space(survey) for survey in report.surveys if survey.is_space},
    }


def _space(survey: Survey) -> dict[str, Any]:
    requirements = [
        {"requirement": str(tried.requirement), "met": tried.met, "points": tried.points} for tried in survey.tried
    ]
    return {"points": survey.points, "untaken_options": survey.untaken, "requirements": requirements}
