"""The conductor: source to graph to passes to artefact. The only file that knows the whole road.

What only some roads need (weight files, the evaluator, a backend) is imported on the way, not at the start:
a compilation takes a quarter of a second, and each of these a tenth of that.
"""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from .backends import honour
from .backends.base import Backend, Provenance
from .backends.codes import NOT_A_TARGET, RUNTIME_FAILED
from .backends.files import watched, write_atomically
from .backends.targets import TARGETS, backend
from .compiler.claims import UnmetError
from .compiler.codes import RENAME_ALONE
from .compiler.elaborate import elaborate
from .compiler.initializers import Initialized
from .compiler.ir import Graph
from .compiler.ops import OPERATORS, Trait
from .dsl import modules
from .dsl.check import check as check_program
from .dsl.diagnostics import Diagnostic, DiagnosticError, Severity, error
from .dsl.modules import Program
from .dsl.reading import read_text
from .dsl.record import record
from .dsl.source import Sources
from .version import __version__

if TYPE_CHECKING:
    from .backends.verification import Runtime, Verification
    from .compiler.cost import CostReport
    from .compiler.data import Array
    from .compiler.metrics import LatencyTable
    from .compiler.space import Point, Space
    from .compiler.survey import Report as CheckReport
    from .compiler.weights import Report
    from .passes.pipeline import PipelineResult

    Chosen = Point | Mapping[str, object] | str | Path
    """A point of a model that leaves choices open: itself, its options by their paths, or the file that holds it."""

PathLike = str | Path


@dataclass(frozen=True)
class Network:
    """A model of a program, elaborated: layers, shapes and weights are known, nothing is optimised yet."""

    graph: Graph
    program: Program
    options: tuple[tuple[str, str], ...] = ()
    binding: Report | None = None
    """Which tensor of a checkpoint went where; None where no checkpoint was given."""
    files: tuple[Path, ...] = ()
    """All that was read, without the standard library: the program, the point, tables, checkpoint and rename file."""
    point: Point | None = None
    """Where in the model's search space this is; None where no point was chosen."""
    tables: Mapping[str, LatencyTable] = field(default_factory=dict)
    """What latency is looked up in, by the names that the program has for them."""

    def __repr__(self) -> str:
        return f"<network {self.graph.name} of {self.program.main.span.file}: {len(self.graph.nodes)} operators>"

    @property
    def initialised(self) -> bool:
        """Whether weights are the documented initialiser's, for want of a checkpoint."""
        return any(isinstance(parameter.data, Initialized) for parameter in self.graph.parameters.values())

    def cost(self) -> CostReport:
        """Parameters, MACs, FLOPs and bytes, layer by layer."""
        from .compiler.cost import cost

        return cost(self.graph)

    def unmet(self) -> tuple[Diagnostic, ...]:
        """An error for each `require` of the program that does not hold, a warning for each that lacks its table."""
        from .compiler.requirements import unmet

        return unmet(self.graph, self.tables)

    def run(self, **inputs: Array) -> dict[str, Array]:
        """The outputs by name, computed by the reference evaluator. Raises DiagnosticError on wrong inputs."""
        from .compiler.evaluate import evaluate

        return evaluate(self.graph, inputs)

    def optimise(self, target: str | Backend) -> PipelineResult:
        """The graph as the target's pipeline leaves it, with what each pass did."""
        from .backends.prepare import prepared

        return prepared(self.graph, backend(target))


@record
class Artifact:
    """A file that was compiled. `changed` is false where it already held exactly these bytes.

    `warnings` tell of what was asked for and could not be checked, or has no effect.
    """

    path: Path
    target: str
    changed: bool
    files: tuple[Path, ...]
    warnings: tuple[Diagnostic, ...] = ()


