"""The part of TFLite's file format that we write, as data.

Source: schema.fbs of TensorFlow Lite, version 3c. A field's place in its line is its slot in the
table, so that fields we never write stand there too, up to the last one that we do.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...dsl.dtypes import DType
from ...dsl.record import record

IDENTIFIER = b"TFL3"
VERSION = 3

ABSENT = -1
"""The index of an optional operand that is not there."""

SAME, VALID = 0, 1
ACTIVATIONS: Mapping[str, int] = {"none": 0, "relu": 1, "relu6": 3}

TENSOR_TYPES: Mapping[DType, int] = {
    DType.F32: 0,
    DType.F16: 1,
    DType.I32: 2,
    DType.U8: 3,
    DType.I64: 4,
    DType.BOOL: 6,
    DType.I16: 7,
    DType.I8: 9,
    DType.BF16: 18,
}

_TABLES = """
Model            version:uint operator_codes:[table] subgraphs:[table] description:string buffers:[table] \
                 metadata_buffer:[int] metadata:[table] signature_defs:[table]
OperatorCode     deprecated_builtin_code:byte custom_code:string version:int=1 builtin_code:int
SubGraph         tensors:[table] inputs:[int] outputs:[int] operators:[table] name:string
Tensor           shape:[int] type:byte buffer:uint name:string quantization:table is_variable:bool \
                 sparsity:table shape_signature:[int] has_rank:bool
Operator         opcode_index:uint inputs:[int] outputs:[int] builtin_options_type:ubyte builtin_options:table
Buffer           data:blob
Metadata         name:string buffer:uint
TensorMap        name:string tensor_index:uint
SignatureDef     inputs:[table] outputs:[table] signature_key:string deprecated_tag:string subgraph_index:uint
Conv2DOptions           padding:byte stride_w:int stride_h:int fused_activation_function:byte \
                        dilation_w_factor:int=1 dilation_h_factor:int=1
DepthwiseConv2DOptions  padding:byte stride_w:int stride_h:int depth_multiplier:int fused_activation_function:byte \
                        dilation_w_factor:int=1 dilation_h_factor:int=1
Pool2DOptions           padding:byte stride_w:int stride_h:int filter_width:int filter_height:int \
                        fused_activation_function:byte
FullyConnectedOptions   fused_activation_function:byte weights_format:byte keep_num_dims:bool
SoftmaxOptions          beta:float
ConcatenationOptions    axis:int fused_activation_function:byte
AddOptions              fused_activation_function:byte pot_scale_int16:bool=1
ResizeBilinearOptions   new_height:int new_width:int align_corners:bool half_pixel_centers:bool
ReshapeOptions          new_shape:[int]
MulOptions              fused_activation_function:byte
PadOptions
TransposeOptions
ReducerOptions          keep_dims:bool
SubOptions              fused_activation_function:byte pot_scale_int16:bool=1
DivOptions              fused_activation_function:byte
StridedSliceOptions     begin_mask:int end_mask:int ellipsis_mask:int new_axis_mask:int shrink_axis_mask:int
ExpOptions
SplitOptions            num_splits:int
MaximumMinimumOptions
NegOptions
PadV2Options
TransposeConvOptions    padding:byte stride_w:int stride_h:int fused_activation_function:byte
ShapeOptions            out_type:byte
ResizeNearestNeighborOptions  align_corners:bool half_pixel_centers:bool
LeakyReluOptions        alpha:float
AbsOptions
HardSwishOptions
BatchMatMulOptions      adj_x:bool adj_y:bool
GeluOptions             approximate:bool
"""


@record
class Field:
    """A field of a table: its slot, what it holds, and the scalar that a reader assumes where it is absent."""

    name: str
    slot: int
    kind: str
    default: int


@record
class Table:
    fields: Mapping[str, Field]
    slots: int


def _read_tables(text: str) -> dict[str, Table]:
    rows = (line.split() for line in text.strip().splitlines())
    return {name: _table(fields) for name, *fields in rows}


def _table(texts: list[str]) -> Table:
    """A union takes two slots, its type's and its value's; both stand in the line, so places are slots."""
    fields = [_field(slot, text) for slot, text in enumerate(texts)]
    return Table({field.name: field for field in fields}, len(fields))


def _field(slot: int, text: str) -> Field:
    name, _, kind = text.partition(":")
    kind, _, default = kind.partition("=")
    return Field(name, slot, kind, int(default or 0))


TABLES: Mapping[str, Table] = _read_tables(_TABLES)

OPTIONS: Mapping[str, int] = {
    "Conv2DOptions": 1,
    "DepthwiseConv2DOptions": 2,
    "Pool2DOptions": 5,
    "FullyConnectedOptions": 8,
    "SoftmaxOptions": 9,
    "ConcatenationOptions": 10,
    "AddOptions": 11,
    "ResizeBilinearOptions": 15,
    "ReshapeOptions": 17,
    "MulOptions": 21,
    "PadOptions": 22,
    "TransposeOptions": 26,
    "ReducerOptions": 27,
    "SubOptions": 28,
    "DivOptions": 29,
    "StridedSliceOptions": 32,
    "ExpOptions": 33,
    "SplitOptions": 35,
    "MaximumMinimumOptions": 39,
    "NegOptions": 42,
    "PadV2Options": 43,
    "TransposeConvOptions": 49,
    "ShapeOptions": 55,
    "ResizeNearestNeighborOptions": 74,
    "LeakyReluOptions": 75,
    "AbsOptions": 78,
    "HardSwishOptions": 91,
    "BatchMatMulOptions": 101,
    "GeluOptions": 116,
}
"""The members of the union `BuiltinOptions`."""
