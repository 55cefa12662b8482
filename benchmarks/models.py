"""The models that are compared: an example of ours and the same network of keras.applications."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Model:
    """`keras` is the name in keras.applications; `arguments` and `parameters` make the two the same network."""

    name: str
    file: str
    keras: str
    arguments: tuple[tuple[str, object], ...] = ()
    parameters: tuple[tuple[str, object], ...] = ()

    @property
    def path(self) -> Path:
        return ROOT / "examples" / self.file


_PLAIN_INPUT = (("include_preprocessing", False),)

MODELS = (
    Model("MobileNetV1", "mobilenet_v1.mnet", "MobileNet"),
    Model("MobileNetV2", "mobilenet_v2.mnet", "MobileNetV2"),
    Model("MobileNetV3Large", "mobilenet_v3.mnet", "MobileNetV3Large", _PLAIN_INPUT),
    Model("MobileNetV3Small", "mobilenet_v3.mnet", "MobileNetV3Small", _PLAIN_INPUT),
    Model("EfficientNetB0", "efficientnet.mnet", "EfficientNetB0"),
    Model("ResNet50", "resnet.mnet", "ResNet50", parameters=(("bias", True), ("epsilon", 1.001e-5))),
    Model("NASNetAMobile", "nasnet.mnet", "NASNetMobile"),
)
