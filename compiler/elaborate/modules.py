"""The names of modules: the prelude, what a file declares, what it imports."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ...dsl import tree
from ...dsl.builtins import BUILTINS
from ...dsl.dtypes import DType
from ...dsl.modules import MAIN, Program
from .builtins import FUNCTIONS
from .errors import PlacedError
from .place import Place
from .run import Frame, Run, evaluate
from .scope import Lazy, Scope
from .signatures import function_value, signature_of
from .values import POISON, BlockValue, ConstantMaker


def main_scope(program: Program, run: Run) -> Scope:
    """The scope of the program's main module, with those that it imports behind it."""
    prelude = _prelude(run)
    scopes = {name: Scope(prelude, outermost=True) for name in program.modules}
    for name, module in program.modules.items():
        _declare(module, scopes[name], run)
    for name, module in program.modules.items():
        _import(module, scopes[name], scopes)
    for name, module in program.modules.items():
        _settle(module, scopes[name])
    return scopes[MAIN]


def _prelude(run: Run) -> Scope:
    prelude = Scope(None, outermost=True)
    prelude.names.update({dtype.value: dtype for dtype in DType})
    prelude.names.update({name: run.operators[name] for name in run.signatures})
    prelude.names.update(FUNCTIONS)
    prelude.names["constant"] = ConstantMaker(BUILTINS["constant"].signature)
    return prelude


def _declare(module: tree.Module, scope: Scope, run: Run) -> None:
    for item in module.items:
        match item:
            case tree.Block():
                scope.declare(item.name.name, Lazy(partial(_block, item, scope)))
            case tree.Function():
                scope.declare(item.name.name, Lazy(partial(function_value, item, scope)))
            case tree.Constant():
                scope.declare(item.name.name, _constant(item, scope, run))


def _block(item: tree.Block, scope: Scope) -> BlockValue:
    return BlockValue(item, scope, signature_of(item))


def _constant(item: tree.Constant, scope: Scope, run: Run) -> Lazy:
    frame = Frame(run, scope, Place(lambda: ("", "")))
    return Lazy(lambda: _value(frame, item))


def _value(frame: Frame, item: tree.Constant) -> Any:
    with frame.run.apart():
        try:
            return evaluate(frame, item.value)
        except PlacedError as failure:
            frame.run.record(failure.diagnostic)
            return POISON


def _settle(module: tree.Module, scope: Scope) -> None:
    """Evaluate the constants in their order: a long chain of them is then no deep recursion."""
    for item in module.items:
        if isinstance(item, tree.Constant):
            scope.find(item.name.name)


def _import(module: tree.Module, scope: Scope, scopes: Mapping[str, Scope]) -> None:
    for statement in module.imports:
        source = scopes[statement.dotted]
        for imported in statement.names:
            if imported.name.name in source.names:  # a model has a name and is no value
                scope.declare(imported.local.name, source.names[imported.name.name])
