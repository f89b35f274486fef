"""When a run got somewhere agrees with where it ended, in short runs too."""

from __future__ import annotations

from grpotui.analysis.compare.comparison import compare
from grpotui.analysis.compare.outcome import KEYS
from grpotui.analysis.compare.reading import load
from grpotui.analysis.compare.rows import Row
from grpotui.workspace import Workspace
from tests.analysis.test_compare import registry
from tests.writing import RunWriter


def write_short(workspace: Workspace, run_id: str, rewards: list[float]) -> None:
    """Write an ended run with these rewards, a step each."""
    writer = RunWriter(workspace.run(run_id))
    writer.asked(config={"model": "tiny"})
    writer.process()
    writer.attempt(config={"model": "tiny"}, reward_range=[-1.0, 1.0], max_steps=len(rewards))
    writer.status("running")
    for reward in rewards:
        writer.log_step(reward=reward, step_time=1.0)
    writer.status("finished")
    writer.ended()
    writer.close()


def rows_of(workspace: Workspace, window: int | None = None) -> dict[str, Row]:
    found = compare(load(registry(workspace), ("base-aaaa", "other-bbbb"), KEYS), window)
    return {row.name: row for row in found.rows}


def test_the_best_of_a_short_run_is_not_below_its_end(workspace: Workspace) -> None:
    write_short(workspace, "base-aaaa", [step**2 / 1000 for step in range(24)])
    write_short(workspace, "other-bbbb", [0.0] * 12 + [0.5] * 12)
    rows = rows_of(workspace)
    for place, cell in enumerate(rows["best reward"].cells):
        end = rows["reward"].cells[place].estimate
        assert end is not None
        assert cell.estimate is not None
        assert abs(cell.estimate.value - end.value) < 1e-9
        assert (cell.step, cell.text) == (24, "(mean of 12)")
    (reached,) = [row for name, row in rows.items() if name.endswith(" at")]
    # From 0.042 over the first 12 steps to 0.318 over the last 12: half way is 0.180.
    assert reached.name == "reward 0.18 at"
    assert [cell.text for cell in reached.cells] == ["step 20, 20s (mean of 12)", "step 17, 17s (mean of 12)"]


def test_long_runs_are_smoothed_over_twenty_and_windows_asked_for_over_as_many(workspace: Workspace) -> None:
    for run_id in ("base-aaaa", "other-bbbb"):
        write_short(workspace, run_id, [step / 120 for step in range(120)])
    assert rows_of(workspace)["best reward"].cells[0].text == "(mean of 20)"
    single = rows_of(workspace, window=1)["best reward"].cells[0]
    assert single.estimate is not None
    assert (round(single.estimate.value, 9), single.text) == (round(119 / 120, 9), "(mean of 1)")
