"""ONNX: models as protobuf messages, and ONNX Runtime, which reads them back."""

from .backend import Onnx

__all__ = ["Onnx"]
