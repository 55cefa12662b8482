"""Derived tensors: any depth, any sharing, each piece computed once and let go after its last use."""

import weakref

import numpy as np

from mnet.compiler.data import ArrayData, Derived, TensorData
from mnet.compiler.elaborate import elaborate
from mnet.driver import read_source
from mnet.dsl.dtypes import DType
from mnet.passes import parse_pipeline, run_pipeline

ONE = ArrayData(np.ones(1, np.float32))


class Counted(TensorData):
    """Says how often it was read, and whether what it gave is still alive."""

    dtype = DType.F32
    shape = (1,)

    def __init__(self):
        self.reads = 0
        self.given = lambda: None

    def read(self):
        self.reads += 1
        array = np.ones(1, np.float32)
        self.given = weakref.ref(array)
        return array


def derived(function, *sources):
    return Derived(sources, function, DType.F32, (1,))


def test_a_chain_of_any_length():
    data = ONE
    for _ in range(20_000):
        data = derived(lambda x: x + 1, data)
    assert data.read() == 20_001


def test_what_is_shared_is_computed_once():
    source = Counted()
    data = source
    for _ in range(100):
        data = derived(np.add, data, data)
    assert data.read() == 2.0**100
    assert source.reads == 1


def test_what_is_shared_at_several_depths():
    data = [ONE, ONE]
    for _ in range(30):
        data.append(derived(np.add, data[-1], data[-2]))
    fibonacci = [1, 1]
    for _ in range(30):
        fibonacci.append(fibonacci[-1] + fibonacci[-2])
    assert data[-1].read() == fibonacci[-1]
    assert data[-1].read() == fibonacci[-1]  # what was read before is as it was
    assert len(repr(data[-1])) < 200


def test_arguments_are_in_order():
    assert derived(np.subtract, derived(lambda x: x * 3, ONE), ONE).read() == 2
    assert derived(np.subtract, ONE, derived(lambda x: x * 3, ONE)).read() == -2


def test_sources_are_read_late_and_let_go_after_their_last_use():
    early, late = Counted(), Counted()
    alive = []

    def note(_first, _second):
        alive.append((early.given() is not None, late.reads))
        return np.zeros(1, np.float32)

    first = derived(note, derived(lambda x: x * 3, early), ONE)
    assert derived(np.add, first, late).read() == 1
    assert alive == [(False, 0)]
    assert late.given() is None


def folded(body, size):
    """What becomes of a program with a constant `c` of this size."""
    program = f"model M() {{ input x: f32[{size}]\nc = constant([1.0 for i in 0..{size}])\n{body} }}"
    return run_pipeline(elaborate(read_source(program, "deep.mnet")), parse_pipeline("fold-constants"))


def test_small_constants_of_a_program_are_combined_at_once():
    body = "c = c + c\nx = x + c\n" * 300 + "output y = x"
    parameters = folded(body, 4).graph.parameters
    assert all(isinstance(parameter.data, ArrayData) for parameter in parameters.values())
    assert parameters["add_5"].data.read().tolist() == [8.0] * 4


def test_large_constants_are_combined_when_they_are_read():
    result = folded("c = c + c\n" * 100 + "output y = x * c", 2000)
    (parameter,) = result.graph.parameters.values()
    assert parameter.data.depth == 100
    assert parameter.data.read()[0] == 2.0**100


def test_large_constants_that_are_combined_too_deep_are_left():
    result = folded("c = c - c\n" * 300 + "output y = x * c", 2000)
    assert len(result.graph.nodes) == 300 - 256 + 1
    assert result.steps[0].misses[0].text == "not folded: constants are combined more than 256 levels deep"
    (parameter,) = result.graph.parameters.values()
    assert not parameter.data.read().any()