def load(  # noqa: PLR0913  # everything that decides what a network is
    path: PathLike,
    model: str | None = None,
    *,
    set: Mapping[str, object] | None = None,  # noqa: A002  # the command line's own word
    choose: Chosen | None = None,
    weights: PathLike | None = None,
    rename: PathLike | None = None,
    tables: Mapping[str, PathLike] | None = None,
    roots: Sequence[PathLike] = (),
    seed: int = 0,
    sources: Sources | None = None,
) -> Network:
    """Reads, checks and elaborates a model of a `.mnet` file, and binds weights to it where they are given.

    `model` may be left out where the file has one model. `set` gives the model's parameters, `choose` the point of a
    model with choices, which names its model. `weights` is a checkpoint and `rename` a file that says how its names
    become ours; without a checkpoint, parameters come from the documented initialisers, which start from `seed`.
    `tables` are the files of the latency tables that the program's requirements name. Imports are looked for in the
    file's own directory, then in `roots`. Texts read are added to `sources`, so that the lines of a diagnostic can be
    shown.
    Raises DiagnosticError with everything that is wrong.
    """
    if rename is not None and weights is None:
        raise DiagnosticError(error(RENAME_ALONE, f"`{rename}` renames the layers of no weight file: none is given"))
    program = read(path, roots, sources)
    network = _elaborated(program, model, set or {}) if choose is None else _at(program, model, set or {}, choose)
    network = replace(network, graph=_seeded(network.graph, seed))
    if tables:
        read_files = (*network.files, *map(Path, tables.values()))
        network = replace(network, tables=read_tables(tables, program.sources), files=read_files)
    return network if weights is None else bind(network, weights, rename)


def _elaborated(program: Program, model: str | None, given: Mapping[str, object]) -> Network:
    return Network(elaborate(program, model, given), program, _settings(given), files=program.files)


def _at(program: Program, model: str | None, given: Mapping[str, object], choose: Chosen) -> Network:
    """The model at a point of its space."""
    from .compiler.space.follow import follow
    from .compiler.space.pointfile import MAX_BYTES, parse_point, place_of

    files, places = program.files, None
    if isinstance(choose, str | Path):
        source = read_text(Path(choose), str(choose), MAX_BYTES, program.sources)
        files, places = (*files, Path(choose)), partial(place_of, source)
        choose = parse_point(source)
    graph, point = follow(program, choose, model, given, places)
    chosen = json.dumps({**point.choices, **point.carried})
    return Network(graph, program, (*_settings(given), ("choose", chosen)), files=files, point=point)


def read_tables(tables: Mapping[str, PathLike], sources: Sources | None = None) -> Mapping[str, LatencyTable]:
    """Latency tables from their files, by their names. Raises DiagnosticError for what is none, or has another name."""
    from .compiler.metrics import read_table

    return {name: read_table(Path(path), name, sources) for name, path in tables.items()}


def _settings(given: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in given.items())


def space(
    path: PathLike,
    model: str | None = None,
    *,
    set: Mapping[str, object] | None = None,  # noqa: A002  # the command line's own word
    roots: Sequence[PathLike] = (),
    sources: Sources | None = None,
) -> Space:
    """The search space of a model of a `.mnet` file: every point that its choices allow.

    A model without choices has one point. Takes what `load` takes, and raises as it does.
    """
    from .compiler.space.space import Space

    return Space(read(path, roots, sources), model, set or {})


def read_point(path: PathLike, sources: Sources | None = None) -> Point:
    """The point that a file holds. Raises DiagnosticError where it holds none; `load` compares it with a model."""
    from .compiler.space.pointfile import MAX_BYTES, parse_point

    return parse_point(read_text(Path(path), str(path), MAX_BYTES, sources or Sources()))


def write_point(point: Point, path: PathLike) -> bool:
    """Writes a point file, whole or not at all; False where it already held exactly this point."""
    from .compiler.space.pointfile import print_point

    return write_atomically(Path(path), lambda file: file.write(print_point(point).encode()))


def read(
    path: PathLike, roots: Sequence[PathLike] = (), sources: Sources | None = None, text: str | None = None
) -> Program:
    """A program whose names and types are right. Raises DiagnosticError with every error found.

    `text` stands for what the file at `path` holds, where it is not written yet.
    """
    return _checked(modules.load(Path(path), tuple(map(Path, roots)), sources=sources, text=text))


