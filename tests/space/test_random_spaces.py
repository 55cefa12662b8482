"""Spaces of random programs are what elaborating all their points one by one says: as many, the same, and as costly."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mnet.compiler.cost import cost
from mnet.compiler.elaborate.choices import key_of
from mnet.compiler.ir import Graph
from mnet.compiler.space import Point, Space
from mnet.compiler.space.walk import ways
from mnet.dsl.diagnostics import DiagnosticError
from mnet.dsl.modules import Program, load_text

MOST = 40
"""Points that are elaborated one by one."""

LIBRARY = """
block plain(x: tensor, n: int = 4) -> tensor { return x |> dense(n) }
block wrap(x: tensor, inner: block) -> tensor { return x |> dense(3) |> inner() |> dense(5) }
block twice(x: tensor, inner: block) -> tensor {
  y = x |> dense(4) |> inner()
  return y |> dense(4) |> inner()
}
block pair(x: tensor, n: int) -> (tensor, tensor) {
  choice swap in { false, true }
  return if swap { (x, x |> dense(n)) } else { (x |> dense(n), x) }
}
block many(x: tensor, n: int) -> list[tensor] {
  return [x |> basic(n + i) for i in 0..2 as turn]
}
block basic(x: tensor, n: int = 4) -> tensor {
  choice k in { 1, 2 }
  return x |> dense(n * k)
}
block chosen(x: tensor, n: int = 4) -> tensor {
  choice op in { plain, basic }
  return x |> op(n)
}
block other(x: tensor, n: int = 4) -> tensor {
  choice k in { 2, 3, n }
  where k <= n + 1
  if k > 2 { return x |> dense(k) |> dense(n) }
  return x |> dense(k)
}
block early(x: tensor, n: int = 4) -> tensor {
  choice stop in { true, false }
  if stop { return x }
  choice k in { n, n + 1 }
  return x |> basic(k)
}
block held(x: tensor, n: int = 4) -> tensor {
  it = basic(n)
  return x |> dense(4) |> it |> dense(4) |> it
}
"""
BLOCKS = ["plain", "basic", "chosen", "other", "early", "held"]

Pick = Callable[[int], int]


class Names:
    """What can be named at a place, by kind."""

    KINDS = ("int", "bool", "float", "word", "pair", "op", "instance", "function", "tensor")

    def __init__(self, outer: Names | None = None) -> None:
        self.of = {kind: list(outer.of[kind]) if outer else [] for kind in self.KINDS}


class Writer:
    """Writes the body of a model; `pick(n)` is a number below n."""

    def __init__(self, pick: Pick) -> None:
        self._pick = pick
        self._lines: list[str] = []
        self._named = 0
        self._left = 9

    def program(self) -> str:
        names = Names()
        names.of["tensor"] = ["x"]
        while self._left > 0 and self._pick(12):
            self._statement(names, 0)
        body = "\n".join(self._lines)
        return f"{LIBRARY}\nmodel Net() {{\ninput image: f32[N, 6]\nx = image\n{body}\noutput y = x\n}}\n"

    # Expressions ----------------------------------------------------------------------------

    def _of(self, items: Sequence[str]) -> str:
        return items[self._pick(len(items))]

    def _small(self, names: Names) -> str:
        return self._of([str(self._pick(4) + 1), *names.of["int"]])

    def _int(self, names: Names) -> str:
        small = self._small(names)
        forms = [
            small,
            f"({small} + {self._small(names)})",
            f"channels({self._of(names.of['tensor'])})",
            f"(if {self._comparison(names)} {{ {small} }} else {{ {self._small(names)} }})",
            *(f"{pair}[{self._pick(2)}]" for pair in names.of["pair"]),
            *(f"int({number} * 4)" for number in names.of["float"]),
            *(f"{function}({small})" for function in names.of["function"]),
        ]
        return self._of(forms)

    def _comparison(self, names: Names) -> str:
        return f"({self._small(names)} {self._of(['<', '<=', '==', '!='])} {self._small(names)})"

    def _bool(self, names: Names) -> str:
        comparison = self._comparison(names)
        forms = [
            comparison,
            f"not {comparison}",
            f"({comparison} {self._of(['and', 'or'])} {self._comparison(names)})",
            f"({comparison} {self._of(['and', 'or'])} channels({self._called(names)}) > {self._small(names)})",
            *names.of["bool"],
            *(f'{word} == "a"' for word in names.of["word"]),
        ]
        return self._of(forms)

    def _called(self, names: Names) -> str:
        """A tensor, given by a block."""
        x, block, value = self._of(names.of["tensor"]), self._of(BLOCKS), self._int(names)
        label = f"{self._name('label')}: " if self._pick(3) == 0 else ""
        inner = self._of([f"{block}({value})", f"{block}(n={value})", block, "relu", *names.of["op"]])
        twice = self._of(["basic", "held", "relu", *names.of["instance"], *names.of["op"]])
        forms = [
            f"{x} |> {label}{block}({value})",
            f"{label}{block}({x}, {value})",
            f"{x} |> {label}wrap({inner})",
            f"{x} |> {label}twice({twice})",
            *(f"{x} |> {label}{op}" for op in names.of["op"]),
            *(f"{x} |> dense(4) |> {label}{instance}" for instance in names.of["instance"]),
            *(f"{instance}({x} |> dense(4))" for instance in names.of["instance"]),
        ]
        return self._of(forms)

    def _tensor(self, names: Names) -> str:
        x, block, value, called = self._of(names.of["tensor"]), self._of(BLOCKS), self._int(names), self._called(names)
        condition = self._of(["", f" if i < {value}"])
        forms = [
            called,
            f"({called}) |> dense(2) |> {block}({value})",
            f"if {self._bool(names)} {{ {called} }} else {{ {self._of([x, self._called(names)])} }}",
            f"[{x}, {x} |> relu] + [{x} |> {block}({value} + i) for i in 0..2 as turn{self._next()}{condition}]",
            f"[{called}, {self._called(names)}]",
            f"many({x}, {value})",
            f"{x} |> dense(channels({called}))",
        ]
        form = self._of(forms)
        return f"({form}) |> concat()" if form.startswith(("[", "many")) else form

    # Statements -----------------------------------------------------------------------------

    def _statement(self, names: Names, depth: int) -> None:
        self._left -= 1
        inside = [self._branch, self._repeat, self._for] if depth < 2 else []
        simple = [self._bind, self._instance, self._take_apart, self._frozen, self._where]
        writes = [self._choice] * 4 + simple + inside * 2
        writes[self._pick(len(writes))](names, depth)

    def _choice(self, names: Names, _: int) -> None:
        value = self._int(names)
        options = [self._of([*BLOCKS, "relu", *names.of["instance"]]), f"l{self._next()}: {self._of(BLOCKS)}({value})"]
        kind, offered = [
            ("int", f"{{ {value}, {self._int(names)}, {self._small(names)} }}"),
            ("int", f"distinct([{value} + i for i in 0..2])"),
            ("bool", self._of(["{ true, false }", "{ false }"])),
            ("float", "{ 0.5, 1.0 }"),
            ("word", '{ "a", "b" }'),
            ("pair", f"{{ (1, 2), (2, {value}) }}"),
            ("op", f"{{ {', '.join(options[: 1 + self._pick(2)])} }}"),
        ][self._pick(7)]
        name = self._name(kind)
        self._lines.append(f"choice {name} in {offered}")
        names.of[kind].append(name)

    def _where(self, names: Names, _: int) -> None:
        self._lines.append(f"where {self._bool(names)}")

    def _bind(self, names: Names, _: int) -> None:
        kind, value = [
            ("int", self._int(names)),
            ("tensor", self._tensor(names)),
            ("function", f"a + {self._int(names)}"),
        ][self._pick(3)]
        name = self._name(kind)
        self._lines.append(f"fn {name}(a: int) -> int = {value}" if kind == "function" else f"{name} = {value}")
        names.of[kind].append(name)

    def _instance(self, names: Names, _: int) -> None:
        value, name = self._small(names), self._name("it")
        inner = self._of([*BLOCKS, *names.of["instance"]])
        forms = [f"{self._of(BLOCKS)}({value})", f"{self._of(BLOCKS)}(n={value})", f"wrap(inner={inner})"]
        self._lines.append(f"{name} = {self._of(forms)}")
        names.of["instance"].append(name)

    def _take_apart(self, names: Names, _: int) -> None:
        left, right = self._name("left"), self._name("right")
        self._lines.append(f"({left}, {right}) = pair({self._of(names.of['tensor'])}, {self._small(names)})")
        names.of["tensor"] += [left, right]

    def _frozen(self, names: Names, _: int) -> None:
        self._lines.append(f"{self._of(['@freeze', '', ''])} x = {self._tensor(names)}")

    def _branch(self, names: Names, depth: int) -> None:
        self._lines.append(f"if {self._bool(names)} {{")
        self._body(Names(names), depth)
        if self._pick(2):
            self._lines.append("} else {")
            self._body(Names(names), depth)
        self._lines.append("}")

    def _repeat(self, names: Names, depth: int) -> None:
        inner = Names(names)
        inner.of["int"].append("index")
        inner.of["bool"].append("first")
        self._lines.append(f"repeat min({self._int(names)}, 2) as {self._name('layer')} {{")
        self._body(inner, depth)
        self._lines.append("}")

    def _for(self, names: Names, depth: int) -> None:
        inner, name = Names(names), self._of(["i", "j"])
        if name in inner.of["int"]:  # may not be hidden
            return
        inner.of["int"].append(name)
        self._lines.append(f"for {name} in {self._of(['0..2', f'[{self._int(names)}, 3]'])} {{")
        self._body(inner, depth)
        self._lines.append("}")

    def _body(self, names: Names, depth: int) -> None:
        for _ in range(1 + self._pick(2)):
            if self._left > 0:
                self._statement(names, depth + 1)
        self._lines.append("x = x |> relu")

    def _next(self) -> int:
        self._named += 1
        return self._named

    def _name(self, kind: str) -> str:
        return f"{kind}_{self._next()}x"


@st.composite
def programs(draw: st.DrawFn) -> str:
    return Writer(lambda n: draw(st.integers(0, n - 1))).program()


Truth = list[tuple[Point, Graph]]


def truth_of(program: Program, oracle: Callable[..., Iterable[tuple[Point, Graph]]]) -> Truth:
    """Every point with its graph, of a program that has few and elaborates at all of them."""
    try:
        truth = list(islice(oracle(program), MOST + 1))
    except DiagnosticError:  # as for a layer of no units
        assume(False)
    assume(len(truth) <= MOST)
    return truth


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs())
def test_a_space_is_what_its_elaborations_say(oracle: Callable[..., Iterable[tuple[Point, Graph]]], text: str) -> None:
    program = load_text(text)
    truth = truth_of(program, oracle)
    space = Space(program)
    points = [point for point, _ in truth]
    assert list(space.points()) == points
    assert space.count() == len(points)
    assert [way.choices for way in ways(space.costs)] == [dict(point.choices) for point in points]
    for point, graph in truth:
        assert space.cost(point) == cost(graph).total
        space.check(point)
    compare_decisions(space, points)
    compare_extremes(space, truth)


def compare_decisions(space: Space, points: Sequence[Point]) -> None:
    taken = {(path, key_of(option)) for point in points for path, option in point.choices.items()}
    offered = {(decision.path, key_of(option)) for decision in space.decisions for option in decision.options}
    assert taken <= offered
    assert space.raw_count() == math.prod(len(decision.options) for decision in space.decisions)
    order = [decision.path for decision in space.decisions]
    for point in points:
        assert sorted(point.choices, key=order.index) == list(point.choices)


def compare_extremes(space: Space, truth: Truth) -> None:
    if not truth:
        with pytest.raises(DiagnosticError, match="has no point"):
            space.minimum("params")
        return
    measures: dict[str, Callable[[Any], int]] = {"params": lambda c: c.learned, "macs": lambda c: c.macs}
    for metric, measure in measures.items():
        values = [measure(cost(graph).total) for _, graph in truth]
        least, most = space.minimum(metric), space.maximum(metric)
        assert (least.value, most.value, least.exact, most.exact) == (min(values), max(values), True, True)
        assert [measure(space.cost(extreme.point)) for extreme in (least, most)] == [min(values), max(values)]
