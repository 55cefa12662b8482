"""Findings as SARIF 2.1.0 (OASIS, 2020), which code hosts and editors read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..dsl.diagnostics import Code, Diagnostic, Edit, Fix, Label, Severity
from ..dsl.source import Span
from ..version import __version__
from .engine import rule
from .rules import RULES

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def sarif(found: Sequence[Diagnostic]) -> dict[str, Any]:
    """A log with one run. Columns count Unicode code points, as everywhere here."""
    codes = list({one.code.id: one.code for one in found}.values())
    driver = {"name": "mnet", "version": __version__, "rules": [_descriptor(code) for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, codes.index(one.code)) for one in found],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _descriptor(code: Code) -> dict[str, Any]:
    described: dict[str, Any] = {"id": code.id, "shortDescription": {"text": code.title}}
    if code.id in RULES:
        known = rule(code.id)
        described |= {"name": known.name, "fullDescription": {"text": known.what}, "help": {"text": known.why}}
    return described


def _result(found: Diagnostic, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": found.code.id,
        "ruleIndex": index,
        "level": _LEVELS[found.severity],
        "message": {"text": "\n".join(_sentences(found))},
        "locations": [_location(label.span) for label in found.labels[:1]],
    }
    if found.labels[1:]:
        result["relatedLocations"] = [_related(label) for label in found.labels[1:]]
    if found.fix and found.fix.edits:
        result["fixes"] = [_fix(found.fix)]
    return result


def _sentences(found: Diagnostic) -> Iterable[str]:
    yield found.message
    yield from found.notes
    if found.hint:
        yield f"hint: {found.hint}"


def _location(span: Span) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _artifact(span.file), "region": _region(span)}}


def _related(label: Label) -> dict[str, Any]:
    return {**_location(label.span), "message": {"text": label.text}}


def _artifact(file: str) -> dict[str, Any]:
    """A relative name stays relative: the reader knows the directory."""
    path = Path(file)
    return {"uri": path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="surrogateescape")}


def _region(span: Span) -> dict[str, Any]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    file = fix.edits[0].span.file
    change = {"artifactLocation": _artifact(file), "replacements": [_replacement(edit) for edit in fix.edits]}
    return {"description": {"text": fix.message}, "artifactChanges": [change]}


def _replacement(edit: Edit) -> dict[str, Any]:
    return {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.replacement}}
