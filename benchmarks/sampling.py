"""How fast points of a space are drawn and their costs told, in a process of its own; processor time of one core.

python -m mnet.benchmarks.sampling PROGRAM MODEL [--curve]

Cold are points of a space of which nothing is known yet, warm the same points once more, full the elaboration of each.
`--curve` follows the cold start over many points, then fills the tables whole and draws points that are new.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from mnet import driver
from mnet.compiler.cost import cost
from mnet.compiler.space import Point, Sampler, Space

SEED = 1
POINTS = 200
COMPARED = 20
"""Points whose cost is compared with that of their graph."""

REPEATS = 5
CURVE = (1, 10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000)
NEW = 2_000
"""Points that are drawn at once where the tables are full."""


def seconds(task: Callable[[], object]) -> float:
    """Processor time, which other processes do not take part in."""
    start = time.process_time()
    task()
    return time.process_time() - start


def draw(space: Space, sampler: Sampler, count: int) -> list[Point]:
    """What is measured: so many points, and the cost of each."""
    points = [sampler.draw() for _ in range(count)]
    for point in points:
        space.cost(point)
    return points


def speeds(space: Space) -> dict[str, Any]:
    """Points per second, cold, warm and by full elaboration, whose costs are found equal."""
    counting = seconds(space.count)
    cold = POINTS / seconds(lambda: draw(space, Sampler(space, SEED), POINTS))
    warm = [POINTS / seconds(lambda: draw(space, Sampler(space, SEED), POINTS)) for _ in range(REPEATS)]
    return {"count_seconds": counting, "cold": cold, "warm": statistics.median(warm), "full": _full(space)}


def _full(space: Space) -> float:
    """Points per second where each is elaborated whole. Raises RuntimeError where a cost is another."""
    points = draw(space, Sampler(space, SEED), COMPARED)
    started = time.process_time()
    totals = [cost(space.elaborate(point)).total for point in points]
    taken = time.process_time() - started
    if totals != [space.cost(point) for point in points]:
        raise RuntimeError(f"the costs of {space.model} are not those of its graphs")
    return COMPARED / taken


def curve(space: Space) -> dict[str, Any]:
    """Seconds that the first points of a space take, then speed with full tables, in points that nobody drew before."""
    sampler = Sampler(space, SEED)
    drawn, elapsed, steps = 0, 0.0, []
    for points in CURVE:
        taken = seconds(partial(draw, space, sampler, points - drawn))
        elapsed += taken
        steps.append({"points": points, "seconds": elapsed, "speed": (points - drawn) / taken})
        drawn = points
    filling = seconds(lambda: list(space.costs.topological()))
    new = [NEW / seconds(lambda: draw(space, sampler, NEW)) for _ in range(REPEATS)]
    return {
        "model": space.model,
        "steps": steps,
        "filled_seconds": elapsed + filling,
        "warm": statistics.median(new),
        "full": _full(space),
        "compared": COMPARED,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("model")
    parser.add_argument("--curve", action="store_true")
    options = parser.parse_args()
    measured = (curve if options.curve else speeds)(driver.space(options.program, options.model))
    print(json.dumps(measured))
