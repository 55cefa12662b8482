"""The codes of the diagnostics of this room: E06xx elaboration, E07xx weights, E10xx IR text and verifier."""

from __future__ import annotations

from ..dsl.diagnostics import Code

# elaboration
NO_SUCH_MODEL = Code("E0601", "no such model")
SETTING = Code("E0602", "model parameter that can't be set so")
OPERATOR_REFUSES = Code("E0603", "operands that an operator can't take")
WRONG_VALUE = Code("E0604", "value of the wrong type")
ARITHMETIC = Code("E0605", "arithmetic without a result")
OUT_OF_RANGE = Code("E0606", "index out of range")
TAKE_APART = Code("E0607", "wrong number of values to take apart")
LABEL_TWICE = Code("E0608", "label used twice in one scope")
LOOP_NEEDS_LABEL = Code("E0609", "loop that makes layers without a label")
SHARED_WEIGHTS = Code("E0610", "shared weights that do not fit")
BAD_INPUT = Code("E0611", "input of a model that has no shape")
BAD_OUTPUT = Code("E0612", "output of a model that is no tensor")
BAD_CALL = Code("E0613", "call that does not fit its signature")
UNBOUND = Code("E0614", "name without a value")
OPEN_CHOICE = Code("E0630", "choice that nobody decides")
NO_OPTIONS = Code("E0631", "choice without options")
EXCLUDED = Code("E0632", "choices that exclude each other")
SHARED_DECISION = Code("E0633", "decision of an instance that another call does not offer")
EMPTY_SPACE = Code("E0634", "search space without a point")
POINT_FILE = Code("E0636", "malformed point file")
POINT_OPEN = Code("E0637", "decision that a point leaves open")
POINT_OPTION = Code("E0638", "option that a decision does not have")
POINT_STALE = Code("E0639", "decision of a point that is not open there")
POINT_MODEL = Code("E0640", "point of another model")
POINT_CODE = Code("E0641", "code that stands for no point")
PATTERN_UNMATCHED = Code("E0645", "path pattern that no layer has")
ANNOTATION_VALUE = Code("E0646", "argument of an annotation that makes no sense")
IDLE_ANNOTATION = Code("E0647", "annotation with nothing to act on")
INITIALIZER_CONFLICT = Code("E0648", "shared weights with several initialisers")
LIMIT = Code("E0650", "limit of the compiler")

# the evaluator
EVALUATOR_INPUTS = Code("E0660", "inputs that a graph does not have, or lacks")
EVALUATOR_TYPE = Code("E0661", "array that does not fit an input")

# requirements, expectations and latency tables
REQUIREMENT_UNMET = Code("E0662", "requirement that is not met")
EXPECTATION_MISSED = Code("E0663", "measured otherwise than expected")
REQUIREMENT_UNCHECKED = Code("E0664", "requirement without its latency table")
TABLE_ROWS = Code("E0665", "rows that a latency table lacks")
TABLE_MALFORMED = Code("E0666", "malformed latency table")
TABLE_NAME = Code("E0667", "latency table of another name")
SPACE_UNMET = Code("E0668", "requirement that no point of a space meets")

# weights
WEIGHTS_UNREADABLE = Code("E0701", "weight file that can't be read")
WEIGHTS_FORMAT = Code("E0702", "format of a weight file that is not known")
WEIGHTS_BROKEN = Code("E0703", "broken weight file")
WEIGHTS_LIMIT = Code("E0704", "weight file beyond a limit")
WEIGHT_ELEMENTS = Code("E0706", "element type of a weight")
WEIGHT_SHAPE = Code("E0707", "shape of a weight")
WEIGHT_MISSING = Code("E0708", "missing weight")
WEIGHT_SURPLUS = Code("E0709", "weight that the program does not use")
WEIGHT_VALUES = Code("E0710", "values that a weight can't have")
WEIGHT_AMBIGUOUS = Code("E0711", "weight that could belong to several layers")
WEIGHT_CONFLICT = Code("E0712", "layer with several sources of weights")
WEIGHT_EPSILON = Code("E0713", "epsilon that differs from the checkpoint's")
RENAME_SYNTAX = Code("E0714", "malformed rename file")
RENAME_UNUSED = Code("E0715", "rename rule that matches nothing")
RENAME_TARGET = Code("E0716", "rename rule to a layer that is not there")
RENAME_ORDER = Code("E0717", "order in which the program does not run")
RENAME_ALONE = Code("E0718", "rename file without weights")

# IR text
IR_SYNTAX = Code("E1001", "malformed IR text")
IR_UNKNOWN_NAME = Code("E1002", "unknown name in IR text")
IR_DUPLICATE = Code("E1003", "defined twice in IR text")
IR_ATTRIBUTE = Code("E1004", "missing attribute in IR text")
IR_DATA = Code("E1005", "elements that do not fit their tensor")

# the verifier
IR_NAME = Code("E1020", "name of a value")
IR_ORDER = Code("E1021", "operand that is not there")
IR_OPERATOR = Code("E1022", "operator that is not registered")
IR_OPERANDS = Code("E1023", "operands of a node")
IR_ATTRIBUTES = Code("E1024", "attributes of a node")
IR_RESULT = Code("E1025", "type of a result")
IR_PARAMETER = Code("E1026", "parameter that does not fit its data")
IR_OUTPUT = Code("E1027", "outputs of a graph")
IR_UNUSED = Code("E1028", "value that nothing reads")
IR_SYMBOLIC = Code("E1029", "dimension that can't stay open")
IR_ANNOTATION = Code("E1030", "annotation of a node")
