"""The Resources screen on real checkpoints and leases."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from grpotui import format as fmt
from grpotui.launch.machine import leases
from grpotui.launch.machine.device import CPU
from grpotui.tui.app import GrpoTui
from grpotui.tui.resources.view import DeviceUse, ResourcesSnapshot, short_words
from grpotui.tui.runs.view import RunsSnapshot
from grpotui.tui.screens.prompt import Confirm
from grpotui.tui.screens.resources import ResourcesScreen
from grpotui.tui.screens.runs import RunsScreen
from grpotui.tui.widgets.checkpoint_table import CheckpointTable, use_text
from grpotui.tui.widgets.queue_strip import strip_text
from grpotui.workspace import Workspace
from tests.tui.runs_factory import RunFiles, screen_lines, screen_text, until, write


def checkpoint(workspace: Workspace, run_id: str, step: int, size: int) -> None:
    folder = workspace.run(run_id).checkpoints / f"checkpoint-{step}"
    folder.mkdir(parents=True)
    (folder / "model.bin").write_bytes(b"x" * size)
    (folder / "trainer_state.json").write_text("{}")


def fill(workspace: Workspace) -> None:
    write(workspace, RunFiles("small-aaaa", name="a [b]small[/b] one"))
    write(workspace, RunFiles("large-bbbb"))
    write(workspace, RunFiles("none-cccc"))
    checkpoint(workspace, "small-aaaa", 1, 5_000)
    for step in (100, 200, 300):
        checkpoint(workspace, "large-bbbb", step, 1_000_000)


async def open_resources(pilot: Pilot[None], rows: int) -> CheckpointTable:
    app = pilot.app
    await until(pilot, lambda: isinstance(app.screen, RunsScreen))
    await pilot.press("g")
    await until(pilot, lambda: isinstance(app.screen, ResourcesScreen))
    table = app.screen.query_one(CheckpointTable)
    await until(pilot, lambda: len(table.rows) == rows and all(row.run for row in table.rows))
    return table


@pytest.mark.parametrize("size", [(120, 35), (80, 24), (40, 10)])
async def test_checkpoints_by_size_and_who_has_the_device(
    workspace: Workspace, taken_cpu: None, size: tuple[int, int]
) -> None:
    fill(workspace)
    async with GrpoTui(workspace).run_test(size=size) as pilot:
        table = await open_resources(pilot, 2)
        assert [row.run_id for row in table.rows] == ["large-bbbb", "small-aaaa"]
        text = screen_text(pilot)
        assert "CPU  ● someone-else" in text
        assert "3.0 MB" in text
        assert "2.0 MB" in text
        assert "disk" in text
        assert max(map(len, screen_lines(pilot))) <= size[0]
        if size[0] >= 80:
            assert "300 (200) (100)" in text
            assert "a [b]small[/b] one" in text
        await pilot.press("q")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))


async def test_pruning_asks_first(workspace: Workspace) -> None:
    fill(workspace)
    app = GrpoTui(workspace)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        table = await open_resources(pilot, 2)
        folder = workspace.run("large-bbbb").checkpoints
        await pilot.press("p")
        assert isinstance(app.screen, Confirm)
        assert "100, 200 go: 2.0 MB. 300 stays." in screen_text(pilot)
        await pilot.press("enter", "n")
        assert len(list(folder.iterdir())) == 3
        await pilot.press("p", "y")
        await until(pilot, lambda: [p.name for p in folder.iterdir()] == ["checkpoint-300"])
        await until(pilot, lambda: "2.0 MB freed" in screen_text(pilot))
        await until(pilot, lambda: not any(row.spare for row in table.rows))
        await pilot.press("p")
        await until(pilot, lambda: "nothing can go" in screen_text(pilot))
        assert isinstance(app.screen, ResourcesScreen)


async def test_every_run_at_once(workspace: Workspace) -> None:
    fill(workspace)
    checkpoint(workspace, "small-aaaa", 2, 5_000)
    async with GrpoTui(workspace).run_test(size=(80, 24)) as pilot:
        table = await open_resources(pilot, 2)
        await pilot.press("P")
        await until(pilot, lambda: "2.0 MB of 2 runs go" in screen_text(pilot))
        await pilot.press("y")
        await until(pilot, lambda: not any(row.spare for row in table.rows))
        assert workspace.run("small-aaaa").last_checkpoint() is not None


async def test_no_checkpoints_at_all(workspace: Workspace) -> None:
    async with GrpoTui(workspace).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, RunsScreen))
        await pilot.press("g", "p", "P", "enter")
        await until(pilot, lambda: "No run has a checkpoint." in screen_text(pilot))


def test_a_full_disk_is_said_with_what_to_do() -> None:
    short = ResourcesSnapshot(
        1.0, (DeviceUse("GPU 0", "used by another user, 61 GB"),), (), 10**9, 10**12, 8 * 10**8
    )
    lines = use_text(short, dark=True).plain.splitlines()
    assert lines[0] == " GPU 0  ▲ used by another user, 61 GB"
    assert lines[-1].startswith(" ▲ disk: 1.0 GB free, less than two checkpoints of 800 MB")
    assert short_words(5, 0) == ""
    assert "▲ disk: x (g)" in strip_text(RunsSnapshot(devices="CPU", disk="disk: x"), True).plain


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "0 B"), (999, "999 B"), (3_400_000, "3.4 MB"), (81e9, "81 GB"), (2e15, "2000 TB")],
)
def test_sizes(number: float, said: str) -> None:
    assert fmt.size(number) == said


def test_a_lease_is_free_again(workspace: Workspace) -> None:
    assert leases.holders(CPU) == []
