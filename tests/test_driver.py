"""The conductor, where no command asks for it."""

import pytest

from mnet import driver
from mnet.dsl.diagnostics import DiagnosticError


def refusal(call, *arguments, **options):
    with pytest.raises(DiagnosticError) as caught:
        call(*arguments, **options)
    (found,) = caught.value.diagnostics
    return found.code.id, found.message, found.hint


def test_an_unknown_target():
    assert refusal(driver.backend, "tflit") == ("E0902", "there is no target `tflit`", "did you mean `tflite`?")


def test_the_first_unknown_option_is_named_whatever_the_order_of_hashes():
    message = "target `tflite` has no option `opset`; it has `batch`"
    assert refusal(driver.backend, "tflite", opset=17, layout="nhwc", weight=1) == ("E0903", message, None)


def test_a_file_of_no_target():
    code, message, _ = refusal(driver.runtime, "net.pt")
    assert (code, message) == ("E0902", "`net.pt` does not end in `.tflite` or `.onnx`")
