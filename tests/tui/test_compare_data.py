"""What the Compare screen reads, and what it does not read again."""

from __future__ import annotations

import random

from grpotui.records.keys import REWARD
from grpotui.tui.app import GrpoTui
from grpotui.tui.compare.charts import overlay
from grpotui.tui.compare.data import CompareReader
from grpotui.tui.screens.compare import CompareScreen
from grpotui.workspace import Workspace
from tests.analysis.test_compare import compared, write
from tests.tui.runs_factory import screen_text, until
from tests.writing import RunWriter

IDS = ("base-aaaa", "other-bbbb")


def reader(workspace: Workspace) -> CompareReader:
    write(workspace, "base-aaaa")
    write(workspace, "other-bbbb", {"beta": 0.2})
    for run_id in IDS:
        writer = RunWriter(workspace.run(run_id))
        for step in range(121, 131):
            writer.metrics.append({"step": step, "reward": 0.8, "aux/one": step / 2, "aux/two": 1.0})
        writer.close()
    return CompareReader(workspace, IDS)


def test_runs_that_did_not_move_are_the_same_objects(workspace: Workspace) -> None:
    data = reader(workspace)
    first = data.fetch((REWARD,))
    assert data.fetch((REWARD,)) is first
    writer = RunWriter(workspace.run("other-bbbb"))
    writer.metrics.append({"step": 130, "eval_accuracy": 0.5, "attempt": 1})
    writer.close()
    second = data.fetch((REWARD,))
    assert second is not first
    assert second.lanes[0].get(REWARD) is first.lanes[0].get(REWARD)
    assert second.lanes[1].get(REWARD) is not first.lanes[1].get(REWARD)
    assert second.lanes[1].get("eval_accuracy").last() == (130, 0.5)


def test_another_metric_is_all_that_is_read_for_it(workspace: Workspace) -> None:
    data = reader(workspace)
    first = data.fetch((REWARD,))
    assert first.unread("aux/one")
    second = data.fetch(("aux/one",))
    assert not second.unread("aux/one")
    assert second.lanes[1].get("aux/one").at(124) == (124, 62.0)
    assert second.comparison is first.comparison
    assert second.lanes[0].get(REWARD) is first.lanes[0].get(REWARD)
    assert data.fetch(("aux/one",)) is second
    third = data.fetch(("aux/two",))
    assert third is not second
    assert third.lanes[0].get("aux/two").last() == (130, 1.0)
    assert third.unread("aux/one")
    assert data.fetch((REWARD,)) is third


def test_the_ends_of_metrics_say_the_same_as_all_of_them(workspace: Workspace) -> None:
    rng = random.Random(4)
    for run_id, grpo in (("base-aaaa", {}), ("other-bbbb", {"beta": 0.2})):
        write(workspace, run_id, grpo)
        writer = RunWriter(workspace.run(run_id))
        for step in range(121, 2500):
            line = {"step": step, "time": float(step), "reward": rng.random(), "entropy": rng.random()}
            # kl is nearly always no number: the last hundred points do not hold fifty of them.
            kl = rng.random() if step % 20 == 0 else None
            writer.metrics.append(line | {"kl": kl, "nonfinite": ["kl"] if kl is None else []})
        writer.close()
    rows = {row.name: row.cells for row in compared(workspace, *IDS).rows}
    found = CompareReader(workspace, IDS).fetch()
    assert {row.name: row.cells for row in found.comparison.rows} == rows
    assert {"kl", "entropy", "reward", "cost"} <= set(rows)
    assert found.axes == ["step", "samples", "time"]


def test_an_axis_is_read_when_it_is_chosen(workspace: Workspace) -> None:
    write(workspace, "base-aaaa")
    write(workspace, "other-bbbb", {"beta": 0.2})
    data = CompareReader(workspace, IDS)
    first = data.fetch((REWARD,))
    assert "time" in first.axes
    assert first.unread("time")
    spec, _ = overlay(first, REWARD, "time", 0, log=False, cursor=None)
    assert (spec.drawing.curves, spec.empty) == ((), "reading …")
    second = data.fetch((REWARD, "time"))
    assert not second.unread("time")
    assert second.end("time") == 119
    assert second.lanes[0].step_at(59.0, "time") == 60
    assert second.comparison is first.comparison


async def test_keys_faster_than_reading_end_at_the_last_metric(workspace: Workspace) -> None:
    reader(workspace)
    async with GrpoTui(workspace).run_test(size=(120, 35)) as pilot:
        screen = CompareScreen(IDS)
        pilot.app.push_screen(screen)
        await until(pilot, lambda: "differs" in screen_text(pilot))
        assert screen.place.snapshot is not None
        ahead = screen.place.snapshot.keys.index("aux/two")
        for _ in range(ahead):
            pilot.app.simulate_key("z")
        await until(pilot, lambda: "A 1.00" in screen_text(pilot) and "aux/two" in screen_text(pilot))
        assert "not logged" not in screen_text(pilot)


async def test_no_worker_describes_itself_with_the_data(workspace: Workspace) -> None:
    reader(workspace)
    async with GrpoTui(workspace).run_test(size=(120, 35)) as pilot:
        told: list[str] = []
        run_worker = pilot.app.screen.run_worker
        screen = CompareScreen(IDS)

        def noted(*given: object, **named: object) -> object:
            told.append(str(named.get("description")))
            return run_worker(*given, **named)  # type: ignore[arg-type]

        screen.run_worker = noted  # type: ignore[method-assign,assignment]
        pilot.app.push_screen(screen)
        await until(pilot, lambda: "at step 1" in screen_text(pilot))
        assert len(told) >= 2
        assert max(map(len, told)) < 200
