"""The screens of sweeps, by keys, on made-up runs whose every number is known."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from textual.pilot import Pilot

from grpotui.presets import load
from grpotui.records import RunKind, Status
from grpotui.records.sweeps import Role
from grpotui.registry import connect, sync
from grpotui.registry.queries import Registry
from grpotui.tui.app import GrpoTui
from grpotui.tui.screens.compare import CompareScreen
from grpotui.tui.screens.run import RunScreen
from grpotui.tui.screens.sweep import SweepScreen
from grpotui.tui.screens.sweeps import SweepsScreen
from grpotui.tui.sweeps.place import CHARTS, MAP, TABLE, WORDS
from grpotui.workspace import Workspace
from tests.analysis.sweep.made import Made, grid
from tests.analysis.sweep.test_ranking import prompts
from tests.tui.runs_factory import PRESET, ready, screen_lines, screen_text, until

WIDE, NARROW = (120, 35), (80, 24)
GAINS = {(512, 1.0): 0.0, (512, 1.2): 0.05, (1024, 1.0): 0.15, (1024, 1.2): 0.3, (2048, 1.0): 0.16}
COLLAPSED, STUCK = ("collapsed", "template"), ("no-signal", "floor")


def probe(workspace: Workspace, **more: Any) -> Made:
    """Write a probe of 3 x 2 points, of which the last one waits."""
    axes, points = grid(max_completion_length=(512, 1024, 2048), repetition_penalty=(1.0, 1.2))
    made = Made(workspace, axes, points, RunKind.ROLLOUTS, more=more)
    for number, gain in enumerate(GAINS.values(), 1):
        made.asks(number, prompts(gain, 0.004 * number))
    made.waits(6)
    made.registry().connection.close()
    return made


async def opened(pilot: Pilot[None], runs: int) -> SweepScreen:
    """Open the newest sweep from Runs, by keys."""
    await ready(pilot, runs)
    await pilot.press("S")
    await until(pilot, lambda: isinstance(pilot.app.screen, SweepsScreen) and "s-abcd" in screen_text(pilot))
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, SweepScreen))
    screen = pilot.app.screen
    assert isinstance(screen, SweepScreen)
    await until(pilot, lambda: screen.place.study is not None)
    await pilot.pause(0.05)
    return screen


def line_with(pilot: Pilot[None], start: str) -> str:
    return next(line for line in screen_lines(pilot) if line.lstrip().startswith(start))


@pytest.mark.usefixtures("taken_cpu")
async def test_a_probe_is_a_map_that_says_what_is_best_ties_and_pending(workspace: Workspace) -> None:
    probe(workspace)
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        await opened(pilot, 6)
        text = screen_text(pilot)
        assert "5/6 points" in screen_lines(pilot)[0]
        assert "1 waiting" in screen_lines(pilot)[0]
        assert "Best so far: point 4 (max_completion_length 1024, repetition_penalty 1.2) with 0.762" in text
        assert "▁ 0.463" in line_with(pilot, "512")
        assert ">█ 0.762 ★->" in line_with(pilot, "1024")
        assert "·" in line_with(pilot, "2048")
        assert "±" in screen_lines(pilot)[6]
        assert "point 4" in text
        assert "nonzero" in text
        assert "5 of 6 points measured so far: of 6 runs 5 done, 1 waiting." in text


@pytest.mark.usefixtures("taken_cpu")
async def test_enter_reads_the_samples_of_the_cell(workspace: Workspace) -> None:
    probe(workspace)
    async with GrpoTui(workspace).run_test(size=WIDE, notifications=True) as pilot:
        screen = await opened(pilot, 6)
        assert screen.place.at == (1, 1)
        await pilot.press("up", "left")
        assert screen.place.at == (0, 0)
        await pilot.press("up")
        assert screen.place.at == (0, 0)
        await until(pilot, lambda: ">▁ 0.463" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        await until(pilot, lambda: "rollout" in screen_text(pilot))
        assert "s-abcd point 1" in screen_lines(pilot)[0]
        await pilot.press("q", "j", "j", "right", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, RunScreen))
        opened_run = pilot.app.screen
        assert isinstance(opened_run, RunScreen)
        assert opened_run.run_id == "p06-point-1"


@pytest.mark.usefixtures("taken_cpu")
@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_views_are_map_table_charts_and_sentences(workspace: Workspace, size: tuple[int, int]) -> None:
    probe(workspace)
    async with GrpoTui(workspace).run_test(size=size) as pilot:
        screen = await opened(pilot, 6)
        assert screen.place.view == MAP
        await pilot.press("x")
        assert screen.place.view == TABLE
        await until(pilot, lambda: "repetition_pen" in screen_text(pilot) and "runs" in screen_text(pilot))
        assert line_with(pilot, "4 ").split()[:4] == ["4", "1024", "1.2", "★->"]
        await pilot.press("down")
        await until(pilot, lambda: "point 5" in screen_text(pilot))
        await pilot.press("tab")
        assert screen.place.view == CHARTS
        await until(pilot, lambda: "max_completion_length: mean reward" in screen_text(pilot))
        await until(pilot, lambda: "●" in "".join(screen_lines(pilot)[4:20]))
        assert [name in line_with(pilot, "512") for name in ("1024", "2048")] == [True, True]
        await pilot.press("a")
        await until(pilot, lambda: screen_lines(pilot)[2].lstrip().startswith("repetition_penalty: mean"))
        await pilot.press("x")
        assert screen.place.view == WORDS
        await until(pilot, lambda: "what may be concluded" in screen_lines(pilot)[2])
        assert "Unconfirmed: the highest of 5" in screen_text(pilot)
        await pilot.press("X", "X", "X")
        assert screen.place.view == MAP


@pytest.mark.usefixtures("taken_cpu")
async def test_the_map_shows_other_metrics_too(workspace: Workspace) -> None:
    probe(workspace)
    async with GrpoTui(workspace).run_test(size=NARROW) as pilot:
        screen = await opened(pilot, 6)
        await pilot.press("z")
        await until(pilot, lambda: screen_lines(pilot)[2].strip().startswith("nonzero"))
        assert line_with(pilot, "512").split()[1:3] == ["▅", "1"]
        await pilot.press("Z")
        await until(pilot, lambda: "mean reward over rollouts" in screen_lines(pilot)[2])
        await pilot.press("Z")
        assert screen.place.column == "nonzero"


@pytest.mark.usefixtures("taken_cpu")
async def test_marked_points_are_compared(workspace: Workspace) -> None:
    probe(workspace)
    async with GrpoTui(workspace).run_test(size=WIDE, notifications=True) as pilot:
        screen = await opened(pilot, 6)
        await pilot.press("c")
        await until(pilot, lambda: "Mark 2 to 4 points" in screen_text(pilot))
        await pilot.press("space", "left", "space")
        assert screen.place.marks == {3, 4}
        assert "2 marked" in screen_lines(pilot)[0]
        await pilot.press("c")
        await until(pilot, lambda: isinstance(pilot.app.screen, CompareScreen))
        compared = pilot.app.screen
        assert isinstance(compared, CompareScreen)
        assert compared.run_ids == ("p03-point-1", "p04-point-1")
        await pilot.press("q", "space")
        assert screen.place.marks == {4}


async def test_a_cliff_and_collapse_are_signs_beside_the_numbers(workspace: Workspace) -> None:
    made = Made(workspace, *grid(beta=(0.01, 0.02, 0.05), num_generations=(8, 16)))
    for number, (ends, verdict) in enumerate([(0.95, COLLAPSED)] * 4 + [(0.1, STUCK)] * 2, 1):
        made.trains(number, ends, verdict=verdict)
    made.registry().connection.close()
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        await opened(pilot, 6)
        assert line_with(pilot, "0.01").count("✖") == 2
        assert line_with(pilot, "0.05").count("∅") == 2
        assert "beta: learns but collapses at <= 0.02, cannot learn at >= 0.05: try 0.03." in screen_text(
            pilot
        )


async def test_of_three_axes_the_others_are_held_or_pooled(workspace: Workspace) -> None:
    axes, points = grid(beta=(0.0, 0.1), learning_rate=(1e-6, 1e-5), temperature=(0.7, 1.0))
    made = Made(workspace, axes, points, RunKind.ROLLOUTS)
    for number in range(1, 9):
        made.asks(number, prompts(0.02 * number, 0.003 * number))
    made.registry().connection.close()
    async with GrpoTui(workspace).run_test(size=WIDE, notifications=True) as pilot:
        screen = await opened(pilot, 8)
        assert "at temperature 1.0" in screen_lines(pilot)[2]
        assert ">█ 0.623 ★" in line_with(pilot, "0.1")
        await pilot.press("right_square_bracket")
        await until(pilot, lambda: "at temperature 0.7" in screen_lines(pilot)[2])
        assert "0.603" in line_with(pilot, "0.1")
        await pilot.press("o")
        await until(pilot, lambda: "mean over temperature" in screen_lines(pilot)[2])
        assert "0.613" in line_with(pilot, "0.1")
        assert "mean over 2 points" in screen_text(pilot)
        await pilot.press("o", "b", "a")
        assert screen.place.heat is not None
        assert (screen.place.heat.row_axis, screen.place.heat.column_axis) == (
            "grpo.beta",
            "grpo.temperature",
        )
        assert "at learning_rate 1e-05" in screen_lines(pilot)[2]
        assert screen.place.point is not None
        assert screen.place.point.number == 8


def real(workspace: Workspace) -> Made:
    """Write an ended probe whose runs can be made again: its line holds what they were launched with."""
    (workspace.presets / "arith.toml").write_text(PRESET)
    preset = load("arith", workspace)
    data = {**preset.data, "kind": "rollouts"}
    asked = {"data": data, "preset_file": str(preset.path), "folders": [str(f) for f in preset.folders]}
    more = {"asked": asked, "confirm": {"top": 1, "repeat": 2}, "promote": {"into": "arith"}}
    made = Made(workspace, *grid(temperature=(0.6, 0.8, 1.0)), RunKind.ROLLOUTS, more=more)
    made.config = data
    for number, gain in enumerate((0.0, 0.2, 0.1), 1):
        made.asks(number, prompts(gain, 0.004 * number))
    made.registry().connection.close()
    return made


@pytest.mark.usefixtures("taken_cpu")
async def test_confirming_repeats_the_best_with_fresh_seeds(workspace: Workspace) -> None:
    real(workspace)
    async with GrpoTui(workspace).run_test(size=WIDE, notifications=True) as pilot:
        await opened(pilot, 3)
        await pilot.press("C")
        await until(pilot, lambda: "Repeat 1 point 2 times with fresh seeds?" in screen_text(pilot))
        assert "point 2  temperature=0.8" in screen_text(pilot)
        await pilot.press("n")
        await pilot.press("C")
        await until(pilot, lambda: "fresh seeds?" in screen_text(pilot))
        await pilot.press("y")
        await until(pilot, lambda: "2 repeats queued" in screen_text(pilot))
        await until(pilot, lambda: "0 of 2 repeats done" in screen_text(pilot))
        await pilot.press("C")
        await until(pilot, lambda: "2 repeats wait or run already" in screen_text(pilot))
        assert "fresh seeds?" not in screen_text(pilot)
    registry = _registry(workspace)
    runs = [run for run in registry.members("s-abcd") if run.role == Role.CONFIRM]
    assert [(run.point, run.status) for run in runs] == [(2, Status.QUEUED)] * 2
    assert len({run.seed for run in runs} - {1}) == 2
    registry.connection.close()


@pytest.mark.usefixtures("taken_cpu")
async def test_compared_points_are_confirmed_too(workspace: Workspace) -> None:
    real(workspace)
    async with GrpoTui(workspace).run_test(size=WIDE, notifications=True) as pilot:
        await opened(pilot, 3)
        await pilot.press("space", "up", "space", "c")
        await until(
            pilot, lambda: isinstance(pilot.app.screen, CompareScreen) and "differs" in screen_text(pilot)
        )
        await pilot.press("C")
        await until(pilot, lambda: "Repeat 2 points 2 times with fresh seeds?" in screen_text(pilot))
        assert "point 1  temperature=0.6" in screen_text(pilot)
        await pilot.press("y")
        await until(pilot, lambda: "4 repeats queued" in screen_text(pilot))


@pytest.mark.usefixtures("taken_cpu")
async def test_stopping_cancels_what_waits(workspace: Workspace) -> None:
    probe(workspace)
    async with GrpoTui(workspace).run_test(size=WIDE, notifications=True) as pilot:
        await opened(pilot, 6)
        await pilot.press("s")
        await until(pilot, lambda: "1 run that wait are cancelled; 0 that run" in screen_text(pilot))
        await pilot.press("y")
        await until(pilot, lambda: "1 run asked to end" in screen_text(pilot))
        await until(pilot, lambda: "waiting" not in screen_lines(pilot)[0])
        await pilot.press("s")
        await until(pilot, lambda: "none of its runs runs or waits" in screen_text(pilot))


async def test_promoting_shows_the_difference_first(workspace: Workspace) -> None:
    real(workspace)
    preset = workspace.presets / "arith.toml"
    async with GrpoTui(workspace).run_test(size=WIDE, notifications=True) as pilot:
        await opened(pilot, 3)
        before = preset.read_text()
        await pilot.press("P")
        await until(pilot, lambda: "Write sweep s-abcd point 2 into arith?" in screen_text(pilot))
        assert "unconfirmed: the best of many" in screen_text(pilot)
        await pilot.press("n")
        assert preset.read_text() == before
        await pilot.press("P")
        await until(pilot, lambda: "into arith?" in screen_text(pilot))
        await pilot.press("y")
        await until(pilot, lambda: "is written to" in screen_text(pilot))
    assert load("arith", workspace).data["grpo"]["temperature"] == 0.8
    assert "sweep s-abcd point 2" in preset.read_text()


@pytest.mark.usefixtures("taken_cpu")
async def test_the_table_is_copied_as_markdown(workspace: Workspace) -> None:
    probe(workspace)
    async with GrpoTui(workspace).run_test(size=WIDE, notifications=True) as pilot:
        await opened(pilot, 6)
        await pilot.press("y")
        await until(pilot, lambda: "Copied" in screen_text(pilot))
        await pilot.press("w")
        await until(pilot, lambda: workspace.journal.exists())
    (kept,) = workspace.logs.rglob("copied.txt")
    text = kept.read_text()
    assert "| 4 | 1024 | 1.2 | ★-> | 0.762" in text
    assert "- Best so far: point 4" in text


@pytest.mark.usefixtures("taken_cpu")
async def test_the_list_of_sweeps_says_how_far_each_is(workspace: Workspace) -> None:
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "No runs yet" in screen_text(pilot))
        await pilot.press("S")
        await until(pilot, lambda: "No sweeps yet." in screen_text(pilot))
        assert "grpotui probe PRESET" in screen_text(pilot)
        probe(workspace)
        await until(pilot, lambda: "○ waiting" in screen_text(pilot))
        line = line_with(pilot, "s-abcd")
        assert "5/6" in line
        assert "0.762 ±" in line
        await until(pilot, lambda: "5 of 6 points measured so far" in screen_text(pilot))


@pytest.mark.usefixtures("taken_cpu")
async def test_a_sweep_fills_in_while_one_looks(workspace: Workspace) -> None:
    made = probe(workspace)
    async with GrpoTui(workspace).run_test(size=NARROW) as pilot:
        await opened(pilot, 6)
        assert "·" in line_with(pilot, "2048")
        made.asks(6, prompts(0.5, 0.01), seed=1, status="finished")
        connection = connect(workspace)
        sync(connection, workspace)
        connection.close()
        await until(pilot, lambda: "0.963" in line_with(pilot, "2048"))
        assert "6/6 points" in screen_lines(pilot)[0]


@pytest.mark.usefixtures("taken_cpu")
async def test_without_colours_bars_and_signs_tell(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    probe(workspace)
    monkeypatch.setenv("NO_COLOR", "1")
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        await opened(pilot, 6)
        assert "▁ 0.463" in line_with(pilot, "512")
        assert ">█ 0.762 ★->" in line_with(pilot, "1024")
        strips = itertools.chain(*pilot.app.screen._compositor.render_strips(pilot.app.size))
        styles = [segment.style for segment in strips if segment.style is not None]
        names = {colour.name for s in styles for colour in (s.color, s.bgcolor) if colour}
        assert not {name for name in names if name.startswith("#")}


@pytest.mark.usefixtures("taken_cpu")
async def test_runs_say_which_sweep_they_are_of(workspace: Workspace) -> None:
    probe(workspace)
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        table = await ready(pilot, 6)
        assert "sweep s-abcd point " in screen_text(pilot)
        assert sum("  s-abcd" in line for line in screen_lines(pilot)) >= 6
        await pilot.press("slash", *"sweep:s-a point")
        await until(pilot, lambda: len(table.rows) == 6)
        await pilot.press("backspace", *"x")
        await until(pilot, lambda: not table.rows)


def _registry(workspace: Workspace) -> Registry:
    connection = connect(workspace)
    sync(connection, workspace)
    return Registry(connection, workspace)
