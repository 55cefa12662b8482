"""What the backend refuses before it writes, and what it says about it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

from mnet.backends.base import Backend
from mnet.backends.codes import OUTSIDE_TARGET, TOO_LARGE
from mnet.backends.tflite import TFLite
from mnet.compiler.data import Derived
from mnet.compiler.ir import Parameter, Role, Value
from mnet.compiler.types import TensorType
from mnet.dsl.diagnostics import Label
from mnet.dsl.dtypes import DType
from mnet.dsl.source import Span


def test_it_is_a_backend():
    backend: Backend = TFLite(batch=1)
    assert (backend.name, backend.suffix) == ("tflite", ".tflite")
    assert "fold-bn" in backend.pipeline


def refusals(graph):
    diagnostics = TFLite().check(graph)
    assert all(d.code is OUTSIDE_TARGET for d in diagnostics)
    return [(str(d.span), d.message, d.hint) for d in diagnostics]


def test_refusals_name_the_layer_the_limit_and_what_was_measured(net):
    x = net.input("N", 2, 2, 2, 2, 2, 2)
    y = net("batch_norm", net("relu", x, path="deep"), None, None, net.normal(2), net.normal(2) ** 2, path="bn")
    assert refusals(net.graph(y)) == [
        (
            "net.mnet:1:3",
            "TFLite can't take `deep`: tensors have at most 6 axes, but `x` has 7",
            "merge axes with `reshape`",
        ),
        (
            "net.mnet:2:3",
            "TFLite can't take `bn`: a normalisation is folded or turned into arithmetic before it is written, "
            "but this is still a `batch_norm`",
            "run the pass `lower-bn` before",
        ),
    ]


def test_an_element_type_that_no_kernel_has(net):
    x = net.input("N", 4, dtype=DType.F16)
    (found,) = refusals(net.graph(net("relu", x, path="act")))
    assert found[1] == "TFLite can't take `act`: elements are f32, but `x` holds f16"


def test_output_padding_beyond_the_stride(net):
    x, weight = net.input("N", 4, 4, 2), net.normal(3, 3, 2, 2)
    window = {"stride": (2, 2), "padding": ((0, 0), (0, 1))}
    assert refusals(net.graph(net("transposed_conv2d", x, weight, **window, output_padding=(1, 2)))) == []
    (found,) = refusals(net.graph(net("transposed_conv2d", x, weight, **window, output_padding=(2, 3), path="up")))
    assert found[1].endswith("exceeds the crop at the end by less than the stride, but this one has 1 too many")


def test_a_batch_below_1(net):
    (found,) = TFLite(batch=0).check(net.graph(net("relu", net.input("N", 4))))
    assert (found.code, found.message) == (OUTSIDE_TARGET, "a batch is 1 to 2,147,483,647, and 0 is not")


def unreadable(name: str, shape: tuple[int, ...]) -> Parameter:
    def fail() -> None:
        raise AssertionError("check must not read weights")

    value = Value(name, TensorType(DType.F32, shape))
    return Parameter(value, Derived((), fail, DType.F32, shape), Role.WEIGHT, Span("big.mnet", 7, 3, 7, 9))


def test_a_model_beyond_2_gib_is_refused_with_its_largest_tensors(net):
    parameters = {p.name: p for p in (unreadable("a.weight", (1 << 28,)), unreadable("b.weight", (1 << 29,)))}
    graph = replace(net.graph(net("relu", net.input("N", 4))), parameters=parameters)
    (found,) = TFLite().check(graph)
    assert found.code is TOO_LARGE
    assert found.message == "the weights take 3,072.0 MiB, and a TFLite file holds at most 2,032.0 MiB of them"
    assert found.notes == ("`b.weight`: f32[536870912], 2,048.0 MiB", "`a.weight`: f32[268435456], 1,024.0 MiB")
    assert found.labels[0] == Label(Span("big.mnet", 7, 3, 7, 9), "2,048.0 MiB here")


def test_importing_the_backend_imports_no_numpy():
    program = "import sys; from mnet.backends.tflite import TFLite; TFLite(); print('numpy' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "False\n"
