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


def test_constants_of_a_program_that_are_combined_many_levels_deep():
    doubled = "c = c + c\n" * 300
    program = f"""model M() {{
      input x: f32[1]
      c = constant(1.0e-30)
      {doubled}
      output y = x * (c * 0.0 + 3.0)
    }}"""
    graph = elaborate(read_source(program, "deep.mnet"))
    folded = run_pipeline(graph, parse_pipeline("fold-constants")).graph
    (parameter,) = folded.parameters.values()
    assert np.isnan(parameter.data.read())  # infinity times zero, plus three
