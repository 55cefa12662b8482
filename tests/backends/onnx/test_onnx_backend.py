"""The backend as the driver sees it, and the page that documents it."""

from __future__ import annotations

import subprocess
import sys

from mnet.backends.base import Backend
from mnet.backends.onnx import Onnx
from mnet.backends.onnx.lowering import RULES
from mnet.passes.pipeline import parse_pipeline


def test_it_is_a_backend() -> None:
    backend: Backend = Onnx(opset=17, layout="nhwc", batch=1)
    assert (backend.name, backend.suffix) == ("onnx", ".onnx")
    assert len(parse_pipeline(",".join(backend.pipeline))) == len(backend.pipeline)


def test_every_rule_says_what_it_writes() -> None:
    assert all(rule.__doc__ and rule.__doc__.startswith("`") for rule in RULES.values())


def test_writing_needs_neither_onnx_nor_its_runtime() -> None:
    program = (
        "import sys, mnet.backends.onnx.backend; print(sorted({'onnx', 'onnxruntime', 'google'} & sys.modules.keys()))"
    )
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "[]\n"
