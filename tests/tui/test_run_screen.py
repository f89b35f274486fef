"""The Run screen, driven by keys on a real workspace with a real registry."""

from __future__ import annotations

import pytest

from grpotui.stream import read_json
from grpotui.tui.app import GrpoTui
from grpotui.tui.screens.prompt import Prompt
from grpotui.tui.screens.reader import ReaderScreen
from grpotui.tui.widgets.chart import Chart
from grpotui.workspace import Workspace
from tests.tui.factory import RunMaker, collapsed, live, open_run, press, sample, settled
from tests.tui.runs_factory import screen_lines, screen_text, until

WIDE, NARROW, TINY = (120, 35), (80, 24), (40, 10)


async def test_a_collapsed_run_opens_at_its_onset(workspace: Workspace) -> None:
    collapsed(workspace)
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        screen = await open_run(pilot)
        assert screen.place.step == 65
        text = screen_text(pilot)
        lines = text.splitlines()
        assert lines[0].startswith(" grpotui > runs > story-ab2c")
        assert "seed 42   ✓ finished   cpu" in lines[0]
        assert "step 100/100" in lines[1]
        assert "100 %" in lines[1]
        assert "epoch 4.0/4" in lines[1]
        assert lines[2].startswith(" ✖ COLLAPSED (template) at 65: answers to different prompts")
        assert "it cannot see this." in lines[3]
        assert "X cross 0.7" in text
        assert "✖ W within" in text
        assert "░ at max 1.00" in text
        assert ">    65 ✖ collapsed: answers" in text
        assert "55 ▲ zero_std 0.50 over 0.25" in text
        assert "4 x 8" in text
        assert ">  1 ●●●●●●●●" in text
        assert "0 max" in text
        assert "[ step" in lines[-1]


async def test_charts_and_completions_move_together(workspace: Workspace) -> None:
    collapsed(workspace)
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        screen = await open_run(pilot)
        for keys, step in ((["["], 64), (["[", "["], 62), (["]"], 63), (["{"], 55), (["{"], 40), (["}"], 55)):
            await press(pilot, screen, *keys)
            assert screen.place.step == step
            assert screen.query_one("#reward", Chart).cursor == step
            text = screen_text(pilot)
            assert f" step {step} " in text
            assert f"vitals at {step}" in text
            assert all(group.step == step for group in screen.place.groups_data().groups)
        await press(pilot, screen, "{", "{")
        assert screen.place.step == 40
        await press(pilot, screen, "end")
        assert screen.place.live
        assert " step 100 (last)" in screen_text(pilot)
        await press(pilot, screen, "[", "]", "]")
        assert screen.place.live


async def test_values_at_the_cursor(workspace: Workspace) -> None:
    maker = RunMaker(workspace).start()
    for step in range(1, 6):
        maker.group(0, [sample("a"), sample("b", 1.0)])
        maker.log_step(reward=step / 10, kl=float(step), loss=None, nonfinite=["loss"])
    maker.end()
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        screen = await open_run(pilot)
        assert "reward  0.50" in screen_text(pilot)
        await press(pilot, screen, "[", "[")
        text = screen_text(pilot)
        assert "reward  0.30" in text
        assert "kl                3  " in text
        assert "loss            n/a" in text
        await press(pilot, screen, "z")
        assert "kl  3.00" in screen_text(pilot)
        await press(pilot, screen, "Z")
        assert "reward  0.30" in screen_text(pilot)


async def test_groups_are_folded_and_read(workspace: Workspace) -> None:
    maker = RunMaker(workspace).start()
    same = [sample("the dog was happy", 1.0, advantage=0.5)] * 3
    maker.group(0, [*same, sample("no", 0.0), sample("half way", 0.5), sample("so lo", 0.0, truncated=True)])
    maker.group(1, [sample(f"other {n}", 0.0) for n in range(3)], prompt="a second prompt", answer="42")
    maker.log_step(reward=0.5)
    maker.end()
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        screen = await open_run(pilot)
        text = screen_text(pilot)
        assert ">  1 ●●●○◐·" in text
        assert "6 samples, 4 distinct" in text
        assert "> x3 ●  1.00  +0.50    3  the dog was happ" in text
        await press(pilot, screen, "j")
        assert ">  1 ◐  0.50" in screen_text(pilot)
        await press(pilot, screen, "full_stop")
        text = screen_text(pilot)
        assert ">  2 ○○○" in text
        assert "0 min" in text
        assert "a second prompt  gold 42  parsed none" in text
        await press(pilot, screen, "full_stop", "j", "j", "j", "j", "k")
        assert "text 2 of 3" in screen_text(pilot)
        await press(pilot, screen, "comma")
        assert "text 1 of 4" in screen_text(pilot)


