"""Did you mean ...?"""

from __future__ import annotations

from collections.abc import Iterable


def closest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate with the fewest typing mistakes from `name`, None if none is near.

    One mistake is allowed in up to three letters, and one more for each further three. Of equals
    the first by alphabet is taken.
    """
    allowed = max(1, (len(name) + 2) // 3)
    near = [(_distance(name, candidate, allowed), candidate) for candidate in set(candidates) if candidate != name]
    best = min(near, default=(allowed + 1, ""))
    return best[1] if best[0] <= allowed else None


def hint(name: str, candidates: Iterable[str]) -> str | None:
    """The hint of a diagnostic about an unknown `name`."""
    return did_you_mean(closest(name, candidates))


def did_you_mean(name: str | None) -> str | None:
    """The hint that proposes a likely name, if there is one."""
    return f"did you mean `{name}`?" if name else None


def _distance(a: str, b: str, limit: int) -> int:
    """Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours, case for free.

    More than `limit` where the lengths alone say so, which keeps long names cheap.
    """
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    a, b = a.lower(), b.lower()
    before: list[int] = []
    above = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]
