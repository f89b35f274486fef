"""A report over a window: the winner is that of the table's own numbers, whatever the window is."""

from __future__ import annotations

from itertools import chain, repeat

import pytest

from grpotui.analysis.report.build import Report, build
from grpotui.analysis.report.selecting import choose
from grpotui.analysis.report.statement import Table
from grpotui.analysis.sweep.records import Outcome
from grpotui.records.sweeps import Place, Sweep
from grpotui.registry.sweeps import write_sweep
from grpotui.workspace import Workspace
from tests.analysis.studies import registry
from tests.support import Cli
from tests.writing import RunWriter

BETA = "grpo.beta"
FALLS, STEADY = ((40, 0.1), (60, 0.9), (20, 0.6)), ((40, 0.1), (80, 0.7))
"""So many steps at a reward: one is ahead over 50 steps, the other over 10."""


def trained(workspace: Workspace, run_id: str, point: int, *course: tuple[int, float]) -> None:
    config = {"model": "tiny", "task": {"name": "arithmetic"}, "rewards": [{"name": "exact"}]}
    config["grpo"] = {"beta": point / 10, "seed": 1}
    place = Place("s-abcd", point, {BETA: point / 10})
    writer = RunWriter(workspace.run(run_id))
    writer.asked(config=config, seed=1, sweep=place.to_json())
    writer.attempt(config=config, max_steps=120, seed=1)
    for step, level in enumerate(chain.from_iterable(repeat(level, count) for count, level in course)):
        writer.log_step(reward=level + (0.01 if step % 2 else -0.01), kl=step)
    writer.ended("finished")
    writer.close()


@pytest.fixture
def both(workspace: Workspace) -> Workspace:
    """A sweep of two trainings that change places near their end."""
    axes, points = {BETA: (0.1, 0.2)}, ({BETA: 0.1}, {BETA: 0.2})
    write_sweep(workspace, Sweep("s-abcd", "study", axes=axes, points=points, seeds=(1,)))
    trained(workspace, "falls-aaaa", 1, *FALLS)
    trained(workspace, "steady-bbbb", 2, *STEADY)
    return workspace


def summary(found: Report) -> str:
    return "\n".join(
        f"{one.label}: {one.text}"
        for part in found.sections
        if part.title == "Summary"
        for one in part.statements
    )


def best_of_table(found: Report) -> str:
    (block,) = [b for part in found.sections for b in part.blocks if isinstance(b, Table)]
    rows = [dict(zip(block.headers, row, strict=True)) for row in block.rows]
    return max(rows, key=lambda row: float(row["Final reward"].split()[0].strip("*")))["Run"]


@pytest.mark.parametrize("sweep", [None, "s-abcd"])
@pytest.mark.parametrize(("window", "winner"), [(50, "falls-aaaa"), (10, "steady-bbbb"), (1, "steady-bbbb")])
def test_the_winner_is_that_of_the_window(
    both: Workspace, sweep: str | None, window: int, winner: str
) -> None:
    reader = registry(both)
    found = build(reader, choose(reader, sweep=sweep), window)
    assert f"({winner})" in summary(found).splitlines()[0]
    assert winner in best_of_table(found)
    assert [entry.came for entry in found.entries] == [Outcome.GOOD, Outcome.GOOD]


def test_a_run_that_fell_back_has_learned_over_a_long_window_only(workspace: Workspace) -> None:
    trained(workspace, "back-aaaa", 1, (40, 0.1), (70, 0.9), (10, 0.1))
    reader = registry(workspace)
    long, short = (build(reader, choose(reader), window) for window in (50, 10))
    assert [found.entries[0].came for found in (long, short)] == [Outcome.GOOD, Outcome.STUCK]
    assert "Winner: one setting (back-aaaa)" in summary(long)
    assert "Highest: 0.1 [" in summary(short)
    assert "mean reward of the last 10 steps" in summary(short)


def test_the_command_line_passes_the_window_on(both: Workspace, cli: Cli) -> None:
    told = cli("report", "--sweep", "s-abcd", "--window", "10").out
    assert "**Winner:** beta 0.2 (steady-bbbb)" in told
    assert "Made by grpotui report --sweep s-abcd --window 10\n" in told
    assert "Made by grpotui report --sweep s-abcd\n" in cli("report", "--sweep", "s-abcd").out
