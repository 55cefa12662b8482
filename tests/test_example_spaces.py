"""The example spaces are the published ones: they have as many points, and the published networks are among them."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

import mnet
from mnet.backends.verification import compare, random_inputs
from mnet.compiler.evaluate import evaluate
from mnet.compiler.space import Sampler, Space
from mnet.compiler.verify import verify
from mnet.driver import Network, read, runtime

SPACES = Path(__file__).resolve().parent.parent / "examples" / "spaces"
TOLD = json.loads((SPACES / "cardinalities.json").read_text())
"""What is told of each space: how many points it has, who says so, and why if others say otherwise."""

POINTS, PARTS = 1000, 4
COMPILED = 20

TOLERANCE = 1e-4
"""Of the largest output. The runtimes add in another order than the evaluator; float32 has seven digits, and a hundred
layers, each of which adds a thousand products, leave four or five of them."""

SMALL = {
    "AttentiveNAS": {"resolutions": [32], "classes": 10},
    "BigNAS": {"resolutions": [32], "classes": 10},
    "CompoundScaling": {"resolution": 32, "width": 0.5, "classes": 10},
    "DASS": {"resolution": 16, "cells": 3, "filters": 8},
    "ElasticViT": {"resolutions": [32], "classes": 10},
    "MobileDetFused": {"resolution": 64, "width": 0.25, "classes": 3},
    "MobileDetIBN": {"resolution": 64, "width": 0.25, "classes": 3},
    "MobileDetTucker": {"resolution": 64, "width": 0.25, "classes": 3},
    "MultiDomain": {"resolution": 32, "imagenet_classes": 10, "aircraft_classes": 10, "flower_classes": 10},
    "NASNetCells": {"resolution": 32, "cells": 1, "filters": 8, "classes": 10},
    "SpineNet": {"resolution": 128, "width": 0.25, "pyramid": 16},
}
"""Parameters with which a point is quickly built and run; they change no decision."""


@cache
def program(model):
    return read(SPACES / TOLD[model]["file"])


@cache
def small_space(model):
    return Space(program(model), model, SMALL.get(model, {"resolution": 32, "classes": 10}))


@cache
def whole_space(model):
    return Space(program(model), model)


@cache
def points(model, count, seed=0):
    """Points of a space at random, all of them where it has no more."""
    space = small_space(model)
    if space.count() <= count:
        return list(space.points())
    sampler = Sampler(space, seed)
    return [sampler.draw() for _ in range(count)]


# How many points ----------------------------------------------------------------------------


def test_every_space_is_told_of():
    texts = {path.name: path.read_text() for path in SPACES.glob("*.mnet")}
    models = {(model, file) for file, text in texts.items() for model in re.findall(r"^model (\w+)", text, re.M)}
    assert models == {(model, row["file"]) for model, row in TOLD.items()}
    assert all(re.match(r"//! .*", text) and re.search(r"\b20[0-9]{2}\b", text) for text in texts.values())


@pytest.mark.parametrize("model", TOLD)
def test_cardinality(model):
    space, row = whole_space(model), TOLD[model]
    assert (space.raw_count(), space.count()) == (row["raw"], row["distinct"])


@pytest.mark.parametrize("model", TOLD)
def test_the_published_number_is_met_or_explained(model):
    row = TOLD[model]
    if "published_counts" in row:
        assert row["published"] == row[row["published_counts"]]
    assert row["source"]
    assert row["note"]


def test_the_widths_of_tunas():
    """Seven multiples of each width, rounded to 8: some coincide."""
    decisions = whole_space("TunasProxylessEnlarged").decisions
    options = {decision.path: decision.options for decision in decisions if decision.path.endswith(".width")}
    assert [len(found) for found in options.values()] == [4, 4, 4, 6, 7, 7, 7, 7, 7]
    assert options["block3.width"] == (16, 24, 32, 40, 48, 64)


def test_the_catalogue_is_current(golden):
    golden(SPACES / "README.md", catalogue())


HEAD = """\
# Published search spaces

<!-- Made from cardinalities.json by `pytest tests/test_example_spaces.py --update-golden`. -->

Each file has the spaces of one paper, and says where they are from. *Raw* is the product of the numbers of options.
*Distinct* counts each architecture once: a decision only where it is open, and only what the conditions allow. The
exact numbers are in [cardinalities.json](cardinalities.json). [points](points) has published networks as points:

```sh
mnet compile examples/spaces/once_for_all.mnet --choose examples/spaces/points/ofa_mixed.json
```

