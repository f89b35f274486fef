"""Long runs: most of their points are packed, and nobody can tell."""

from __future__ import annotations

import math
import random
import sqlite3

import pytest

from grpotui.registry import index_run, rebuild
from grpotui.registry.queries import Points, Registry
from grpotui.registry.streams import sealed
from grpotui.workspace import RunDir, Workspace
from tests.registry.lines import append

KEYS = ("reward", "kl", "eval_reward")


class Expected:
    """The points that a run of lines amounts to, found the simple way."""

    def __init__(self) -> None:
        self.points: dict[str, dict[int, float | None]] = {key: {} for key in KEYS}

    def line(self, step: int, **values: float) -> dict[str, float]:
        if "reward" in values:
            for known in self.points.values():
                for later in [s for s in known if s >= step]:
                    del known[later]
        for key, value in values.items():
            self.points[key][step] = value if math.isfinite(value) else None
        return {"step": step, **values}

    def series(self) -> dict[str, Points]:
        return {key: list(known.items()) for key, known in self.points.items()}


@pytest.mark.parametrize("seed", range(4))
def test_runs_that_go_back_read_as_they_were_written(
    conn: sqlite3.Connection, run: RunDir, registry: Registry, seed: int
) -> None:
    rng, expected, step = random.Random(seed), Expected(), 0
    for _ in range(12):
        if rng.random() < 0.4:
            step = rng.randrange(step + 1)
        lines = []
        for _ in range(rng.choice((3, 300, 900))):
            step += rng.choice((1, 1, 1, 5))
            kl = rng.choice((math.nan, rng.random()))
            lines.append(expected.line(step, reward=rng.random(), kl=kl))
            if step % 7 == 0:
                lines.append(expected.line(step, eval_reward=rng.random()))
        append(run.metrics, *lines)
        index_run(conn, run)
        assert registry.series(run.id, KEYS) == expected.series()
        beyond = rng.randrange(step + 1)
        after = {key: [p for p in known if p[0] > beyond] for key, known in expected.series().items()}
        assert registry.series(run.id, KEYS, after=beyond) == after
        last = {key: known[-1][1] for key, known in expected.series().items() if known}
        assert registry.last(run.id) == last
    assert conn.execute("SELECT count(*) FROM sealed").fetchone()[0] > 0


def test_most_points_of_a_long_run_are_no_rows(
    conn: sqlite3.Connection, run: RunDir, registry: Registry
) -> None:
    steps = range(10, 10 * (3 * sealed.STEPS), 10)
    append(run.metrics, *({"step": step, "reward": step / 2} for step in steps))
    index_run(conn, run)
    (rows,) = conn.execute("SELECT count(*) FROM metrics").fetchone()
    assert rows < sealed.STEPS
    assert registry.keys(run.id) == ["reward"]
    assert registry.run(run.id).reward == pytest.approx(statistics_of_last(steps))
    line = registry.sparklines([run.id], n=6)[run.id]
    assert len(line) == 6
    assert line == sorted(line, key=lambda value: value or 0)


def statistics_of_last(steps: range) -> float:
    return sum(step / 2 for step in steps[-20:]) / 20


def test_a_sparkline_is_the_same_packed_or_not(
    conn: sqlite3.Connection, run: RunDir, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(5)
    append(
        run.metrics, *({"step": s, "reward": rng.choice((rng.random(), math.inf))} for s in range(3, 3000, 2))
    )
    index_run(conn, run)
    packed = registry.sparklines([run.id], n=10)[run.id]
    conn.executescript("DELETE FROM sealed; DELETE FROM metrics; DELETE FROM ingest")
    monkeypatch.setattr(sealed, "STEPS", 10**6)
    index_run(conn, run)
    assert conn.execute("SELECT count(*) FROM sealed").fetchone() == (0,)
    assert registry.sparklines([run.id], n=10)[run.id] == pytest.approx(packed)


def test_rebuild_counts_packed_points(workspace: Workspace, run: RunDir) -> None:
    append(run.metrics, *({"step": step, "time": 1.0, "reward": 0.5} for step in range(5000)))
    assert rebuild(workspace).points == 5000
