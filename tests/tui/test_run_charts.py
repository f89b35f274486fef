"""How charts of a run are looked at: axes, zoom, smoothing, scale, holes, any metric; by keys."""

from __future__ import annotations

import re

import pytest

from grpotui.tui.app import GrpoTui
from grpotui.tui.run.axis import BY_STEP, by_samples, by_series
from grpotui.tui.run.window import following, panned, zoomed
from grpotui.tui.screens.picker import Picker, matching
from grpotui.tui.widgets.axis import log_scale
from grpotui.workspace import Workspace
from tests.tui.factory import RunMaker, collapsed, live, open_run, press, sample
from tests.tui.runs_factory import screen_lines, screen_text, until
from tests.tui.series import series_of

WIDE, NARROW = (120, 35), (80, 24)


def test_axes_are_functions_of_the_step() -> None:
    assert BY_STEP.at(7) == 7
    assert by_samples(64).at(10) == 640
    tokens = by_series("tokens", series_of([(1, 100.0), (2, 300.0), (4, 400.0)]))
    assert [tokens.at(step) for step in (0, 1, 1.5, 2, 3, 4, 9)] == [100, 100, 200, 300, 350, 400, 400]
    clock = by_series("time", series_of([(1, 5000.0), (2, 5010.0), (3, 4000.0), (4, 5030.0)]))
    assert [clock.at(step) for step in (1, 2, 3, 4)] == [0, 10, 10, 30]
    assert clock.label(3660) == "1h01"


def test_zooming_keeps_the_cursor_where_it_is_and_ends_stay_inside() -> None:
    whole = (1.0, 101.0)
    assert zoomed(None, whole, 51, 0.5) == (26, 76)
    assert zoomed((26, 76), whole, 76, 0.5) == (51, 76)
    assert zoomed((26, 76), whole, 51, 2) is None
    narrowest = zoomed(None, whole, 51, 0.0001)
    assert narrowest is not None
    assert narrowest[1] - narrowest[0] == 4
    assert panned((26, 76), whole, 0.5) == (51, 101)
    assert panned((51, 101), whole, 0.5) == (51, 101)
    assert panned(None, whole, 0.5) is None
    assert following((26, 76), whole, 80) == (30, 80)
    assert following((26, 36), whole, 90) == (85, 95)
    assert following((26, 36), whole, 30) == (26, 36)


def test_a_part_of_a_series_is_drawn_from_its_own_points() -> None:
    series = series_of([(step, None if step == 500 else float(step % 10)) for step in range(1, 10_001)])
    assert max(bucket.size for bucket in series.outline) > 1
    part = series.within(495, 510)
    assert [bucket.first for bucket in part.outline] == [*range(495, 500), *range(501, 511)]
    assert part.holes == (500,)
    assert part.points[5] == (500, None)
    assert len(part) == 16
    assert part is series.within(495, 510)
    assert series.within(1, 10_000) is series
    assert len(series.within(495, 510, before=20)) == 36
    assert not series.within(20_000, 30_000)


@pytest.mark.parametrize(
    ("low", "high", "ends"),
    [(1e-6, 1.0, (-6, 0)), (0.3, 40.0, (-1, 2)), (2.0, 4.0, (0.301, 0.699)), (5.0, 5.0, (0.699, 1))],
)
def test_logarithmic_scales_end_at_round_values(low: float, high: float, ends: tuple[float, float]) -> None:
    scale = log_scale(low, high)
    assert (scale.low, scale.high) == pytest.approx(ends, abs=1e-3)
    assert scale.row(scale.ticks[0][0], 9) == 8
    assert scale.row(scale.ticks[-1][0], 9) == 0
    assert scale.row(0.0, 9) is None
    assert scale.row(-1.0, 9) is None


def test_the_picker_finds_by_words() -> None:
    options = [("completions/mean_length", ""), ("reward", ""), ("rewards/exact/mean", "")]
    assert [name for name, _ in matching(options, "MEAN re")] == ["rewards/exact/mean"]
    assert [name for name, _ in matching(options, "re")] == ["reward", "rewards/exact/mean"]
    assert matching(options, "nothing") == []