| space | of | decisions | raw | distinct | published | source and remarks |
| --- | --- | ---: | ---: | ---: | ---: | --- |
"""


def catalogue():
    return HEAD + "".join(map(_row, TOLD))


def _row(model):
    space, row = whole_space(model), TOLD[model]
    decisions = len(space.decisions) + len(space.continuous)
    published = row.get("published", "")
    shown = [_shown(row["raw"]), _shown(row["distinct"]), _shown(published) if published else "none"]
    numbers = " | ".join([str(decisions), *shown])
    return f"| [`{model}`]({row['file']}) | {row['system']} | {numbers} | {row['source']}. {_plain(row['note'])} |\n"


def _shown(number):
    if isinstance(number, str):
        return number
    return f"{number:,}" if number < 10**9 else f"{number:.4e}".replace("e+", " · 10^")


def _plain(text):
    return text.replace("*", "×").replace("|", "\\|")


# Which points -------------------------------------------------------------------------------

KNOWN = [
    # mit-han-lab/once-for-all, get_active_subnet
    ("ofa_k3_e3_d2", "once_for_all.mnet", {}, 3_410_792, 121_278_672),
    ("ofa_k3_e3_d2", "once_for_all.mnet", {"width": 1.2, "resolution": 128}, 4_602_456, 65_536_896),
    ("ofa_k5_e4_d3", "once_for_all.mnet", {}, 4_551_792, 250_746_944),
    ("ofa_k5_e4_d3", "once_for_all.mnet", {"width": 1.2}, 6_245_312, 385_659_168),
    ("ofa_k7_e6_d4", "once_for_all.mnet", {}, 7_664_760, 566_170_656),
    ("ofa_mixed", "once_for_all.mnet", {}, 4_306_528, 239_322_864),
    ("ofa_mixed", "once_for_all.mnet", {"width": 1.2}, 5_887_592, 358_663_512),
    ("ofa_proxyless_k3_e3_d2", "once_for_all.mnet", {}, 3_718_832, 265_526_256),
    ("ofa_proxyless_k7_e6_d4", "once_for_all.mnet", {}, 7_942_056, 1_004_908_032),
    # pytorchcv 0.0.74
    ("proxylessnas_mobile", "proxylessnas.mnet", {}, 4_080_512, 320_427_584),
    # timm 1.0.31
    ("single_path_nas", "single_path.mnet", {}, 4_421_616, 333_467_072),
    # facebookresearch/mobile-vision
    ("fbnet_b", "fbnet.mnet", {}, 4_818_216, 291_004_424),
    ("fbnet_c", "fbnet.mnet", {}, 5_592_784, 378_136_224),
    # keras.applications 3.15: the networks that NetAdapt starts from, and those that others search around
    ("mobilenet_v1", "netadapt.mnet", {}, 4_231_976, 568_740_352),
    ("mobilenet_v3_large", "netadapt.mnet", {}, 5_483_032, 216_589_760),
    ("mobilenet_v2_int4", "fliqs.mnet", {}, 3_504_872, 300_774_272),
    ("mobilenet_v2_fp4", "fliqs.mnet", {}, 3_504_872, 300_774_272),
    ("mobilenet_v2_trained", "autohas.mnet", {}, 3_504_872, 300_774_272),
    ("efficientnet_b0", "compound_scaling.mnet", {}, 5_288_548, 385_814_752),
    # TensorFlow model garden, whose last convolution has a normalisation (2 x 1280) where TuNAS has a bias (1280)
    ("multi_max", "multi_hardware.mnet", {}, 4_422_920 - 1280, 349_176_352),
    ("multi_avg", "multi_hardware.mnet", {}, 4_948_872 - 1280, 432_451_264),
    # TensorFlow model garden, with the SSDLite head of its detection API for 91 classes
    ("mobiledet_dsp", "mobiledet.mnet", {}, 7_102_079, 2_816_403_904),
    ("mobiledet_edgetpu", "mobiledet.mnet", {}, 4_146_543, 1_533_181_504),
    # timm 1.0.31, whose stem has a kernel of 3 where the model garden has 5
    ("mobilenet_edgetpu_v2_xs", "edgetpu_v2.mnet", {}, 4_459_880 + 16 * 96, 688_214_528 + 16 * 96 * 112**2),
]
"""Points, and what independent implementations of these networks count: trainable parameters and MACs."""


@pytest.mark.parametrize(("point", "file", "parameters", "trainable", "macs"), KNOWN)
def test_published_networks_are_points(point, file, parameters, trainable, macs):
    network = mnet.load(SPACES / file, choose=SPACES / "points" / f"{point}.json", set=parameters)
    total = network.cost().total
    assert (total.trainable, total.macs) == (trainable, macs)


def test_every_point_is_a_known_network():
    assert {path.stem for path in (SPACES / "points").iterdir()} == {point for point, *_ in KNOWN}


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("model", TOLD)
def test_random_points_are_sound(model, part):
    """A thousand points of each space elaborate to graphs in which the verifier finds nothing."""
    for point in points(model, POINTS)[part::PARTS]:
        assert verify(small_space(model).elaborate(point)) == [], point


@pytest.mark.parametrize("model", TOLD)
def test_runtimes_agree_at_random_points(model, tmp_path):
    """Twenty points of each space, compiled, compute in both runtimes what the evaluator computes."""
    for seed, point in enumerate(points(model, COMPILED, seed=1)[:COMPILED]):
        network = Network(small_space(model).elaborate(point), program(model))
        inputs = random_inputs(network.graph, seed)
        expected = evaluate(network.graph, inputs)
        for target in ("tflite", "onnx"):
            path = tmp_path / f"{seed}.{target}"
            mnet.write(network, target, path)
            found = runtime(path).run(path, inputs)
            for name, array in expected.items():
                compared = compare(name, array, found.get(name))
                assert compared.relative <= TOLERANCE, (target, point, compared)
            path.unlink()
