"""One prompt over the steps of a run, and prompts that several runs have in common."""

from __future__ import annotations

from collections.abc import Sequence

from grpotui.records import Mode, Visit
from grpotui.registry.queries import Registry


def visits(registry: Registry, run_id: str, prompt: int, mode: str = Mode.TRAIN) -> list[Visit]:
    """Return every group of a prompt, ascending by step."""
    rows = registry.connection.execute(
        "SELECT step, grp, mean FROM completions "
        "WHERE run = ? AND mode = ? AND prompt = ? ORDER BY step, grp",
        (registry.rid(run_id), str(mode), prompt),
    )
    return [Visit(*row) for row in rows]


def shared(registry: Registry, run_ids: Sequence[str], mode: str = Mode.TRAIN) -> list[int]:
    """Return the prompts that every run has, by their number, in the order in which the first met them."""
    first, *others = run_ids
    rows = registry.connection.execute(
        "SELECT prompt FROM completions WHERE run = ? AND mode = ? "
        "GROUP BY prompt ORDER BY min(step), min(grp)",
        (registry.rid(first), str(mode)),
    )
    found = [prompt for (prompt,) in rows]
    for run_id in others:
        query = "SELECT DISTINCT prompt FROM completions WHERE run = ? AND mode = ?"
        known = {row[0] for row in registry.connection.execute(query, (registry.rid(run_id), str(mode)))}
        found = [prompt for prompt in found if prompt in known]
    return found


def means(registry: Registry, run_id: str, low: int, high: int, mode: str = Mode.TRAIN) -> dict[int, float]:
    """Return the mean reward of each prompt over its groups in steps from ``low`` to ``high``."""
    rows = registry.connection.execute(
        "SELECT prompt, avg(mean) FROM completions "
        "WHERE run = ? AND mode = ? AND step BETWEEN ? AND ? GROUP BY prompt HAVING avg(mean) IS NOT NULL",
        (registry.rid(run_id), str(mode), low, high),
    )
    return dict(rows.fetchall())
