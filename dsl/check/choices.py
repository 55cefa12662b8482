"""Choices: what is chosen among, and the conditions on what is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from .. import codes
from ..assignable import holds_tensor, is_callable, join
from ..diagnostics import Label
from ..source import Span
from ..tree import Call, Choice, Comprehension, Expr, Labelled, ListExpr, Name, OptionSet, Where
from ..types import ACTIVATION, ANY, BLOCK, INTERVAL, FunctionOf, InstanceOf, ListOf, Signature, Type
from .arithmetic import need_bool
from .binding import Site, bind_values
from .expressions import arguments_of, infer
from .frame import Frame
from .mismatch import mismatch_hint
from .patterns import declare, take_label
from .scope import Kind

_BRACES = "options stand in braces, `{ 3, 5, 7 }`, or in a list, `[c * 8 for c in counts]`"
_NAMED = "name each: `{ small: conv2d(8), large: conv2d(16) }`"


def check_choice(frame: Frame, node: Choice) -> bool:
    """Check the options, and bind the name to what one of them is."""
    type_ = _chosen(frame, node.options)
    first = frame.paths.take("choice", node.name.name, node.name.span)
    if first is None:
        declare(frame, node.name, Kind.CHOICE, type_)
        return False
    frame.report.error(
        codes.CHOICE_TWICE,
        f"the choice `{node.name.name}` is made twice in one scope",
        node.name.span,
        "made again",
        others=(Label(first, "made here first"),),
        hint="a point of the space names each choice by its scope and name: each needs its own",
    )
    frame.scope.add(node.name.name, Kind.CHOICE, type_, node.name.span, fixed=True)
    return False


def check_where(frame: Frame, node: Where) -> bool:
    """Check a condition on the choices made so far."""
    need_bool(frame, infer(frame.values("`where`"), node.condition), node.condition.span, "`where`")
    return False


def _chosen(frame: Frame, options: OptionSet | Expr) -> Type:
    """The type of whichever option is chosen."""
    inner = frame.values("an option")
    if isinstance(options, OptionSet):
        return _one_of_set(inner, options.items)
    signature = _interval(frame, options)
    if signature is not None and isinstance(options, Call):
        return _between(inner, options, signature)
    return _one_of_list(inner, options)


# Options one by one -------------------------------------------------------------------------


def _one_of_set(frame: Frame, items: Sequence[Expr]) -> Type:
    types = [_option(frame, item) for item in items]
    _need_own_names(frame, items, types)
    joined = types[0]
    for item, type_ in zip(items, types, strict=True):
        both = join(joined, type_)
        if both is None:
            return _refuse_unlike(frame, items[0], item, joined, type_)
        joined = both
    return joined


def _option(frame: Frame, item: Expr) -> Type:
    if _interval(frame, item) is not None:
        return _refuse_interval(frame, item)
    before = len(frame.report.found)
    type_ = _labelled(frame, item) if isinstance(item, Labelled) else infer(frame, item)
    return ANY if len(frame.report.found) > before else _allowed(frame, type_, item.span)


def _labelled(frame: Frame, item: Labelled) -> Type:
    """A label names an instance, and its layers; anything else has a name."""
    take_label(frame, item.label)
    type_ = infer(frame, item.value)
    if type_ is ANY or _is_made(frame, item.value, type_):
        return type_
    named = "the name of a block" if isinstance(item.value, Name) and is_callable(type_) else f"`{type_}`"
    return frame.report.error(
        codes.OPTION_LABEL,
        f"the label `{item.label.name}` is on an option that has a name without it",
        item.label.span,
        f"labels {named}",
        hint="a value is its own name; only an instance is named by a label: `small: conv2d(8)`",
    )


def _is_made(frame: Frame, item: Expr, type_: Type) -> bool:
    """Whether the option is an instance that is made here. What a function gives is made in it."""
    if not isinstance(item, Call) or not (isinstance(type_, InstanceOf) or type_ in (BLOCK, ACTIVATION)):
        return False
    symbol = frame.scope.find(item.callee.name) if isinstance(item.callee, Name) else None
    return symbol is None or not isinstance(symbol.type, FunctionOf)


def _allowed(frame: Frame, type_: Type, span: Span) -> Type:
    """The type, if a value of it can be an option: by it the point of a space must be told from others."""
    if holds_tensor(type_):
        hint = "choose its index: `choice source in 0..len(states)`, then `states[source]`"
    elif isinstance(type_, FunctionOf):
        hint = "choose among what it gives, or among blocks"
    else:
        return type_
    what = "a function" if isinstance(type_, FunctionOf) else f"`{type_}`"
    return frame.report.error(codes.WRONG_OPTION, f"{what} can't be an option", span, f"this is {what}", hint=hint)


def _refuse_unlike(frame: Frame, first: Expr, item: Expr, joined: Type, type_: Type) -> Type:
    return frame.report.error(
        codes.OPTIONS_DIFFER,
        f"this option is `{type_}`, those before it are `{joined}`",
        item.span,
        f"this is `{type_}`",
        others=(Label(first.span, "the first option"),),
        hint=_unlike_hint(frame, joined, type_),
    )


def _unlike_hint(frame: Frame, joined: Type, type_: Type) -> str:
    if is_callable(joined) and is_callable(type_):
        return "blocks that are chosen among give one tensor each"
    return mismatch_hint(type_, joined, frame.report) or "options are all numbers, all words, all blocks: of one type"


def _need_own_names(frame: Frame, items: Sequence[Expr], types: Sequence[Type]) -> None:
    """Instances of one block without labels have its name alike: a point could mean either."""
    taken: dict[str, Expr] = {}
    for item, type_ in zip(items, types, strict=True):
        name = _name(item, type_)
        if name is None:
            continue
        first = taken.setdefault(name, item)
        if first is not item and isinstance(type_, InstanceOf) and not isinstance(item, Labelled | Name):
            message = f"two options have the name `{name}`"
            others = (Label(first.span, "the first"),)
            frame.report.error(codes.OPTION_NAME, message, item.span, "of the same name", others=others, hint=_NAMED)


def _name(item: Expr, type_: Type) -> str | None:
    if isinstance(item, Labelled):
        return item.label.name
    if isinstance(item, Name):
        return item.name
    return type_.signature.name if isinstance(type_, InstanceOf) else None


# Options as a list --------------------------------------------------------------------------


def _one_of_list(frame: Frame, options: Expr) -> Type:
    type_ = infer(frame, options)
    if type_ is ANY:
        return ANY
    if not isinstance(type_, ListOf):
        message = f"a choice is made among the items of a list, this is `{type_}`"
        return frame.report.error(codes.WRONG_OPTIONS, message, options.span, f"this is `{type_}`", hint=_BRACES)
    if isinstance(options, ListExpr) and not options.items:
        message = "there is nothing to choose from"
        return frame.report.error(codes.NO_OPTIONS, message, options.span, "an empty list", hint=_BRACES)
    _need_names(frame, options, type_.element)
    return _allowed(frame, type_.element, options.span)


def _need_names(frame: Frame, options: Expr, element: Type) -> None:
    """The instances of a list that is written here have names."""
    if isinstance(options, ListExpr):
        _need_own_names(frame, options.items, [element] * len(options.items))
    if isinstance(options, Comprehension) and isinstance(options.element, Call) and isinstance(element, InstanceOf):
        name = element.signature.name
        frame.report.error(
            codes.OPTION_NAME,
            f"all these options have the name `{name}`",
            options.element.span,
            "makes instances of one name",
            hint=f"choose the value, and give it to `{name}` where that is called",
        )


# Intervals ----------------------------------------------------------------------------------


def _interval(frame: Frame, expr: Expr) -> Signature | None:
    """What is called, if that is `uniform`, `log_uniform`, or another name for one."""
    if not isinstance(expr, Call) or not isinstance(expr.callee, Name):
        return None
    symbol = frame.scope.find(expr.callee.name)
    callee = symbol.type if symbol is not None else ANY
    return callee.signature if isinstance(callee, FunctionOf) and callee.signature.returns is INTERVAL else None


def _between(frame: Frame, node: Call, signature: Signature) -> Type:
    """Check the ends of the interval. Whatever is wrong with them, nothing can read what lies between."""
    site = Site(node.span, signature.name, node.callee.span, arguments_of(frame, node.arguments))
    bind_values(frame, site, signature, site.positional)
    return INTERVAL


def _refuse_interval(frame: Frame, item: Expr) -> Type:
    return frame.report.error(
        codes.INTERVAL_MISPLACED,
        "an interval is no option among others",
        item.span,
        "between braces",
        hint="leave the braces out: `choice learning_rate in log_uniform(1e-4, 1e-1)`",
    )
