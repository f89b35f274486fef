"""The Compare screen, by keys, on real run folders."""

from __future__ import annotations

import json

import pytest

from grpotui.tui.app import GrpoTui
from grpotui.tui.compare.charts import BAND, overlay
from grpotui.tui.screens.compare import CompareScreen
from grpotui.tui.screens.launch import LaunchScreen
from grpotui.workspace import Workspace
from tests.analysis.test_compare import write
from tests.analysis.test_compare_pools import held_out
from tests.tui.runs_factory import ready, screen_lines, screen_text, until

WIDE, NARROW = (120, 35), (80, 24)


async def test_marked_runs_stand_beside_each_other(workspace: Workspace) -> None:
    write(workspace, "base-aaaa")
    write(workspace, "other-bbbb", {"beta": 0.2, "seed": 7}, level=0.4)
    write(workspace, "third-cccc", {"beta": 0.3})
    async with GrpoTui(workspace).run_test(size=WIDE, notifications=True) as pilot:
        table = await ready(pilot, 3)
        await pilot.press("c")
        await until(pilot, lambda: "Mark 2 to 4 runs with space" in screen_text(pilot))
        table.marks.update({"base-aaaa", "other-bbbb", "third-cccc"})
        await pilot.press("c")
        await until(pilot, lambda: "differs" in screen_text(pilot) and "│" in screen_text(pilot))
        screen = pilot.app.screen
        assert isinstance(screen, CompareScreen)
        letters = (
            {lane.run.id: lane.letter for lane in screen.place.snapshot.lanes}
            if screen.place.snapshot
            else {}
        )
        assert set(letters.values()) == {"A", "B", "C"}
        text = screen_text(pilot)
        assert f"{letters['other-bbbb']} changes two: beta and seed, so no single cause." in text
        assert f"e: {letters['other-bbbb']} again with A's seed" in text
        await until(pilot, lambda: "at step 120" in screen_text(pilot))
        assert "training prompt 1/1" in screen_text(pilot)
        await pilot.press(*["left_square_bracket"] * 30)
        await until(pilot, lambda: "at step 60" in screen_text(pilot))
        await pilot.press("d")
        await until(pilot, lambda: "d: all prompts" in screen_text(pilot))
        await pilot.press("x")
        await until(pilot, lambda: "x = samples" in screen_text(pilot))
        await pilot.press("e")
        await until(
            pilot, lambda: isinstance(pilot.app.screen, LaunchScreen) or "no preset" in screen_text(pilot)
        )


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_one_section_at_a_time_where_there_is_little_room(
    workspace: Workspace, size: tuple[int, int]
) -> None:
    write(workspace, "base-aaaa")
    write(workspace, "other-bbbb", {"per_device_train_batch_size": 64})
    async with GrpoTui(workspace).run_test(size=size) as pilot:
        pilot.app.push_screen(CompareScreen(("base-aaaa", "other-bbbb")))
        await until(pilot, lambda: "differs" in screen_text(pilot))
        assert "x = samples (batch sizes differ)" in screen_lines(pilot)[0]
        all_of_it = [] if size == NARROW else ["all"]
        sections = ["charts", "words", "table"] if size == NARROW else ["table", "charts", "words"]
        for section in (*sections, *all_of_it, sections[0]):
            await pilot.press("tab")
            await pilot.pause(0.2)
            text = screen_text(pilot)
            assert ("outcome\n" in text) == (section in ("table", "all"))
            assert ("training prompt" in text) == (section in ("words", "all"))
            assert ("└───" in text) == (section in ("charts", "all"))


async def test_the_table_scrolls_and_shows_every_field(workspace: Workspace) -> None:
    write(workspace, "base-aaaa", {f"field_{n:02}": n for n in range(30)}, device="cpu")
    write(workspace, "other-bbbb", {f"field_{n:02}": n + 1 for n in range(30)}, device="cuda:0")
    async with GrpoTui(workspace).run_test(size=NARROW) as pilot:
        pilot.app.push_screen(CompareScreen(("base-aaaa", "other-bbbb")))
        await until(pilot, lambda: "  field_00  " in screen_text(pilot))
        await pilot.press(*"j" * 60)
        await until(pilot, lambda: "  status  " in screen_text(pilot))
        assert "  field_00  " not in screen_text(pilot)
        await pilot.press(*"k" * 5)
        await until(pilot, lambda: "and 1 that change nothing" in screen_text(pilot))
        await pilot.press("D")
        await until(pilot, lambda: "  device  " in screen_text(pilot))


