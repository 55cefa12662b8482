"""The diagnostics of the language. A number is never used twice and never changes its meaning."""

from __future__ import annotations

from .diagnostics import Code

# E01xx: text and syntax ---------------------------------------------------------------------

UNEXPECTED_TOKEN = Code("E0101", "unexpected token")
BAD_CHARACTER = Code("E0102", "character that the language does not use")
UNTERMINATED_STRING = Code("E0103", "string without an end")
BAD_NUMBER = Code("E0104", "malformed number")
BAD_ESCAPE = Code("E0105", "unknown escape in a string")
UNCLOSED_BRACKET = Code("E0107", "bracket without its partner")
KEYWORD_AS_NAME = Code("E0108", "keyword used as a name")
HIDDEN_CHARACTER = Code("E0109", "invisible character")
NOT_UTF8 = Code("E0110", "file is not UTF-8")
BAD_TYPE_ARGUMENT = Code("E0111", "only `list` takes a type in brackets")
DIVISION_COMMENT = Code("E0112", "comment that reads like a divisor")

# E02xx: names and where things may stand ----------------------------------------------------

UNKNOWN_NAME = Code("E0201", "unknown name")
DECLARED_TWICE = Code("E0202", "name declared twice")
USED_BEFORE_ASSIGNED = Code("E0203", "name used before it has a value")
LOCAL_TO_BODY = Code("E0204", "name that is known only inside a body")
HIDES_NAME = Code("E0205", "declaration that hides another")
NOT_ASSIGNABLE = Code("E0206", "name that can't be assigned")
RECURSION = Code("E0207", "definition in terms of itself")
MODEL_AS_VALUE = Code("E0208", "model used as a value")
UNKNOWN_TYPE = Code("E0209", "unknown type")
UNKNOWN_DTYPE = Code("E0210", "unknown element type")
LABEL_TWICE = Code("E0211", "label given twice in one scope")
LABEL_WITHOUT_LAYER = Code("E0212", "label on something that makes no layer")
LOOP_WITHOUT_LABEL = Code("E0213", "loop that makes layers without a name")
MISPLACED = Code("E0214", "statement in the wrong place")
RETURN_MISSING = Code("E0215", "block without a return")
UNREACHABLE = Code("E0216", "statement that is never reached")
MODEL_WITHOUT_INPUT = Code("E0217", "model without an input")
MODEL_WITHOUT_OUTPUT = Code("E0218", "model without an output")
SYMBOLIC_DIMENSION = Code("E0219", "dimension that can't stay open")
LAYERS_OUTSIDE = Code("E0220", "layers made outside a model or block")

# E03xx: types and arity ---------------------------------------------------------------------

WRONG_ARGUMENT = Code("E0301", "argument of the wrong type")
MISSING_ARGUMENT = Code("E0302", "missing argument")
UNKNOWN_ARGUMENT = Code("E0303", "unknown argument")
ARGUMENT_TWICE = Code("E0304", "argument given twice")
TOO_MANY_ARGUMENTS = Code("E0305", "too many arguments")
NOT_CALLABLE = Code("E0306", "value that can't be called")
WRONG_TENSORS = Code("E0307", "tensors that a call does not take")
VALUES_OF_INSTANCE = Code("E0308", "values for something that has them already")
WRONG_OPERANDS = Code("E0309", "operands that an operator does not take")
NOT_BOOL = Code("E0310", "condition that is no bool")
MIXED_LIST = Code("E0311", "list of unlike items")
BRANCHES_DIFFER = Code("E0312", "branches of unlike types")
TAKE_APART = Code("E0313", "wrong number of values to take apart")
WRONG_INDEX = Code("E0314", "index that is not there")
NOT_INDEXABLE = Code("E0315", "value without items")
NOT_ITERABLE = Code("E0316", "loop over something that is no list")
TYPE_CHANGES = Code("E0317", "variable that changes its type")
PARAMETER_TYPE = Code("E0318", "parameter of a type that can't be taken here")
TENSORS_FIRST = Code("E0319", "tensor parameter after another")
WRONG_DEFAULT = Code("E0320", "default of the wrong type")
WRONG_RETURN = Code("E0321", "result of the wrong type")
WRONG_OUTPUT = Code("E0322", "output that is no tensor")
WRONG_DIMENSION = Code("E0323", "dimension that is no int")
WRONG_PIPE = Code("E0324", "pipe to something that takes no tensors")
TYPE_TOO_LARGE = Code("E0325", "value of a type that is too large")

# E04xx: modules and imports -----------------------------------------------------------------

UNKNOWN_MODULE = Code("E0401", "module not found")
UNKNOWN_IMPORT = Code("E0402", "module has no such name")
IMPORT_CYCLE = Code("E0403", "modules import each other in a circle")
UNREADABLE_FILE = Code("E0404", "file that can't be read")
OUTSIDE_ROOTS = Code("E0405", "import leaves the declared roots")

# E05xx: budgets of the text -----------------------------------------------------------------

SOURCE_TOO_LARGE = Code("E0501", "file too large")
NESTED_TOO_DEEPLY = Code("E0502", "nested too deeply")
NUMBER_TOO_LARGE = Code("E0503", "number too large")
STRING_TOO_LONG = Code("E0504", "string too long")
NAME_TOO_LONG = Code("E0505", "name too long")
TOO_MANY_FILES = Code("E0506", "program reads too many files")
TOO_MANY_ERRORS = Code("E0507", "too many errors")
