"""The examples count what independent implementations count.

Trainable parameters and MACs as measured on keras.applications 3.15, on timm 1.0.31 and on the TensorFlow model
garden with a 1000-way classifier, wherever these have the network; the three agree to the last digit.
"""

from pathlib import Path

import pytest

import mnet
from mnet.compiler.verify import verify

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"

COUNTS = [
    ("mobilenet_v1.mnet", "MobileNetV1", {}, 4_231_976, 568_740_352),
    ("mobilenet_v1.mnet", "MobileNetV1", {"width": 0.25}, 470_072, 41_030_272),
    ("mobilenet_v2.mnet", "MobileNetV2", {}, 3_504_872, 300_774_272),
    ("mobilenet_v2.mnet", "MobileNetV2", {"width": 0.5}, 1_968_680, 97_131_840),
    ("mobilenet_v2.mnet", "MobileNetV2", {"width": 1.4}, 6_108_776, 582_195_824),
    ("mobilenet_v3.mnet", "MobileNetV3Large", {}, 5_483_032, 216_589_760),
    ("mobilenet_v3.mnet", "MobileNetV3Large", {"width": 0.75}, 3_993_528, 154_560_624),
    ("mobilenet_v3.mnet", "MobileNetV3Large", {"minimalistic": True}, 3_924_288, None),
    ("mobilenet_v3.mnet", "MobileNetV3Small", {}, 2_542_856, 56_510_400),
    ("mobilenet_v3.mnet", "MobileNetV3Small", {"minimalistic": True}, 2_044_736, 52_288_448),
    ("efficientnet.mnet", "EfficientNetB0", {}, 5_288_548, 385_814_752),
    ("efficientnet.mnet", "EfficientNetB7", {}, 66_347_960, None),
    ("resnet.mnet", "ResNet50", {}, 25_557_032, None),
    ("nasnet.mnet", "NASNetAMobile", {}, 5_289_978, 563_638_816),
    ("nasnet.mnet", "NASNetALarge", {}, 88_753_150, None),
]


@pytest.mark.parametrize(("file", "model", "parameters", "trainable", "macs"), COUNTS)
def test_counts(file, model, parameters, trainable, macs):
    network = mnet.load(EXAMPLES / file, model, set=parameters)
    assert verify(network.graph) == []
    total = network.cost().total
    assert total.trainable == trainable
    assert macs in (None, total.macs)


@pytest.mark.parametrize(
    ("file", "model", "parameters"),
    [
        ("mobilenet_v1.mnet", "MobileNetV1", {"classes": 1001, "resolution": 192}),
        ("mobilenet_v3.mnet", "MobileNetV3Large", {"classes": 7, "resolution": 320}),
        ("nasnet.mnet", "NASNetAMobile", {"classes": 10, "resolution": 97}),
        ("efficientnet.mnet", "EfficientNetB3", {}),
        ("resnet.mnet", "ResNet101", {"stride_at": "middle"}),
    ],
)
def test_classes_and_resolution_are_the_users(file, model, parameters):
    graph = mnet.load(EXAMPLES / file, model, set=parameters).graph
    (output,) = graph.outputs
    assert output.value.type.shape == ("N", parameters.get("classes", 1000))


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.mnet")), ids=lambda path: path.stem)
def test_every_model_has_its_published_numbers(path):
    report = mnet.check(path)
    assert report.diagnostics == ()
    for survey in report.surveys:
        expected = {one.metric for one in mnet.load(path, survey.model).graph.expectations}
        assert expected >= {"params", "macs"}, survey.model


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("spaces/*.mnet")), ids=lambda path: path.stem)
def test_no_point_of_a_space_that_is_looked_at_is_wrong(path):
    report = mnet.check(path)
    assert [found for found in report.diagnostics if found.severity.value == "error"] == []


def test_every_model_of_every_example_cites_its_paper():
    for path in EXAMPLES.glob("*.mnet"):
        head = path.read_text().splitlines()[:3]
        assert all(line.startswith("//!") for line in head[:1]), path
        assert any(year in " ".join(head) for year in map(str, range(2012, 2030))), path
