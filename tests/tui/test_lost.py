"""After a reboot: what was lost, what it can go on from, and one key for all of it."""

from __future__ import annotations

from grpotui.tui.app import GrpoTui
from grpotui.tui.screens.prompt import Confirm
from grpotui.workspace import Workspace
from tests.tui.runs_factory import ready, screen_text, until
from tests.writing import RunWriter


def _lost(workspace: Workspace, run_id: str, checkpoint: int | None) -> None:
    writer = RunWriter(workspace.run(run_id))
    writer.asked(preset="demo-arithmetic")
    writer.process()
    writer.attempt()
    writer.status("lost", reason="runner and trainer are gone (killed or rebooted)")
    if checkpoint is not None:
        writer.checkpoint(checkpoint)
    writer.close()


async def test_lost_runs_with_a_checkpoint_are_resumed_with_one_key(workspace: Workspace) -> None:
    _lost(workspace, "far-aaaa", 1000)
    _lost(workspace, "near-bbbb", 750)
    _lost(workspace, "none-cccc", None)
    async with GrpoTui(workspace).run_test(size=(120, 35), notifications=True) as pilot:
        await ready(pilot, 3)
        await until(
            pilot, lambda: "last checkpoint-" in screen_text(pilot) or "no checkpoint" in screen_text(pilot)
        )
        await pilot.press("R")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        said = " ".join(screen_text(pilot).replace("│", " ").split())
        assert "Resume 2 lost runs?" in said
        assert "far-aaaa from checkpoint-1000" in said
        assert "near-bbbb from checkpoint-750" in said
        assert "left alone, no checkpoint: none-cccc" in said
        await pilot.press("y")
        await until(pilot, lambda: "2 queued" in screen_text(pilot))
        events = {
            name: workspace.run(name).events.read_text() for name in ("far-aaaa", "near-bbbb", "none-cccc")
        }
        assert ['"queued"' in text for text in events.values()] == [True, True, False]


async def test_without_a_checkpoint_nothing_is_resumed_by_that_key(workspace: Workspace) -> None:
    _lost(workspace, "none-cccc", None)
    async with GrpoTui(workspace).run_test(size=(120, 35), notifications=True) as pilot:
        await ready(pilot, 1)
        await pilot.press("R")
        await until(pilot, lambda: "1 lost, none with a checkpoint" in screen_text(pilot))
        assert not isinstance(pilot.app.screen, Confirm)
    assert '"queued"' not in workspace.run("none-cccc").events.read_text()
