"""Binding: what goes where, in which layout, and how little is read for it."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
from safetensors.numpy import save_file

from mnet.compiler.weights import MisfitError, bind, open_checkpoint, parse_rename
from mnet.dsl.diagnostics import DiagnosticError
from mnet.dsl.source import Source


def bound(graph, tensors, rename=None):
    save_file({name: np.ascontiguousarray(array) for name, array in tensors.items()}, "net.safetensors")
    rules = parse_rename(Source("net.rename", rename)) if rename else None
    return bind(graph, open_checkpoint(Path("net.safetensors")), rules)


def values(result):
    return {name: parameter.data.read() for name, parameter in result.graph.parameters.items()}


def assert_holds(result, expected):
    found = values(result)
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array, err_msg=name)


def test_by_name(graph_of, tensors):
    assert_holds(bound(graph_of(), tensors), tensors)


def test_a_name_in_common_does_not_keep_an_order_from_being_followed(graph_of, tensors):
    stored = {name.replace("stem", "0").replace("bn", "1"): tensor for name, tensor in tensors.items()}
    stored["0.weight"] = stored["0.weight"].transpose(3, 2, 0, 1)
    stored["head.weight"] = stored["head.weight"].T
    assert_holds(bound(graph_of(), stored, "source torch\norder natural\n"), tensors)


def test_the_graph_that_was_given_stays_as_it_was(graph_of, tensors):
    graph = graph_of()
    before = dict(graph.parameters)
    bound(graph, tensors)
    assert graph.parameters == before


@pytest.mark.parametrize("narrow", [np.float16, ml_dtypes.bfloat16])
def test_halves_are_widened(graph_of, tensors, narrow):
    narrowed = {name: array.astype(narrow) for name, array in tensors.items()}
    assert_holds(bound(graph_of(), narrowed), {name: array.astype(np.float32) for name, array in narrowed.items()})


def test_doubles_are_rounded_on_demand(graph_of, tensors):
    doubles = {name: array.astype(np.float64) for name, array in tensors.items()}
    with pytest.raises(DiagnosticError, match="E0706"):
        bound(graph_of(), doubles)
    assert_holds(bound(graph_of(), doubles, "cast f64\n"), tensors)


def test_an_f64_beyond_f32_is_refused_when_it_is_read(graph_of, tensors):
    doubles = tensors | {"head.bias": np.full(5, 1e300)}
    result = bound(graph_of(), doubles, "cast f64\n")
    with pytest.raises(DiagnosticError, match="5 of its 5 values are NaN or infinite"):
        values(result)


def test_a_file_that_changes_after_binding(graph_of, tensors):
    result = bound(graph_of(), tensors)
    Path("net.safetensors").write_bytes(b"")
    with pytest.raises(DiagnosticError, match="E0703"):
        values(result)


def test_a_file_that_goes_after_binding(graph_of, tensors):
    result = bound(graph_of(), tensors)
    Path("net.safetensors").unlink()
    with pytest.raises(DiagnosticError, match="E0701"):
        values(result)


def torch_names(tensors):
    """As PyTorch calls and lays out what fits the program."""
    return {
        "features.0.0.weight": tensors["stem.weight"].transpose(3, 2, 0, 1),
        "features.0.1.weight": tensors["bn.gamma"],
        "features.0.1.bias": tensors["bn.beta"],
        "features.0.1.running_mean": tensors["bn.mean"],
        "features.0.1.running_var": tensors["bn.variance"],
        "features.0.1.num_batches_tracked": np.array(7),
        "classifier.1.weight": tensors["head.weight"].T,
        "classifier.1.bias": tensors["head.bias"],
    }


def test_torch_by_shape(graph_of, tensors):
    result = bound(graph_of(), torch_names(tensors))
    assert_holds(result, tensors)
    assert {one.match.how.value for one in result.report.filled} == {"shape"}


@pytest.mark.parametrize(
    "rename",
    [
        "features.0.0 = stem\nfeatures.0.1 = bn\nclassifier.1 = head\n",
        "features.0.{i:0..1} = stem   # the first wins\nfeatures.{i}.{n} = bn\nclassifier.{n:1..2} = head\n",
        "source torch\nfeatures.0.0.{slot} = stem.{slot}\nclassifier.1.{slot} = head.{slot}\n",
        "order natural\n",
        "epsilon batch_norm = 0.001\n",
    ],
)
def test_torch_by_rules(graph_of, tensors, rename):
    assert_holds(bound(graph_of(), torch_names(tensors), rename), tensors)


def test_names_that_sort_otherwise_than_the_program_runs_need_rules_where_they_are_alike(graph_of):
    graph = graph_of(
        "import std.mobile { conv_bn, depthwise_bn } "
        "model F() { input x: f32[1, 8, 8, 4]  output y = x |> exp: conv_bn(16, kernel=1) |> dw: depthwise_bn(3) }"
    )
    draw = np.random.default_rng(4).uniform
    shapes = {"b.pw_exp.0.weight": (16, 4, 1, 1), "b.dw_mid.0.weight": (16, 1, 3, 3)}
    shapes |= {
        f"b.{layer}.1.{slot}": (16,)
        for layer in ("pw_exp", "dw_mid")
        for slot in ("weight", "bias", "running_mean", "running_var")
    }
    theirs = {name: draw(size=shape).astype(np.float32) for name, shape in shapes.items()}
    with pytest.raises(DiagnosticError, match="E0717"):
        bound(graph, theirs, "order natural\n")
    found = values(bound(graph, theirs, "order natural\nb.pw_exp.1 = exp.bn\n"))
    np.testing.assert_array_equal(found["dw.bn.mean"], theirs["b.dw_mid.1.running_mean"])


def test_layouts_and_words_of_ones_own(graph_of, tensors):
    theirs = {
        "a/w": tensors["stem.weight"].transpose(3, 2, 0, 1),
        "b/scale": tensors["bn.gamma"],
        "b/offset": tensors["bn.beta"],
        "b/avg": tensors["bn.mean"],
        "b/var": tensors["bn.variance"],
        "c/w": tensors["head.weight"],
        "c/b": tensors["head.bias"],
        "step": np.array([3]),
    }
    words = "tensor w = weight\ntensor b = bias\ntensor scale = gamma\ntensor offset = beta\ntensor avg = mean\n"
    rename = f"{words}tensor var = variance\nlayout conv = OIHW\nignore st*p\na = stem\nb = bn\nc = head\n"
    assert_holds(bound(graph_of(), theirs, rename), tensors)


def test_a_tensor_of_one_word(graph_of, tensors):
    theirs = {f"arr_{index}": array for index, array in enumerate(tensors.values())}
    rename = "".join(f"arr_{index} = {name}\n" for index, name in enumerate(tensors))
    assert_holds(bound(graph_of(), theirs, rename), tensors)


KINDS = """\
model Kinds() {
  input image: f32[N, 8, 8, 4]
  x = image |> depthwise: depthwise_conv2d(kernel=3, multiplier=2, bias=false)
  x = x |> grouped: conv2d(6, kernel=3, groups=2, bias=false)
  x = x |> up: transposed_conv2d(5, kernel=2, stride=2, bias=false)
  x = x |> act: prelu()
  output y = x |> mean(axes=[1, 2]) |> dense: dense(3, bias=false)
}
"""


def kinds():
    draw = np.random.default_rng(2).standard_normal
    shapes = {
        "depthwise.weight": (3, 3, 1, 8),
        "grouped.weight": (3, 3, 4, 6),
        "up.weight": (2, 2, 6, 5),
        "act.slope": (5,),
        "dense.weight": (5, 3),
    }
    return {name: draw(shape).astype(np.float32) for name, shape in shapes.items()}


def test_every_kind_in_torch_layout(graph_of):
    ours = kinds()
    theirs = {
        "depthwise.weight": ours["depthwise.weight"].transpose(3, 2, 0, 1),
        "grouped.weight": ours["grouped.weight"].transpose(3, 2, 0, 1),
        "up.weight": ours["up.weight"].transpose(2, 3, 0, 1),
        "act.alpha": ours["act.slope"],
        "dense.weight": ours["dense.weight"].T,
    }
    assert_holds(bound(graph_of(KINDS), theirs, "source torch\n"), ours)


def test_torch_flattens_channels_first(graph_of):
    graph = graph_of(
        "model F() { input x: f32[N, 2, 3, 4]  output y = x |> reshape([-1]) |> relu() |> d: dense(5, bias=false) }"
    )
    ours = np.arange(120, dtype=np.float32).reshape(24, 5)
    theirs = ours.reshape(2, 3, 4, 5).transpose(3, 2, 0, 1).reshape(5, 24)
    assert_holds(bound(graph, {"d.weight": theirs}, "source torch\n"), {"d.weight": ours})


def test_every_kind_in_keras_layout(graph_of):
    ours = kinds()
    theirs = {
        "depthwise/depthwise_kernel:0": ours["depthwise.weight"].reshape(3, 3, 4, 2),
        "grouped/kernel:0": ours["grouped.weight"],
        "up/kernel:0": ours["up.weight"].transpose(0, 1, 3, 2),
        "act/alpha:0": ours["act.slope"],
        "dense/kernel:0": ours["dense.weight"],
    }
    assert_holds(bound(graph_of(KINDS), theirs, "source keras\n"), ours)


def test_a_dense_layer_may_be_a_1x1_convolution_there(graph_of, tensors):
    theirs = tensors | {"head.weight": tensors["head.weight"].reshape(1, 1, 4, 5)}
    assert_holds(bound(graph_of(), theirs), tensors)


def test_constants_of_the_program_are_no_weights(graph_of):
    graph = graph_of("model C() { input x: f32[N, 2]  output y = x + constant([1.0, 2.0]) |> d: dense(2, bias=false) }")
    result = bound(graph, {"d.weight": np.ones((2, 2), np.float32)})
    assert {one.match.path for one in result.report.filled} == {"d"}


def test_the_report(graph_of, tensors):
    report = bound(graph_of(), torch_names(tensors)).report
    assert report.explain() == (
        "net.safetensors: 7 tensors of 3 layers (3 by shape)\n"
        "  stem <- features.0.0  shape: the only convolution or dense [3, 3, 3, 4] of both\n"
        "  bn   <- features.0.1  shape: the only batch_norm [4] of both\n"
        "  head <- classifier.1  shape: the only convolution or dense [1, 1, 4, 5] of both\n"
    )
    data = json.loads(json.dumps(report.as_json()))
    assert data["layers"][0]["tensors"] == {"stem.weight": "features.0.0.weight f32[4, 3, 3, 3]"}


@pytest.mark.parametrize(
    ("rename", "notes"),
    [
        (
            "source torch\n",
            (
                "the checkpoint does not say its batch norms' epsilon; the program has 0.001 "
                "(PyTorch's default is 1e-05)",
            ),
        ),
        ("source torch\nepsilon batch_norm = 0.001\n", ()),
        ("source keras\nlayout conv = OIHW\nlayout dense = OI\n", ()),
    ],
)
def test_an_epsilon_that_nothing_checked_is_noted(graph_of, tensors, rename, notes):
    report = bound(graph_of(), torch_names(tensors), rename).report
    assert report.notes == notes
    assert report.as_json()["notes"] == list(notes)


def test_the_usual_epsilon_is_not_noted(graph_of):
    graph = graph_of("model B() { input x: f32[N, 3]  output y = x |> bn: batch_norm(epsilon=1e-5) }")
    theirs = {f"0.{slot}": np.ones(3, np.float32) for slot in ("weight", "bias", "running_mean", "running_var")}
    assert bound(graph, theirs).report.notes == ()


def test_the_report_of_what_does_not_fit(graph_of, tensors):
    theirs = torch_names(tensors)
    theirs["classifier.1.weight"] = np.zeros((7, 4), np.float32)
    theirs["classifier.1.bias"] = np.zeros(7, np.float32)
    with pytest.raises(MisfitError) as caught:
        bound(graph_of(), theirs)
    assert caught.value.report.explain() == (
        "net.safetensors: 5 tensors of 2 layers (2 by shape)\n"
        "  stem <- features.0.0  shape: the only convolution or dense [3, 3, 3, 4] of both\n"
        "  bn   <- features.0.1  shape: the only batch_norm [4] of both\n"
        "  without weights: head, convolution or dense [1, 1, 4, 5]\n"
        "  not used: classifier.1, convolution or dense [1, 1, 4, 7]\n"
    )


LARGE = """\
model Large() {
  input x: f32[N, 4096]
  for i in 0..8 as layer { x = x |> d: dense(4096, bias=false) }
  output y = x
}
"""
MEASURE = """\
import resource
from pathlib import Path
from mnet.compiler.elaborate import elaborate
from mnet.compiler.weights import bind, open_checkpoint
from mnet.dsl import modules

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

graph = elaborate(modules.load(Path("large.mnet"), ()), None, {})
before = peak()
graph = bind(graph, open_checkpoint(Path("large.safetensors"))).graph
after = peak()
for parameter in graph.parameters.values():
    parameter.data.read()
print(before, after, peak())
"""


def test_half_a_gigabyte_is_never_in_memory():
    """Binding reads nothing; then each tensor of 64 MB is there alone."""
    Path("large.mnet").write_text(LARGE)
    sparse_safetensors([f"layer{index}.d.weight" for index in range(8)], 2**26)
    run = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True)
    before, bound_, read = map(int, run.stdout.split())
    assert bound_ - before < 10
    assert read - bound_ < 64 * 1.3


def sparse_safetensors(names, size):
    header = {
        name: {"dtype": "F32", "shape": [4096, 4096], "data_offsets": [i * size, (i + 1) * size]}
        for i, name in enumerate(names)
    }
    text = json.dumps(header).encode()
    with Path("large.safetensors").open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + len(names) * size)
