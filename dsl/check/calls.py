"""Calls: of functions, and of all that takes tensors, as an application or as an instance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .. import codes
from ..assignable import fits, holds_tensor, is_callable
from ..builtins import BUILTINS, Builtin
from ..diagnostics import Label
from ..types import (
    ACTIVATION,
    ANY,
    BLOCK,
    INTERVAL,
    TENSOR,
    BlockOf,
    FunctionOf,
    InstanceOf,
    ListOf,
    OneOf,
    Parameter,
    Signature,
    Type,
)
from .binding import Given, Site, bind_values, described, need_type
from .frame import Frame, Place
from .mismatch import mismatch_hint


def call(frame: Frame, site: Site, callee: Type) -> Type:
    """The type of a call of a value of type `callee`."""
    match callee:
        case _ if callee is ANY:
            return ANY
        case FunctionOf(signature):
            return _call_function(frame, site, signature)
        case BlockOf(signature):
            return _call_block(frame, site, callee, signature)
        case InstanceOf(signature):
            return _apply_instance(frame, site, signature)
        case _ if is_callable(callee):
            return _call_opaque(frame, site, callee)
        case _:
            return _refuse_call(frame, site, callee)


# Functions ----------------------------------------------------------------------------------


def _call_function(frame: Frame, site: Site, signature: Signature) -> Type:
    if site.piped:
        return _refuse_piped_function(frame, site, signature)
    builtin = BUILTINS.get(signature.name)
    if builtin is not None and builtin.signature is signature:
        return _call_builtin(frame, site, builtin)
    bind_values(frame, site, signature, site.positional)
    return signature.returns


def _call_builtin(frame: Frame, site: Site, builtin: Builtin) -> Type:
    """A builtin's result may depend on its arguments, which are known to be in order before it is asked."""
    signature = builtin.signature
    before = len(frame.report.found)
    if builtin.variadic:
        _bind_variadic(frame, site, signature)
    else:
        positional = _bind_tensors_of_function(frame, site, signature)
        bind_values(frame, site, signature, positional)
    if len(frame.report.found) > before:
        return ANY
    result = builtin.result([given.type for given in site.arguments])
    if result is None:
        return _refuse_mixture(frame, site, builtin)
    if result is TENSOR:
        frame.makes_layer(site.span)
    return _refuse_interval(frame, site) if result is INTERVAL else result


def _refuse_interval(frame: Frame, site: Site) -> Type:
    return frame.report.error(
        codes.INTERVAL_MISPLACED,
        f"{site.title} gives no value to compute with: it says what a choice is made from",
        site.span,
        "not the options of a choice",
        hint=f"write `choice learning_rate in {site.name}(...)`; the name is carried into the point that is chosen",
    )


def _bind_variadic(frame: Frame, site: Site, signature: Signature) -> None:
    (parameter,) = signature.parameters
    if site.keywords or not site.positional:
        bind_values(frame, site, signature, site.positional[:1])
        return
    for given in site.positional:
        need_type(frame, site, parameter, given)


def _bind_tensors_of_function(frame: Frame, site: Site, signature: Signature) -> Sequence[Given]:
    """Check the tensors of `channels(x)` and its like, and leave the other arguments."""
    positional = site.positional
    count = len(signature.tensors)
    if _need_tensors(frame, site, signature, positional[:count]):
        for parameter, given in zip(signature.tensors, positional, strict=False):
            need_type(frame, site, parameter, given)
    return positional[count:]


def _refuse_mixture(frame: Frame, site: Site, builtin: Builtin) -> Type:
    given = ", ".join(f"`{argument.type}`" for argument in site.arguments)
    message = f"{site.title} takes {builtin.expects}, not {given}"
    return frame.report.error(codes.WRONG_ARGUMENT, message, site.span, "these do not go together")


def _refuse_piped_function(frame: Frame, site: Site, signature: Signature) -> Type:
    hint = "a pipe goes to a block, an operator or an instance"
    if signature.tensors:
        hint = f"call it: `{site.name}(x)`"
    elif is_callable(signature.returns):
        hint = f"call what it gives: `x |> {site.name}(...)()`"
    message = f"{site.title} is a function, and a pipe can't give it tensors"
    return frame.report.error(codes.WRONG_PIPE, message, site.callee, "takes no tensors by a pipe", hint=hint)


# Blocks, operators and their instances ------------------------------------------------------


def _call_block(frame: Frame, site: Site, callee: BlockOf, signature: Signature) -> Type:
    tensors, values = _tensors_of(site, signature)
    bind_values(frame, site, signature, values)
    if signature.tensors and not tensors:
        return _instance(frame, site, callee)
    _bind_tensors(frame, site, signature, tensors)
    frame.makes_layer(site.span)
    return signature.returns


def _tensors_of(site: Site, signature: Signature) -> tuple[list[Given], list[Given]]:
    """The tensors that a call is given, by the pipe and then first, and its other positional arguments.

    What stands in a tensor's place and is none counts as one where it can be nothing else.
    """
    positional = site.positional
    slots = [parameter.type for parameter in signature.tensors]
    open_slots = slots[len(site.piped) :]
    more = not signature.parameters or any(isinstance(slot, ListOf) for slot in slots)
    count = 0
    while count < len(positional) and _is_tensors(positional[count].type, open_slots[count:], more):
        count += 1
    if not signature.parameters and (site.piped or count):
        count = max(count, min(len(positional), len(open_slots)))
    return [*site.piped, *positional[:count]], positional[count:]