def read_source(text: str, name: str, sources: Sources | None = None) -> Program:
    """The same of a text that is no file and imports only `std`; `name` is how diagnostics call it."""
    return _checked(modules.load_text(text, name, sources=sources))


def check(  # noqa: PLR0913  # all that decides what a model is
    path: PathLike,
    model: str | None = None,
    *,
    set: Mapping[str, object] | None = None,  # noqa: A002  # the command line's own word
    choose: Chosen | None = None,
    tables: Mapping[str, PathLike] | None = None,
    roots: Sequence[PathLike] = (),
    sources: Sources | None = None,
) -> CheckReport:
    """Checks a model of a `.mnet` file, or all: names, types and shapes, then what the models claim of themselves.

    What is found in a model is in the report. Of a search space a few points are looked at, or the one of `choose`.
    Takes what `load` takes; raises DiagnosticError for a file that can't be read, and for wrong names and types.
    """
    from .compiler.survey import Report, survey, survey_all, survey_at

    read_in = read_tables(tables or {}, sources)
    program = read(path, roots, sources)
    if choose is not None:
        return Report((survey_at(_at(program, model, set or {}, choose).graph, read_in),), {})
    if model is None:
        return survey_all(program, set or {}, read_in)
    return Report((survey(program, model, set or {}, read_in),), {})


def _checked(program: Program) -> Program:
    signatures = {name: op.signature for name, op in OPERATORS.items() if op.surface}
    activations = {name for name, op in OPERATORS.items() if op.has(Trait.ACTIVATION)}
    found = check_program(program, signatures, activations)
    if any(diagnostic.severity is Severity.ERROR for diagnostic in found):
        raise DiagnosticError(found)
    return program


def _seeded(graph: Graph, seed: int) -> Graph:
    """The graph with all initialised parameters drawn from another seed."""
    parameters = {
        name: replace(parameter, data=replace(parameter.data, seed=seed))
        if isinstance(parameter.data, Initialized)
        else parameter
        for name, parameter in graph.parameters.items()
    }
    return replace(graph, parameters=parameters)


def bind(network: Network, weights: PathLike, rename: PathLike | None = None) -> Network:
    """The network with the tensors of a checkpoint. Raises DiagnosticError where they do not fit."""
    from .compiler import weights as checkpoints

    rules = None
    if rename is not None:
        text = read_text(Path(rename), str(rename), checkpoints.MAX_RENAME, network.program.sources)
        rules = checkpoints.parse_rename(text)
    bound = checkpoints.bind(network.graph, checkpoints.open_checkpoint(Path(weights)), rules)
    files = [Path(path) for path in (weights, rename) if path is not None]
    return replace(network, graph=bound.graph, binding=bound.report, files=(*network.files, *files))


def compile(  # noqa: A001, PLR0913  # the verb of the whole package; all that `load` takes, and the artefact
    path: PathLike,
    model: str | None = None,
    *,
    target: str | Backend | None = None,
    output: PathLike | None = None,
    set: Mapping[str, object] | None = None,  # noqa: A002  # the command line's own word
    choose: Chosen | None = None,
    weights: PathLike | None = None,
    rename: PathLike | None = None,
    tables: Mapping[str, PathLike] | None = None,
    roots: Sequence[PathLike] = (),
    seed: int = 0,
) -> Artifact:
    """From a `.mnet` file to an artefact: `load`, then `write`."""
    network = load(
        path, model, set=set, choose=choose, weights=weights, rename=rename, tables=tables, roots=roots, seed=seed
    )
    return write(network, target, output)


