"""TFLite's builtin operators, as far as we use them: codes, options, versions, and the runtimes that know these.

Sources: schema.fbs, and TensorFlow's versioning/op_version.cc and runtime_version.cc.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...compiler.ops.base import Types
from ...compiler.types import TensorType
from ...dsl.dtypes import DType
from ...dsl.record import record

OptionValue = int | float | bool
Options = Mapping[str, OptionValue]


@record
class Builtin:
    """`runtimes` maps each version that we emit to the first release of the runtime that has it."""

    name: str
    code: int
    options: str | None
    runtimes: Mapping[int, str]


_BUILTINS = """
ADD                      0    AddOptions                    1:1.5.0
AVERAGE_POOL_2D          1    Pool2DOptions                 1:1.5.0
CONCATENATION            2    ConcatenationOptions          1:1.5.0
CONV_2D                  3    Conv2DOptions                 1:1.5.0  6:2.9.0
DEPTHWISE_CONV_2D        4    DepthwiseConv2DOptions        1:1.5.0  2:1.12.0
FULLY_CONNECTED          9    FullyConnectedOptions         1:1.5.0  5:2.0.0
LOGISTIC                 14   -                             1:1.14.0
MAX_POOL_2D              17   Pool2DOptions                 1:1.5.0
MUL                      18   MulOptions                    1:1.5.0
RELU                     19   -                             1:1.5.0
RELU6                    21   -                             1:1.5.0
RESHAPE                  22   ReshapeOptions                1:1.5.0
RESIZE_BILINEAR          23   ResizeBilinearOptions         1:1.7.0  3:2.2.0
SOFTMAX                  25   SoftmaxOptions                1:1.5.0
TANH                     28   -                             1:1.14.0
PAD                      34   PadOptions                    1:1.5.0  4:2.6.0
TRANSPOSE                39   TransposeOptions              1:1.6.0  4:2.3.0  6:2.12.0
MEAN                     40   ReducerOptions                1:1.6.0
SUB                      41   SubOptions                    1:1.6.0  3:2.3.0
DIV                      42   DivOptions                    1:1.6.0  2:2.3.0
STRIDED_SLICE            45   StridedSliceOptions           1:1.6.0  4:2.2.0
EXP                      47   ExpOptions                    1:1.7.0
SPLIT                    49   SplitOptions                  1:1.5.0  3:1.14.0
PRELU                    54   -                             1:1.8.0
MAXIMUM                  55   MaximumMinimumOptions         1:1.14.0 3:2.3.0
MINIMUM                  57   MaximumMinimumOptions         1:1.14.0 3:2.3.0
NEG                      59   NegOptions                    1:1.9.0
PADV2                    60   PadV2Options                  1:1.9.0  4:2.6.0
TRANSPOSE_CONV           67   TransposeConvOptions          3:2.3.0  4:2.13.0
SQRT                     75   -                             1:1.10.0
SHAPE                    77   ShapeOptions                  1:1.10.0
RESIZE_NEAREST_NEIGHBOR  97   ResizeNearestNeighborOptions  1:1.13.1 3:2.3.0
LEAKY_RELU               98   LeakyReluOptions              1:1.13.1
ABS                      101  AbsOptions                    1:1.13.0 5:2.12.0
HARD_SWISH               117  HardSwishOptions              1:1.15.0
BATCH_MATMUL             126  BatchMatMulOptions            1:2.3.0
GELU                     150  GeluOptions                   1:2.9.0
"""


def _builtin(row: str) -> Builtin:
    name, code, options, *runtimes = row.split()
    versions = (runtime.split(":") for runtime in runtimes)
    return Builtin(name, int(code), None if options == "-" else options, {int(v): r for v, r in versions})


BUILTINS: Mapping[str, Builtin] = {row.split()[0]: _builtin(row) for row in _BUILTINS.strip().splitlines()}

VersionRule = Callable[[Types, Options], int]


def minimal_version(builtin: Builtin, operands: Types, options: Options) -> int:
    """The first version of the operator that takes these operands and options."""
    rule = _RULES.get(builtin.name)
    return rule(operands, options) if rule else 1


def _type(operands: Types, place: int = 0) -> TensorType:
    found = operands[place]
    assert found is not None, operands
    return found


def _convolution(operands: Types, _options: Options) -> int:
    """Weights are OHWI; a grouped convolution sees only some of the input's channels."""
    return 6 if _type(operands).shape[3] != _type(operands, 1).shape[3] else 1


def _depthwise(_operands: Types, options: Options) -> int:
    return 1 if (options["dilation_w_factor"], options["dilation_h_factor"]) == (1, 1) else 2


def _fully_connected(_operands: Types, options: Options) -> int:
    return 5 if options["keep_num_dims"] else 1


def _transposed_convolution(_operands: Types, options: Options) -> int:
    return 4 if options["fused_activation_function"] else 3


def _resize_bilinear(_operands: Types, options: Options) -> int:
    return 3 if options["half_pixel_centers"] else 1


def _resize_nearest(_operands: Types, options: Options) -> int:
    return 3 if options["half_pixel_centers"] or options["align_corners"] else 1


def _above_rank_4(version: int) -> VersionRule:
    return lambda operands, options: version if _type(operands).rank > 4 else 1


def _for_type(dtype: DType, version: int, place: int = 0) -> VersionRule:
    return lambda operands, options: version if _type(operands, place).dtype is dtype else 1


def _broadcast_above_rank_4(version: int) -> VersionRule:
    def rule(operands: Types, _options: Options) -> int:
        left, right = _type(operands), _type(operands, 1)
        return version if left.shape != right.shape and max(left.rank, right.rank) > 4 else 1

    return rule


def _transpose(operands: Types, _options: Options) -> int:
    return {5: 4, 6: 6}.get(_type(operands).rank, 1)


_RULES: Mapping[str, VersionRule] = {
    "ABS": _for_type(DType.I32, 5),
    "CONV_2D": _convolution,
    "DEPTHWISE_CONV_2D": _depthwise,
    "DIV": _broadcast_above_rank_4(2),
    "FULLY_CONNECTED": _fully_connected,
    "MAXIMUM": _broadcast_above_rank_4(3),
    "MINIMUM": _broadcast_above_rank_4(3),
    "PAD": _above_rank_4(4),
    "PADV2": _above_rank_4(4),
    "RESIZE_BILINEAR": _resize_bilinear,
    "RESIZE_NEAREST_NEIGHBOR": _resize_nearest,
    "SPLIT": _for_type(DType.I32, 3, place=1),
    "STRIDED_SLICE": _above_rank_4(4),
    "SUB": _broadcast_above_rank_4(3),
    "TRANSPOSE": _transpose,
    "TRANSPOSE_CONV": _transposed_convolution,
}
