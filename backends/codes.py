"""The codes of what backends refuse (E08xx) and of files that can't be written (E09xx)."""

from __future__ import annotations

from ..dsl.diagnostics import Code

OUTSIDE_TARGET = Code("E0801", "operator beyond what the target can do")
TOO_LARGE = Code("E0802", "model larger than the target's files can be")
MISSING_RUNTIME = Code("E0803", "runtime that is not installed")
RUNTIME_FAILED = Code("E0804", "artefact that its runtime can't run")
OTHER_INPUTS = Code("E0805", "artefact of another model")
NOT_HONOURED = Code("E0806", "annotation that a target does not honour")

CANNOT_WRITE = Code("E0901", "file that can't be written")
NOT_A_TARGET = Code("E0902", "unknown target")
NOT_AN_OPTION = Code("E0903", "unknown option of a target")
