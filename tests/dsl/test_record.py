"""A record is a frozen dataclass with slots: the standard one says what it must do."""

from __future__ import annotations

import dataclasses
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace
from typing import Any, ClassVar

import pytest

from mnet.dsl.record import record


@record
class Layer:
    """A layer."""

    kind: ClassVar[str] = "layer"

    name: str
    units: int = 3
    place: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Standard:
    name: str
    units: int = 3
    place: str = field(default="", compare=False, repr=False)


@record
class Empty:
    pass


@record
class Spelled:
    name: str

    def __repr__(self) -> str:
        return self.name


CALLS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    (("a",), {}),
    (("a", 4), {}),
    (("a", 4, "here"), {}),
    (("a",), {"place": "here"}),
    ((), {"place": "here", "name": "a", "units": 5}),
]

WRONG: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((), {}),
    ((), {"units": 4}),
    (("a", 4, "here", 5), {}),
    (("a",), {"size": 4}),
    (("a",), {"name": "b"}),
]


@pytest.mark.parametrize(("values", "named"), CALLS)
def test_takes_values_as_a_dataclass_does(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    made = Layer(*values, **named)
    assert asdict(made) == asdict(Standard(*values, **named))
    assert repr(made) == repr(Standard(*values, **named)).replace("Standard", "Layer")


@pytest.mark.parametrize(("values", "named"), WRONG)
def test_refuses_values_as_a_dataclass_does(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    for kind in (Layer, Standard):
        with pytest.raises(TypeError):
            kind(*values, **named)


def test_compares_by_the_fields_that_take_part() -> None:
    assert Layer("a", place="here") == Layer("a", place="there")
    assert hash(Layer("a", place="here")) == hash(Layer("a", place="there"))
    assert Layer("a") != Layer("b")
    assert Layer("a") != Standard("a")
    assert Empty() == Empty()
    assert len({Empty(), Empty()}) == 1


def test_is_frozen() -> None:
    layer = Layer("a")
    with pytest.raises(FrozenInstanceError):
        layer.name = "b"
    with pytest.raises(FrozenInstanceError):
        del layer.name
    with pytest.raises(FrozenInstanceError):
        layer.other = 1
    assert not hasattr(layer, "__dict__")


def test_is_a_dataclass_to_others() -> None:
    assert dataclasses.is_dataclass(Layer)
    assert [field.name for field in fields(Layer)] == ["name", "units", "place"]
    assert replace(Layer("a", 4, "here"), units=5) == Layer("a", 5)
    assert replace(Layer("a", 4, "here"), units=5).place == "here"
    match Layer("a", 4):
        case Layer(name, units):
            assert (name, units) == ("a", 4)


def test_keeps_what_the_class_says_itself() -> None:
    assert repr(Spelled("a")) == "a"
    assert Layer.__doc__ == "A layer."
    assert Layer.kind == "layer"
