"""The targets by name. A backend is imported when somebody asks for it."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from ..dsl.diagnostics import DiagnosticError, error
from ..dsl.suggest import hint
from .base import Backend
from .codes import NOT_A_TARGET, NOT_AN_OPTION

TARGETS: Mapping[str, tuple[str, str]] = {"tflite": (".tflite", "TFLite"), "onnx": (".onnx", "Onnx")}
"""The module and class of each backend."""


def backend(target: str | Backend, **options: Any) -> Backend:
    """A backend by the name of its target, or the one given. Raises DiagnosticError for unknown names."""
    if not isinstance(target, str):
        return target
    if target not in TARGETS:
        raise DiagnosticError(error(NOT_A_TARGET, f"there is no target `{target}`", hint=hint(target, TARGETS)))
    module, name = TARGETS[target]
    kind = getattr(importlib.import_module(module, __package__), name)
    known = [field.name for field in fields(kind)]
    for option in (option for option in options if option not in known):
        message = f"target `{target}` has no option `{option}`; it has {', '.join(f'`{k}`' for k in known)}"
        raise DiagnosticError(error(NOT_AN_OPTION, message))
    chosen: Backend = kind(**options)
    return chosen