async def test_a_run_that_is_gone_is_said(workspace: Workspace) -> None:
    write(workspace, "base-aaaa")
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        pilot.app.push_screen(CompareScreen(("base-aaaa", "gone-bbbb")))
        await until(pilot, lambda: "gone-bbbb" in screen_text(pilot))
        await pilot.press("q")
        await until(pilot, lambda: not isinstance(pilot.app.screen, CompareScreen))


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_held_out_accuracy_has_the_interval_of_a_as_a_band(
    workspace: Workspace, size: tuple[int, int]
) -> None:
    write(workspace, "base-aaaa")
    write(workspace, "other-bbbb", {"beta": 0.2})
    held_out(workspace, "base-aaaa", 0.2, 0.5, 0.6, reach=0.2)
    held_out(workspace, "other-bbbb", 0.2, 0.3, 0.9)
    async with GrpoTui(workspace).run_test(size=size) as pilot:
        screen = CompareScreen(("base-aaaa", "other-bbbb"))
        pilot.app.push_screen(screen)
        await until(pilot, lambda: "differs" in screen_text(pilot))
        if size == NARROW:
            await pilot.press("tab")
        await until(pilot, lambda: "held-out accuracy  ░ A's 95 %  A 0.60  B 0.90" in screen_text(pilot))
        # A full block of the band, with the first run's own curve inside it.
        await until(pilot, lambda: any("░░░░" in line for line in screen_lines(pilot)))
        assert screen.place.snapshot is not None
        spec, _ = overlay(screen.place.snapshot, "eval_accuracy", "step", 0, log=False, cursor=None)
        band = [curve.series[0] for curve in spec.drawing.curves if curve.sign == BAND]
        assert min(s.values[1] for s in band) == pytest.approx(0.3)
        assert max(s.values[1] for s in band) == pytest.approx(0.7)
        assert [curve.sign for curve in spec.drawing.curves if curve.sign != BAND] == ["A", "B"]
        again, _ = overlay(screen.place.snapshot, "eval_accuracy", "step", 0, log=False, cursor=None)
        assert again == spec


async def test_runs_with_other_batches_are_told_after_as_many_samples(workspace: Workspace) -> None:
    write(workspace, "small-aaaa")
    write(workspace, "large-bbbb", {"per_device_train_batch_size": 64})
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        pilot.app.push_screen(CompareScreen(("small-aaaa", "large-bbbb")))
        await until(pilot, lambda: "x = samples (batch sizes differ)" in screen_text(pilot))
        # 120 steps of 16 completions are 30 of 64: there B is quoted, though it went on to step 120.
        await until(pilot, lambda: "at step 120" in screen_text(pilot) and "at step 30" in screen_text(pilot))
        await pilot.press("x", "x")
        await until(pilot, lambda: "x = step" in screen_text(pilot))
        await until(pilot, lambda: screen_text(pilot).count("at step 120") == 2)


async def test_a_copy_has_the_prompt_that_is_shown(workspace: Workspace) -> None:
    write(workspace, "base-aaaa")
    write(workspace, "other-bbbb", {"beta": 0.2})
    async with GrpoTui(workspace).run_test(size=WIDE, notifications=True) as pilot:
        pilot.app.push_screen(CompareScreen(("base-aaaa", "other-bbbb")))
        await until(pilot, lambda: "at step 120" in screen_text(pilot))
        await pilot.press("y")
        await until(pilot, (workspace.logs / "copied.txt").exists)
        await until(pilot, lambda: "beyond" in copied(workspace) or "no difference" in copied(workspace))
        assert "| beta | 0.1 | 0.2 |" in copied(workspace)
        assert "| training prompt: one |" in copied(workspace)


def copied(workspace: Workspace) -> str:
    return (workspace.logs / "copied.txt").read_text()


async def test_the_cursor_stays_at_its_step_while_a_run_goes_on(workspace: Workspace) -> None:
    write(workspace, "base-aaaa")
    write(workspace, "other-bbbb", {"beta": 0.2})
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        screen = CompareScreen(("base-aaaa", "other-bbbb"))
        pilot.app.push_screen(screen)
        await until(pilot, lambda: "at step 120" in screen_text(pilot))
        await pilot.press(*["left_square_bracket"] * 30)
        await until(pilot, lambda: screen_text(pilot).count("at step 60") == 2)
        path = workspace.run("other-bbbb").metrics
        with path.open("a") as file:
            for step in range(121, 241):
                file.write(json.dumps({"step": step, "reward": 0.5, "attempt": 1}) + "\n")
        screen.fetch()
        await until(
            pilot, lambda: screen.place.snapshot is not None and screen.place.snapshot.end("step") == 240
        )
        assert screen.place.cursor == 60
        assert screen.place.steps() == {"base-aaaa": 60, "other-bbbb": 60}
        await pilot.press("x")
        await until(pilot, lambda: "x = samples" in screen_text(pilot))
        assert screen.place.cursor == 960
        assert screen.place.steps() == {"base-aaaa": 60, "other-bbbb": 60}
        await pilot.press("right_square_bracket")
        assert screen.place.steps() == {"base-aaaa": 64, "other-bbbb": 64}