def _is_tensors(type_: Type, slots: Sequence[Type], more: bool) -> bool:
    """Whether an argument is for the first of the open slots; where none is, `more` tensors can only be too many."""
    if not slots:
        return more and holds_tensor(type_)
    if isinstance(type_, ListOf) and type_.element is ANY:
        return isinstance(slots[0], ListOf)
    return type_ is ANY or holds_tensor(type_)


def _instance(frame: Frame, site: Site, callee: BlockOf) -> Type:
    if frame.body.place is Place.CONSTANT and not callee.is_activation:
        frame.report.error(
            codes.LAYERS_OUTSIDE,
            f"{site.title} has weights, and a constant can't own them",
            site.span,
            "makes an instance",
            hint="make the instance in the model or block that uses it",
        )
    frame.makes_instance()
    return InstanceOf(callee.signature, callee.is_activation)


def _apply_instance(frame: Frame, site: Site, signature: Signature) -> Type:
    """An instance has its values, and takes tensors as what it was made from does."""
    tensors, values = _tensors_of(site, signature)
    extra = [*values, *site.keywords]
    if extra:
        frame.report.error(
            codes.VALUES_OF_INSTANCE,
            f"{site.title} has its values already and takes only tensors",
            extra[0].span,
            f"this is `{extra[0].type}`",
            hint=f"values are given where it is made: `{signature.name}({_example(signature)})`",
        )
    if tensors or not extra:
        _bind_tensors(frame, site, replace(signature, parameters=()), tensors)
    frame.makes_layer(site.span)
    return signature.returns


def _example(signature: Signature) -> str:
    return "slope=0.1" if signature is _ACTIVATION_CALL else "..."


def _bind_tensors(frame: Frame, site: Site, signature: Signature, tensors: Sequence[Given]) -> None:
    if _need_tensors(frame, site, signature, tensors):
        for parameter, given in zip(signature.tensors, tensors, strict=True):
            _need_tensor(frame, site, parameter, given)


def _need_tensor(frame: Frame, site: Site, parameter: Parameter, given: Given) -> None:
    if fits(given.type, parameter.type):
        return
    hint = None
    if isinstance(given.type, ListOf) and parameter.type is TENSOR:
        hint = "take the list apart first: `(a, b) = ...`"
    frame.report.error(
        codes.WRONG_TENSORS,
        f"`{parameter.name}` of {site.title} takes `{parameter.type}`, not `{given.type}`",
        given.span,
        f"this is `{given.type}`",
        hint=hint or mismatch_hint(given.type, parameter.type, frame.report),
    )


def _need_tensors(frame: Frame, site: Site, signature: Signature, tensors: Sequence[Given]) -> bool:
    """Whether as many tensors are given as there are parameters for them."""
    expected, count = len(signature.tensors), len(tensors)
    if count == expected:
        return True
    if any(given.type is ANY for given in tensors):
        return False
    missing = ", ".join(f"`{p.name}: {p.type}`" for p in signature.tensors[count:])
    takes = "a list of tensors, and" if _takes_list(signature) else f"{expected} tensor{'s' * (expected != 1)},"
    frame.report.error(
        codes.WRONG_TENSORS,
        f"{site.title} takes {takes} {count} {'is' if count == 1 else 'are'} given",
        site.callee,
        f"missing {missing}" if missing else "given too many",
        notes=(described(site.name, signature),),
        hint="put the tensors into a list: `[a, b]`" if _takes_list(signature) and count > 1 else None,
    )
    return False


def _takes_list(signature: Signature) -> bool:
    return len(signature.tensors) == 1 and isinstance(signature.tensors[0].type, ListOf)


# Values of type `block` and `activation` ----------------------------------------------------


def _call_opaque(frame: Frame, site: Site, callee: Type) -> Type:
    """What a value of type `block` takes is known when it is given; it gives one tensor."""
    tensors = bool(site.piped) or any(holds_tensor(given.type) for given in site.positional[:1])
    if callee is ACTIVATION:
        return _apply_activation(frame, site)
    if not tensors and any(given.type is ANY for given in site.positional[:1]):
        return ANY
    if not tensors:
        frame.makes_instance()
        return BLOCK
    for given in site.piped:
        _need_tensor(frame, site, _SOME_TENSOR, given)
    frame.makes_layer(site.span)
    return TENSOR


_SOME_TENSOR = Parameter("x", OneOf((TENSOR, ListOf(TENSOR))))
_ACTIVATION_CALL = Signature("leaky_relu", (Parameter("x", TENSOR),), (), TENSOR)


def _apply_activation(frame: Frame, site: Site) -> Type:
    return _apply_instance(frame, site, _ACTIVATION_CALL)


# What can't be called -----------------------------------------------------------------------


def _refuse_call(frame: Frame, site: Site, callee: Type) -> Type:
    code, verb = (codes.WRONG_PIPE, "takes no tensors") if site.piped else (codes.NOT_CALLABLE, "can't be called")
    return frame.report.error(
        code,
        f"{site.title} is `{callee}` and {verb}",
        site.callee,
        f"this is `{callee}`",
        others=_hidden(frame, site.name),
        hint="a pipe goes to a block or an operator, with or without the parentheses of a call" if site.piped else None,
    )


def _hidden(frame: Frame, name: str) -> tuple[Label, ...]:
    """Where the name hides an operator or builtin that could be called."""
    symbol = frame.scope.find(name)
    hidden = frame.scope.prelude().symbols.get(name)
    if symbol is None or symbol.span is None or hidden is None:
        return ()
    return (Label(symbol.span, f"hides the {hidden.kind.value} `{name}`"),)