async def test_x_goes_through_epochs_tokens_time_and_samples(workspace: Workspace) -> None:
    grpo = {"per_device_train_batch_size": 32, "gradient_accumulation_steps": 2, "max_steps": 40}
    maker = RunMaker(workspace, max_steps=40, grpo=grpo).start()
    for step in range(1, 41):
        maker.group(0, [sample("a"), sample("b", 1.0)])
        maker.log_step(reward=step / 40, epoch=step / 10, num_tokens=step * 1000.0)
    maker.end()
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        screen = await open_run(pilot)
        seen = []
        for _ in range(5):
            heading = screen_lines(pilot)[4][:76]
            labels = screen_lines(pilot)[14]
            seen.append((re.search(r"x (\w+)", heading), labels[:76].split()[-1]))
            await press(pilot, screen, "x")
        names = [found.group(1) if found else "step" for found, _ in seen]
        assert names == ["step", "epoch", "tokens", "time", "samples"]
        assert [last for _, last in seen] == ["40", "4", "40k", "39s", "2.56k"]
        assert screen.place.lens.view.axis == "step"


async def test_zoom_pan_and_cursor_by_keys(workspace: Workspace) -> None:
    collapsed(workspace)
    async with GrpoTui(workspace).run_test(size=WIDE, notifications=True) as pilot:
        screen = await open_run(pilot)
        assert screen.place.step == 65
        await press(pilot, screen, "plus", "plus")
        assert "steps 49-74" in screen_text(pilot)
        assert screen.place.step == 65
        await press(pilot, screen, "left")
        assert screen.place.step == 64
        await press(pilot, screen, "greater_than_sign")
        assert "steps 61-86" in screen_text(pilot)
        assert screen.place.step == 76
        for _ in range(12):
            await pilot.press("right")
        await press(pilot, screen, "right")
        assert screen.place.step == 89
        assert "steps 64-89" in screen_text(pilot)
        await press(pilot, screen, "end")
        assert "steps 75-100" in screen_text(pilot)
        await press(pilot, screen, "minus", "minus")
        assert "steps" not in screen_lines(pilot)[4]
        await press(pilot, screen, "plus", "0")
        assert screen.place.lens.view.span is None
        await press(pilot, screen, "less_than_sign")
        await until(pilot, lambda: "+ zooms in" in screen_text(pilot))


async def test_a_zoomed_live_run_follows_its_newest_step(workspace: Workspace) -> None:
    maker = live(workspace, 40)
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        screen = await open_run(pilot)
        await press(pilot, screen, "plus", "plus")
        maker.steps(20)
        await until(pilot, lambda: screen.place.step == 60)
        await press(pilot, screen)
        assert screen.place.snapshot is not None
        span = screen.place.lens.shown(screen.place.snapshot, 60).span
        assert span is not None
        assert span == pytest.approx((60 - 39 / 4, 60))


async def test_smoothing_and_logarithmic_scale(workspace: Workspace) -> None:
    maker = RunMaker(workspace).start()
    for step in range(1, 61):
        maker.log_step(reward=10.0 ** (step % 4), loss=-1.0)
    maker.end()
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        screen = await open_run(pilot)
        windows = []
        for _ in range(6):
            found = re.search(r"mean of (\d+)", screen_lines(pilot)[4])
            windows.append(int(found.group(1)) if found else 1)
            await press(pilot, screen, "S")
        assert windows == [7, 1, 5, 20, 50, 200]
        await press(pilot, screen, "o")
        lines = screen_lines(pilot)
        assert "log" in lines[4]
        labels = [line.split("┤")[0].strip() for line in lines[5:14] if "┤" in line]
        assert labels == ["1000", "100", "10", "1"]
        await press(pilot, screen, "z")
        assert "log: nothing over 0" in screen_text(pilot)


