"""How large the examples are: prints each file with its models, the layers of their first points, and their spaces.

python -m mnet.benchmarks.examples
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from mnet import driver
from mnet.compiler.space import Point
from mnet.dsl import tree

from .models import ROOT


def described(path: Path) -> dict[str, Any]:
    """One file: the models that it has itself."""
    models = [item.name.name for item in driver.read(path).main.items if isinstance(item, tree.Model)]
    return {
        "file": str(path.relative_to(ROOT / "examples")),
        "lines": len(path.read_text().splitlines()),
        "models": [_model(path, name) for name in models],
    }


def _model(path: Path, name: str) -> dict[str, Any]:
    """A model; the layers are those of the point that takes first options."""
    space = driver.space(path, name)
    first = space.complete(Point(name, {}))
    assert first is not None
    return {
        "model": name,
        "layers": len(space.elaborate(first).nodes),
        "decisions": len(space.decisions),
        "magnitude": math.log10(space.count()),
    }


if __name__ == "__main__":
    files = sorted((ROOT / "examples").glob("*.mnet")) + sorted((ROOT / "examples" / "spaces").glob("*.mnet"))
    print(json.dumps([described(path) for path in files]))
