"""Words of other frameworks: what they are called here, or what is written instead.

They are looked up before names that are merely spelled alike: who writes `silu` does not mean `gelu`.
Case and underscores do not count: `LeakyReLU` is `leaky_relu`.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from .record import record


@record
class Foreign:
    """What a word stands for: the first of `ours` that can be used where it stands; else `advice`, a hint."""

    ours: tuple[str, ...] = ()
    advice: str | None = None


def name(word: str) -> Foreign | None:
    """What the name of a value or layer stands for in other frameworks."""
    return _NAMES.get(_plain(word))


def parameter(word: str) -> Foreign | None:
    """What the name of an argument stands for in other frameworks."""
    return _PARAMETERS.get(_plain(word))


def annotation(word: str) -> Foreign | None:
    """What the name of an annotation stands for elsewhere."""
    return _ANNOTATIONS.get(_plain(word))


def metric(word: str) -> Foreign | None:
    """What the name of a metric stands for elsewhere."""
    return _METRICS.get(_plain(word))


def word(word: str) -> Foreign | None:
    """What a word in quotation marks stands for elsewhere."""
    return _WORDS.get(_plain(word))


def argument(callee: str, parameter: str, type_: str) -> str | None:
    """What helps where other frameworks take a `type_` for a parameter, and we don't."""
    return _ARGUMENTS.get((callee, parameter, type_))


def pick(found: Foreign, known: Container[str]) -> str | None:
    """The name of ours that is known at the place."""
    return next((name for name in found.ours if name in known), None)


def _plain(word: str) -> str:
    return word.lower().replace("_", "")


def _same(**words: str) -> dict[str, Foreign]:
    """The words that are each of our names."""
    return {word: Foreign((ours,)) for ours, others in words.items() for word in others.split()}


def _all(words: str, meaning: Foreign) -> dict[str, Foreign]:
    return dict.fromkeys(words.split(), meaning)


_CHOICE = "a choice is a statement: `choice kernel in { 3, 5, 7 }`"
_RANGE = "a choice among numbers is a statement: `choice n in 1..9`, `choice n in stepped(16, 64, 8)`"
_TURN = "`index` and `first` are known in the body of `repeat n as layer { ... }`"
_WORD = 'a word stands in quotation marks: `@precision(weights="int8")`, `@placement("edgetpu")`'
_ABSENT = "there is no such operator; `docs/operators.md` lists those that there are"
_AT_INFERENCE = "leave it out: it does nothing at inference"
_LAYER = "an activation is a layer of its own, `x |> conv2d(32) |> relu`; `conv_bn` of `std.mobile` takes one as `act`"

_NAMES: Mapping[str, Foreign] = {
    **_same(
        swish="silu",
        hard_swish="hswish hardswish",
        hard_sigmoid="hsigmoid hardsigmoid",
        leaky_relu="leakyrelu lrelu",
        dense="linear fc fullyconnected",
        batch_norm="bn batchnorm batchnorm2d batchnormalization",
        conv2d="conv convolution convolution2d",
        depthwise_conv2d="dwconv depthwise depthwiseconv depthwiseconv2d",
        transposed_conv2d="convtranspose convtranspose2d conv2dtranspose deconv deconvolution",
        max_pool2d="maxpool maxpool2d maxpooling maxpooling2d",
        avg_pool2d="avgpool avgpool2d averagepool averagepooling2d",
        global_avg_pool="globalavgpool globalaveragepool globalaveragepooling2d adaptiveavgpool2d gap",
        concat="cat concatenate",
        resize="interpolate upsampling2d",
        pad2d="zeropad2d zeropadding2d",
        mul="multiply",
        sub="subtract",
        mean="reducemean",
        transpose="permute",
        true="true",
        false="false",
        log_uniform="reciprocal logspace",
        identity="skip skipconnect skipconnection noop passthrough",
        distinct="unique dedupe",
        stepped="arange linspace",
    ),
    **_all("choice choices oneof manyof sampleone hpchoice valuechoice layerchoice opchoice", Foreign(advice=_CHOICE)),
    **_all("categorical mutable searchspace hp hyperparameter", Foreign(advice=_CHOICE)),
    **_all("randint intvar hpint intuniform quniform qloguniform suggestint", Foreign(advice=_RANGE)),
    **_all("first index", Foreign(advice=_TURN)),
    **_all("int4 int8 int16 fp16 bf16 fp32 cpu gpu dsp edgetpu", Foreign(advice=_WORD)),
    **_all("elu selu celu mish softplus softsign glu", Foreign(advice=_ABSENT)),
    **_all("layernorm layernormalization groupnorm groupnormalization", Foreign(advice=_ABSENT)),
    **_all("instancenorm instancenorm2d lstm gru rnn embedding", Foreign(advice=_ABSENT)),
    **_all("dropout dropout2d droppath stochasticdepth", Foreign(advice=_AT_INFERENCE)),
    "none": Foreign(advice="there is no empty value; an argument with a default may be left out"),
    "pow": Foreign(advice="powers are written `a ** b`"),
    "range": Foreign(advice="a range is written `0..n`"),
}