def write(
    network: Network,
    target: str | Backend | None = None,
    output: PathLike | None = None,
    progress: Callable[[int], object] | None = None,
) -> Artifact:
    """Optimises for the target and writes the artefact, by default into the working directory under the model's name.

    Without a target the output's ending names it, and without either it is TFLite. `progress` hears of each number
    of bytes written. Raises DiagnosticError, with nothing written, where the target can't take the model, and
    UnmetError where the model breaks a requirement of its own.
    """
    chosen = backend(target or target_of(output))
    _refuse_contradiction(chosen, output)
    warnings = _checked_requirements(network)
    graph = network.optimise(chosen).graph
    if refusals := chosen.check(graph):
        raise DiagnosticError(refusals)
    path = Path(output) if output else Path(network.graph.name).with_suffix(chosen.suffix)
    beside: list[Path] = []

    def write_beside(suffix: str, write_data: Callable[[BinaryIO], None]) -> str:
        beside.append(path.with_name(path.name + suffix))
        write_atomically(beside[-1], lambda file: write_data(watched(file, progress)), network.files)
        return beside[-1].name

    provenance = _provenance(network, chosen)
    changed = write_atomically(
        path, lambda file: chosen.write(graph, watched(file, progress), provenance, write_beside), network.files
    )
    warnings = (*warnings, *network.graph.warnings, *honour.warnings(network.graph, chosen.name, chosen.honours))
    return Artifact(path, chosen.name, changed, (path, *beside), warnings)


def _checked_requirements(network: Network) -> tuple[Diagnostic, ...]:
    """Warnings of what could not be checked. Raises UnmetError."""
    found = network.unmet() if network.graph.requirements else ()
    if any(diagnostic.severity is Severity.ERROR for diagnostic in found):
        raise UnmetError(found)
    return found


def target_of(output: PathLike | None) -> str:
    """The target that a file's ending names; TFLite for no file. Raises DiagnosticError where it names none."""
    if output is None:
        return "tflite"
    target = Path(output).suffix.removeprefix(".")
    if target not in TARGETS:
        endings = " or ".join(f"`.{name}`" for name in TARGETS)
        raise DiagnosticError(error(NOT_A_TARGET, f"`{output}` does not end in {endings}", hint="name the target"))
    return target


def _refuse_contradiction(chosen: Backend, output: PathLike | None) -> None:
    suffix = Path(output).suffix if output else chosen.suffix
    if suffix != chosen.suffix and suffix.removeprefix(".") in TARGETS:
        message = f"`{output}` would be a {chosen.name} file, and its name says otherwise"
        raise DiagnosticError(error(NOT_A_TARGET, message, hint=f"end it in `{chosen.suffix}`, or choose that target"))


def _provenance(network: Network, chosen: Backend) -> Provenance:
    """What the bytes depend on, and nothing else: no clock, no directory, no user."""
    read = network.program.modules.values()
    texts = ((module.span.file_name, network.program.sources.by_name[module.span.file].text) for module in read)
    digest = hashlib.sha256()
    for name, text in sorted(texts):
        digest.update(f"{name}\0{text}\0".encode())
    options = (("model", network.graph.name), *sorted(network.options), *_options(chosen))
    return Provenance(__version__, digest.hexdigest(), options)


def _options(chosen: Backend) -> Iterator[tuple[str, str]]:
    for option in fields(chosen):
        yield option.name, str(getattr(chosen, option.name))


def runtime(artifact: PathLike) -> Runtime:
    """What runs an artefact, by the ending of its name. Raises DiagnosticError where that is no target's or no file."""
    home, _ = TARGETS[target_of(artifact)]
    if not Path(artifact).is_file():
        raise DiagnosticError(error(RUNTIME_FAILED, f"`{artifact}` is no file"))
    return cast("Runtime", importlib.import_module(f".backends{home}.runtime", __package__))


def verify(artifact: PathLike, network: Network, *, tolerance: float = 1e-4, seed: int = 0) -> Verification:
    """Runs an artefact in its runtime and compares it with the network as the evaluator computes it."""
    from .backends import verification

    optimised = network.optimise(target_of(artifact)).graph
    return verification.verify(
        Path(artifact), runtime(artifact), network.graph, optimised, tolerance=tolerance, seed=seed
    )
