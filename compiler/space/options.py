"""Options by their names: how one is found among others, and how it is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from numbers import Real
from typing import TypeGuard

from ...dsl.suggest import hint
from ..choices import OptionName
from ..elaborate.choices import key_of

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")

LONGEST = 60
LISTED = 12


def index_of(options: Sequence[OptionName], wanted: object) -> int | None:
    """The place of the option that is meant, None if there is none.

    A number may be written as another of its kind (`1` for `1.0`, as JavaScript writes it) where only one option
    has its value.
    """
    keys = [key_of(option) for option in options]
    key = key_of(_plain(wanted))
    if key in keys:
        return keys.index(key)
    equal = [i for i, option in enumerate(options) if is_number(option) and is_number(wanted) and option == wanted]
    return equal[0] if len(equal) == 1 else None


def _plain(value: object) -> OptionName:
    """A tuple as the list that JSON has for it."""
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value  # type: ignore[return-value]  # anything may be asked for; what is no option is not found


def is_number(value: object) -> TypeGuard[float]:
    """Whether it is a real number; a bool is none."""
    return isinstance(value, Real) and not isinstance(value, bool)


def shown(option: object) -> str:
    """An option in a message: a word or path as it is, all else as JSON, never longer than a line, and in ASCII."""
    if isinstance(option, str) and len(option) <= LONGEST and _WORD.fullmatch(option):
        return option
    text = json.dumps(option, default=lambda value: type(value).__name__)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def listed(options: Sequence[OptionName]) -> str:
    """The options in a message, the first dozen of them."""
    more = f", ... ({len(options)} in all)" if len(options) > LISTED else ""
    return ", ".join(f"`{shown(option)}`" for option in options[:LISTED]) + more


def advice(wanted: object, options: Sequence[OptionName]) -> str | None:
    """The hint about an option that is not there. A number is no typing mistake for another."""
    if not isinstance(wanted, str):
        return None
    words = [shown(option) for option in options]
    return f"`{wanted}` is one, written without quotes" if wanted in words else hint(wanted, words)
