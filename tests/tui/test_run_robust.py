"""The Run screen when things are odd: sizes, failures, resumed, long and hostile runs, few redraws."""

from __future__ import annotations

import time

import pytest

from grpotui.registry import connect, index_run
from grpotui.tui.app import GrpoTui
from grpotui.tui.screens.reader import ReaderScreen
from grpotui.tui.screens.run import RunScreen
from grpotui.tui.widgets.chart import Chart
from grpotui.workspace import Workspace
from tests.tui.factory import RunMaker, collapsed, live, open_run, press, sample, settled
from tests.tui.runs_factory import screen_lines, screen_text, until

WIDE, NARROW, TINY = (120, 35), (80, 24), (40, 10)


@pytest.mark.parametrize("size", [WIDE, NARROW, TINY, (200, 60), (100, 24), (20, 5)])
async def test_every_pane_is_drawn_at_every_size(workspace: Workspace, size: tuple[int, int]) -> None:
    collapsed(workspace)
    async with GrpoTui(workspace).run_test(size=size) as pilot:
        screen = await open_run(pilot)
        for key in ("1", "2", "3", "4", "5", "6", "tab", "tab", "l", "z", "Z", "z"):
            await pilot.press(key)
            lines = screen_lines(pilot)
            assert len(lines) == size[1]
            assert max(map(len, lines)) <= size[0]
        await settled(pilot, screen)
        assert screen_lines(pilot)[0].startswith(" grpotui")


async def test_a_resumed_run_replaces_its_steps(workspace: Workspace) -> None:
    maker = RunMaker(workspace, max_steps=20).start()
    for step in range(1, 11):
        maker.group(0, [sample(f"first try {step}")])
        maker.log_step(reward=0.1)
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        screen = await open_run(pilot)
        assert "first try 10" in screen_text(pilot)
        maker.step = 6
        maker.start(attempt=2)
        for step in range(7, 13):
            maker.group(0, [sample(f"second try {step}")])
            maker.log_step(reward=0.9)
        await until(pilot, lambda: "second try 12" in screen_text(pilot))
        snapshot = screen.place.snapshot
        assert snapshot is not None
        rewards = [value for _, value in snapshot.get("reward").points]
        assert rewards == [0.1] * 6 + [0.9] * 6
        await press(pilot, screen, "[", "[", "[", "[")
        assert "second try 8" in screen_text(pilot)
        assert "attempt 2" in screen_lines(pilot)[0]


async def test_a_failed_run_shows_its_reason_and_its_log(workspace: Workspace) -> None:
    maker = live(workspace, 3)
    maker.run.output_log.write_text("step 3\nOutOfMemoryError: tried to allocate 2.3 GiB\n")
    maker.end("failed", "OutOfMemoryError: tried to allocate 2.3 GiB")
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        await open_run(pilot)
        lines = screen_lines(pilot)
        assert lines[2].startswith(" ✖ failed: OutOfMemoryError")
        assert any(line.startswith(" OutOfMemoryError") for line in lines)


async def test_before_the_first_step(workspace: Workspace) -> None:
    RunMaker(workspace)
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        screen = await open_run(pilot)
        await press(pilot, screen, *"[]{},.jkfz", "end", "enter")
        text = screen_text(pilot)
        assert "○ queued" in text
        assert "no completions yet" in text


async def test_a_run_that_is_gone_is_one_line(workspace: Workspace) -> None:
    async with GrpoTui(workspace).run_test(size=NARROW) as pilot:
        app = pilot.app
        assert isinstance(app, GrpoTui)
        app.open_run("nobody-ab2c")
        await until(pilot, lambda: "no run 'nobody-ab2c'" in screen_text(pilot))
        await pilot.press("s", "r", "m", "e", "j", "enter", "z", "q")
        await until(pilot, lambda: not isinstance(app.screen, RunScreen))


async def test_charts_are_drawn_at_most_twice_a_second_and_only_when_seen(workspace: Workspace) -> None:
    maker = live(workspace)
    async with GrpoTui(workspace).run_test(size=NARROW) as pilot:
        screen = await open_run(pilot)
        reward, flat = screen.query_one("#reward", Chart), screen.query_one("#flat", Chart)
        before, start = reward.drawings, time.monotonic()
        while time.monotonic() - start < 1.6:
            maker.steps(1)
            await pilot.pause(0.05)
        assert 1 <= reward.drawings - before <= 4
        assert flat.drawings == 0
        drawn = reward.drawings
        await pilot.press("j", "k", "j")
        await settled(pilot, screen)
        maker.end()
        await until(pilot, lambda: "finished" in screen_lines(pilot)[0])
        await settled(pilot, screen)
        assert reward.drawings <= drawn + 2


async def test_hostile_data_is_shown_harmlessly(workspace: Workspace) -> None:
    bad = "\x1b]52;c;aGk=\x07\x1b[31mred[/bold][@click=app.quit]x[/]\x00\ud800\u202eevil\u2066" + "n" * 300
    maker = RunMaker(workspace, name=bad, preset=bad, tags=[bad], max_steps=2).start()
    for _ in range(2):
        maker.group(0, [sample(bad), sample(bad, 1.0, parsed=bad)], prompt=bad, answer=bad)
        maker.log_step(reward=0.5, **{bad[:150].replace("\ud800", ""): 1.0})
    maker.flag(1, "bad", bad)
    maker.verdict(1, "collapsed", bad, cause=bad)
    maker.note(bad)
    maker.run.output_log.write_bytes(bad.encode("utf-8", "surrogatepass") + b"\n\xff\xfe\n")
    maker.end("failed", bad)
    for size in (WIDE, NARROW):
        async with GrpoTui(workspace).run_test(size=size) as pilot:
            screen = await open_run(pilot)
            for key in ("1", "3", "4", "5", "6", "z", "Z", "Z", "l"):
                await pilot.press(key)
                await pilot.pause(0.05)
                text = screen_text(pilot)
                assert not {"\x1b", "\x07", "\x00", "\u202e", "\u2066", "\ud800"} & set(text)
                assert max(map(len, text.splitlines())) <= size[0]
            await press(pilot, screen, "5")
            assert "[/bold]" in screen_text(pilot)
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(pilot.app.screen, ReaderScreen))
            await until(pilot, lambda: "[@click=app.quit]" in screen_text(pilot))
            assert "\x1b" not in screen_text(pilot)
            pilot.app.export_screenshot()


async def test_a_long_run_opens_whole_and_can_be_stepped_through(workspace: Workspace) -> None:
    maker = RunMaker(workspace, max_steps=20_000).start()
    for step in range(20_000):
        maker.log_step(reward=step / 20_000, kl=1.0)
    maker.group(0, [sample("a"), sample("b")], step=20_000)
    maker.end()
    connection = connect(workspace)
    index_run(connection, maker.run)
    connection.close()
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        screen = await open_run(pilot)
        await pilot.press(*["["] * 10)
        await settled(pilot, screen)
        assert screen.place.step == 19_990
        snapshot = screen.place.snapshot
        assert snapshot is not None
        assert len(snapshot.get("kl")) == len(snapshot.steps) == 20_000