async def test_reading_on_the_whole_screen(workspace: Workspace) -> None:
    maker = RunMaker(workspace).start()
    words = "\n".join(f"line {n} of a long text" for n in range(60))
    maker.group(0, [sample(words, 1.0, parsed="7"), sample("short", 0.0)], prompt="Say it.", answer="7")
    maker.log_step(reward=0.5)
    maker.end()
    async with GrpoTui(workspace).run_test(size=NARROW) as pilot:
        screen = await open_run(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ReaderScreen))
        await until(pilot, lambda: "line 3 of a long text" in screen_text(pilot))
        text = screen_text(pilot)
        assert "Say it." in text
        assert "gold 7" in text
        assert "parsed 7" in text
        assert "line 40" not in text
        await pilot.press("end")
        await until(pilot, lambda: "line 59" in screen_text(pilot))
        await pilot.press("j")
        await until(pilot, lambda: "short" in screen_text(pilot))
        await pilot.press("q")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.place.sample == 1


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_live_run_is_followed(workspace: Workspace, size: tuple[int, int]) -> None:
    maker = live(workspace)
    async with GrpoTui(workspace).run_test(size=size) as pilot:
        screen = await open_run(pilot)
        assert screen.place.live
        assert "● running" in screen_lines(pilot)[0]
        maker.steps(5)
        await until(pilot, lambda: screen.place.step == 35)
        assert "step 35/100" in screen_lines(pilot)[1]
        await settled(pilot, screen)
        assert screen.place.groups_data().step == 35


async def test_nothing_moves_while_one_reads(workspace: Workspace) -> None:
    maker = live(workspace)
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        screen = await open_run(pilot)
        await press(pilot, screen, "j")
        read = screen.place.detail().current
        maker.steps(12)
        await until(pilot, lambda: "12 new steps: end follows" in screen_lines(pilot)[1])
        assert screen.place.step == 30
        assert screen.place.detail().current == read
        await press(pilot, screen, "end")
        assert screen.place.step == 42
        assert "new step" not in screen_text(pilot)


async def test_the_next_group_that_needs_a_look(workspace: Workspace) -> None:
    maker = RunMaker(workspace).start()
    for step in range(1, 5):
        for number in range(3):
            flat = (step, number) in ((2, 1), (4, 0))
            cut = (step, number) == (3, 2)
            maker.group(number, [sample("a", 1.0), sample("b", 1.0 if flat else 0.0, truncated=cut)])
        maker.log_step(reward=0.5)
    maker.end()
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        screen = await open_run(pilot)
        await press(pilot, screen, *["["] * 3)
        for step, number in ((2, 1), (3, 2), (4, 0), (2, 1)):
            await pilot.press("f")
            await until(pilot, lambda at=(step, number): (screen.place.step, screen.place.group) == at)


async def test_keys_choose_panes(workspace: Workspace) -> None:
    maker = collapsed(workspace)
    maker.run.output_log.write_text("loading\n 10%|#\r100%|##\nthe last line\n")
    async with GrpoTui(workspace).run_test(size=NARROW) as pilot:
        screen = await open_run(pilot)
        for key, words in zip(
            "123456",
            ("mean of 12", "W within", "grad_norm", "4 x 8", "8 samples", "zero_std 0.50"),
            strict=True,
        ):
            await press(pilot, screen, key)
            assert words in screen_text(pilot)
        assert "the last line" in screen_text(pilot)
        assert "100%|##" in screen_text(pilot)
        assert "10%|#\n" not in screen_text(pilot)
        await press(pilot, screen, "tab")
        assert "mean of 12" in screen_text(pilot)
        await pilot.press("q")
        await until(pilot, lambda: pilot.app.screen is not screen)


async def test_one_pane_alone_where_there_is_room_for_all(workspace: Workspace) -> None:
    maker = collapsed(workspace)
    maker.run.output_log.write_text("the last line\n")
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        screen = await open_run(pilot)
        await press(pilot, screen, "1")
        assert "W within" not in screen_text(pilot)
        await press(pilot, screen, "escape")
        assert pilot.app.screen is screen
        assert "W within" in screen_text(pilot)
        await press(pilot, screen, "l")
        assert "the last line" in screen_text(pilot)
        assert "grad_norm" not in screen_text(pilot)
        await press(pilot, screen, "l")
        assert "grad_norm" in screen_text(pilot)


async def test_stopping_asks_for_a_reason(workspace: Workspace) -> None:
    maker = live(workspace, 3)
    async with GrpoTui(workspace).run_test(size=NARROW) as pilot:
        await open_run(pilot)
        await pilot.press("s")
        await until(pilot, lambda: isinstance(pilot.app.screen, Prompt))
        await pilot.press(*"seen", "enter")
        await until(pilot, lambda: read_json(maker.run.request_json) is not None)
        request = read_json(maker.run.request_json)
        assert request is not None
        assert (request["action"], request["reason"]) == ("stop", "seen")


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_escape_leaves_the_log_before_the_run(workspace: Workspace, size: tuple[int, int]) -> None:
    collapsed(workspace)
    app = GrpoTui(workspace)
    async with app.run_test(size=size) as pilot:
        screen = await open_run(pilot)
        await press(pilot, screen, "2", "l")
        assert screen.board.log_seen and screen.board.pane == 6
        await press(pilot, screen, "escape")
        assert not screen.board.log_seen and screen.board.pane == 2
        await press(pilot, screen, "l", "3")
        assert not screen.board.log_seen
        await press(pilot, screen, "l")
        assert screen.board.log_seen
        await press(pilot, screen, "escape")
        assert screen.board.pane == 3 and app.screen is screen
        await pilot.press(*["escape"] * (2 if size == WIDE else 1))
        await until(pilot, lambda: app.screen is not screen)


async def test_the_log_of_a_failed_run_is_left_in_one_go(workspace: Workspace) -> None:
    maker = RunMaker(workspace).start().steps(3)
    maker.end("failed", "it broke")
    app = GrpoTui(workspace)
    async with app.run_test(size=WIDE) as pilot:
        screen = await open_run(pilot)
        assert screen.board.log_seen
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is not screen)