async def test_values_that_are_no_numbers_are_marked(workspace: Workspace) -> None:
    maker = RunMaker(workspace).start()
    for step in range(1, 31):
        bad = step in (10, 20)
        maker.log_step(reward=None if bad else step / 30, nonfinite=["reward"] if bad else [])
    maker.end()
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        await open_run(pilot)
        lines = screen_lines(pilot)
        assert "✕ 2 not finite" in lines[4]
        assert sum(line[:76].count("✕") for line in lines[5:14]) == 2


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_any_metric_by_search(workspace: Workspace, size: tuple[int, int]) -> None:
    collapsed(workspace)
    async with GrpoTui(workspace).run_test(size=size) as pilot:
        screen = await open_run(pilot)
        await pilot.press("a", *"grad")
        await until(pilot, lambda: "> grad_norm" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: screen.is_current)
        await press(pilot, screen)
        assert screen.place.metric == "grad_norm"
        assert " grad_norm  " in screen_text(pilot)
        await pilot.press("a", *"nothing like it", "enter")
        await until(pilot, lambda: "nothing has these words" in screen_text(pilot))
        assert isinstance(pilot.app.screen, Picker)
        await pilot.press("escape")
        assert screen.place.metric == "grad_norm"


async def test_one_prompt_over_time(workspace: Workspace) -> None:
    maker = RunMaker(workspace).start()
    for step in range(1, 13):
        texts = [sample(f"answer {step}", step / 12), sample("no", 0.0)]
        maker.group(0, texts, prompt=f"prompt {step % 3}")
        maker.group(1, [sample("other")], prompt=f"one of a kind {step}")
        maker.log_step(reward=step / 12)
    maker.end()
    async with GrpoTui(workspace).run_test(size=WIDE, notifications=True) as pilot:
        screen = await open_run(pilot)
        await until(
            pilot, lambda: "this prompt over time" in screen_text(pilot) and "4 times" in screen_text(pilot)
        )
        lines = [line.split("│")[-1] for line in screen_lines(pilot)]
        at = next(i for i, line in enumerate(lines) if "this prompt over time" in line)
        assert [line.split()[:2] for line in lines[at + 1 : at + 5]] == [
            ["3", "◐○"],
            ["6", "◐○"],
            ["9", "◐○"],
            [">", "12"],
        ]
        await press(pilot, screen, "N")
        assert screen.place.step == 9
        for step in (6, 3):
            await press(pilot, screen, "N")
            await until(pilot, lambda step=step: screen.place.step == step)
        await press(pilot, screen, "N")
        await until(pilot, lambda: "No earlier step used this prompt" in screen_text(pilot))
        await press(pilot, screen, "n")
        await until(pilot, lambda: screen.place.step == 6)
        await press(pilot, screen, "full_stop")
        await until(pilot, lambda: "once so far" in screen_text(pilot))


async def test_a_copy_is_harmless_and_kept(workspace: Workspace) -> None:
    maker = RunMaker(workspace).start()
    maker.group(0, [sample("bad \x1b]52;c;aGk=\x07 words\nsecond line", 1.0)], prompt="say it")
    maker.log_step(reward=1.0)
    maker.end()
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        screen = await open_run(pilot)
        await press(pilot, screen, "y")
        path = workspace.logs / "copied.txt"
        await until(pilot, path.exists)
        await until(pilot, lambda: path.read_text(encoding="utf-8").endswith("\n\n"))
        assert path.stat().st_mode & 0o077 == 0
        kept = path.read_text(encoding="utf-8")
        assert kept.startswith("--- ")
        assert "story-ab2c step 1 group 1 reward 1.0\nsay it\nbad " in kept
        assert kept.endswith("words\nsecond line\n\n")
        assert "\x1b" not in kept
        assert pilot.app.clipboard in kept


async def test_stages_of_a_curriculum_are_marked(workspace: Workspace) -> None:
    maker = RunMaker(workspace, max_steps=30).start()
    for number, name, first in ((1, "plus", 1), (2, "minus", 11), (3, "all", 21)):
        maker.event("stage", step=first, stage=number, stages=3, name=name)
        for step in range(first, first + 10):
            maker.log_step(reward=step / 30)
    maker.end()
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        await open_run(pilot)
        lines = screen_lines(pilot)
        assert "stage 3/3 all" in lines[1]
        axis, labels = lines[13][:76], lines[14][:76]
        assert axis.count("┬") == 3
        assert all(name in labels for name in ("plus", "minus", "all"))
