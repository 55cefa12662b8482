"""TFLite: models as flatbuffers, and LiteRT, which reads them back."""

from .backend import TFLite

__all__ = ["TFLite"]