_PARAMETERS: Mapping[str, Foreign] = {
    **_same(
        kernel="kernelsize poolsize ksize",
        stride="strides",
        bias="usebias",
        groups="group",
        dilation="dilationrate dilations",
        multiplier="depthmultiplier channelmultiplier",
        epsilon="eps",
        slope="negativeslope alpha",
        keepdims="keepdim",
        permutation="perm dims",
    ),
    **_all("channels outchannels outfeatures features", Foreign(("filters", "units"))),
    **_all("dim axes axis", Foreign(("axis", "axes"))),
    "units": Foreign(("filters",)),
    "filters": Foreign(("units",)),
    "activation": Foreign(("act",), _LAYER),
    "act": Foreign(advice=_LAYER),
    "aligncorners": Foreign(advice='write `coordinates="align_corners"`'),
    **_all("inchannels infeatures", Foreign(advice="leave it out: it is read off the tensor")),
}

_ANNOTATIONS: Mapping[str, Foreign] = {
    **_same(
        precision="quantize quantized quantization quant dtype bits",
        sparsity="sparse prune pruned pruning",
        placement="device place target accelerator",
        freeze="frozen nontrainable stopgradient",
        initializer="init initialise initialize initialization initialisation initialiser",
    ),
    "trainable": Foreign(advice="weights are trained but where `@freeze` says otherwise"),
}

_METRICS: Mapping[str, Foreign] = {
    **_same(
        params="parameters parametercount numparams weights",
        macs="mac madds multadds muladds maddcount macc maccs",
        flops="flop ops operations",
        weight_bytes="size modelsize filesize weightsize storage",
        peak_memory="memory ram peakram sram activationmemory",
        layers="depth nodes operators",
        latency="time runtime ms inferencetime speed",
    ),
    "accuracy": Foreign(advice="what training finds is not known here; a search measures it"),
    "top1": Foreign(advice="what training finds is not known here; a search measures it"),
}

_WORDS: Mapping[str, Foreign] = {
    **_same(
        fp32="float32 float f32 single",
        fp16="float16 half f16",
        bf16="bfloat16",
        int4="i4 w4",
        int8="i8 w8 uint8 qint8",
        int16="i16",
        fp8_e4m3="fp8 float8 e4m3",
        fp8_e5m2="e5m2",
        fp4_e2m1="fp4 float4 e2m1",
        glorot_uniform="xavier xavieruniform glorot",
        glorot_normal="xaviernormal",
        he_normal="kaiming kaimingnormal msra he",
        he_uniform="kaiminguniform",
        truncated_normal="truncnormal",
        weight="kernel weights filter filters",
        gamma="scale",
        beta="shift offset",
        edgetpu="coral tpu",
        dsp="hexagon",
    ),
    "npu": Foreign(),
}

_ARGUMENTS: Mapping[tuple[str, str, str], str] = {
    ("max", "values", "tensor"): "`maximum(a, b)` is the greater of two tensors, element by element",
    ("min", "values", "tensor"): "`minimum(a, b)` is the lesser of two tensors, element by element",
    ("@precision", "weights", "int"): 'a format has its kind and its bits: `"int8"`',
    ("@precision", "activations", "int"): 'a format has its kind and its bits: `"int8"`',
    ("pad", "padding", "int"): "each axis has its pair, (before, after); `pad2d` of `std.layers` pads images",
}
