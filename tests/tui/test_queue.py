"""The queue in the app: order, holds and pause by keys."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grpotui.launch.machine.fakes import FAKE_VARIABLE
from grpotui.launch.queue import order
from grpotui.records import Status
from grpotui.tui.app import GrpoTui
from grpotui.tui.resources.view import DeviceUse, ResourcesSnapshot
from grpotui.tui.runs.line import in_turn
from grpotui.tui.screens.resources import ResourcesScreen
from grpotui.tui.widgets.checkpoint_table import use_text
from grpotui.workspace import Workspace
from tests.launch.lab import Lab, opened
from tests.tui.runs_factory import ready, screen_text, until


@pytest.fixture
def lab(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    monkeypatch.setenv(FAKE_VARIABLE, "1x24")
    yield from opened(workspace, monkeypatch)


@pytest.mark.parametrize("size", [(120, 35), (80, 24)])
async def test_keys_reorder_hold_and_pause(lab: Lab, size: tuple[int, int]) -> None:
    first = lab.launch("hold=1", device="cuda")
    lab.until(first, Status.RUNNING)
    a, b, c = (lab.launch("steps=1", device="cuda", name=name) for name in ("aaa", "bbb", "ccc"))
    app = GrpoTui(lab.workspace)
    async with app.run_test(size=size, notifications=True) as pilot:
        table = await ready(pilot, 4)

        def ids() -> list[str]:
            return [run_id for run_id in table._snapshot.ids if run_id != first.id]

        await until(pilot, lambda: ids() == [a.id, b.id, c.id])
        assert f"fake 0 busy with {first.id}" in screen_text(pilot)
        table.move_to(table._snapshot.ids.index(c.id))
        await pilot.press("K")
        await until(pilot, lambda: ids() == [a.id, c.id, b.id])
        assert table.selected_id == c.id
        await pilot.press("K")
        await until(pilot, lambda: ids() == [c.id, a.id, b.id])
        await pilot.press("J")
        await until(pilot, lambda: ids() == [a.id, c.id, b.id])
        await pilot.press("h")
        await until(pilot, lambda: "held, h releases it" in screen_text(pilot))
        await until(pilot, lambda: table._snapshot.rows[c.id].waits_for == "held, until it is released")
        table.move_to(table._snapshot.ids.index(first.id))
        await pilot.press("h")
        await until(pilot, lambda: "only a queued run has a place" in screen_text(pilot))
        await pilot.press("g")
        await until(pilot, lambda: isinstance(app.screen, ResourcesScreen))
        await until(pilot, lambda: f"● {first.id}" in screen_text(pilot))
        assert "fake 0  (trains on the CPU)  0 B of 24 GB" in screen_text(pilot)
        await pilot.press("h")
        await until(pilot, lambda: "the queue is paused: h lets it go on" in screen_text(pilot))
        await pilot.press("q")
        await until(pilot, lambda: "queue paused (g)" in screen_text(pilot))
    lab.go(first)
    lab.ended(first)
    assert order.toggle_pause(lab.workspace) is False
    assert lab.ended(b) is Status.FINISHED
    assert lab.statuses(c) == ["queued"]


async def test_what_the_queue_is_likely_to_take_is_shown(lab: Lab) -> None:
    early = lab.launch("steps=4", "delay=0.05", device="cuda")
    lab.ended(early)
    first = lab.launch("hold=3", "steps=1000", device="cuda")
    lab.until_step(first, 2)
    lab.launch(device="cuda", overrides=("grpo.max_steps=100000",))
    async with GrpoTui(lab.workspace).run_test(size=(120, 35)) as pilot:
        table = await ready(pilot, 3)
        await until(pilot, lambda: all(table._snapshot.waiting) and table._snapshot.waiting[0].starts)
        text = screen_text(pilot)
        assert "all done in" in text and "starts in" in text
        assert table._snapshot.waiting[0].ends[-1] in "hmd0123456789"


def test_queued_runs_stand_in_the_order_in_which_they_start() -> None:
    ids = ("bad", "q3", "live", "q1", "q2", "old")
    assert in_turn(ids, ("q1", "q2", "gone", "q3")) == ("bad", "q1", "live", "q2", "q3", "old")
    assert in_turn(ids, ()) == ids


def test_devices_queue_and_pause_stand_above_the_checkpoints() -> None:
    use = DeviceUse("GPU 0  H200", "a-1, b-2", True, "70 GB of 143 GB", "97 %")
    going = ResourcesSnapshot(1.0, (use,), queue="3 queued, all done in 2h05")
    assert use_text(going, True).plain.splitlines()[:2] == [
        " GPU 0  H200  70 GB of 143 GB  97 %  ● a-1, b-2",
        " queue  3 queued, all done in 2h05",
    ]
    paused = ResourcesSnapshot(1.0, (use,), queue="3 queued", paused=True)
    assert " ▲ the queue is paused: h lets it go on   3 queued" in use_text(paused, True).plain
