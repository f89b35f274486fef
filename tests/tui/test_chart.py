"""Charts as lines of text: reduction, scales, thresholds, marks, cursor; no terminal needed."""

from __future__ import annotations

import math
import random

import pytest

from grpotui.tui import style
from grpotui.tui.run.columns import by_column, column, trailing_means
from grpotui.tui.run.series import OUTLINE, Point, Recording
from grpotui.tui.style import Tone
from grpotui.tui.widgets.axis import HUGE, Scale, label, labels_by_row, scale, spread_labels
from grpotui.tui.widgets.canvas import RULE, Curve, Drawing, Shape, draw, under
from grpotui.tui.widgets.chart import ChartSpec, Item, Mark, frame, heading
from tests.tui.series import add, series_of

PALETTE = style.palette(True)
UNIT = Scale(0.0, 1.0, ((0.0, "0"), (0.5, ".5"), (1.0, "1")))


def plain(drawing: Drawing, columns: int = 40, rows: int = 9) -> list[str]:
    lines = [line.plain for line in draw(drawing, columns, rows, PALETTE)]
    assert len(lines) == rows
    assert {len(line) for line in lines} == {columns}
    return lines


def rising(count: int) -> list[Point]:
    return [(step, step / count) for step in range(1, count + 1)]


def test_dots_climb_from_the_lower_left_to_the_upper_right() -> None:
    drawing = Drawing((Curve((series_of(rising(40)),), Shape.DOTS, "●"),), UNIT, (1, 40))
    lines = plain(drawing)
    assert lines[0].rstrip().endswith("●")
    assert lines[-1].startswith("●")
    assert sum(line.count("●") for line in lines) == 40


def test_a_spike_of_one_step_in_a_hundred_thousand_is_seen() -> None:
    points: list[Point] = [(step, 0.5) for step in range(1, 100_001)]
    points[61_234] = (61_235, 1.0)
    lines = plain(Drawing((Curve((series_of(points),), Shape.BAND),), UNIT, (1, 100_000)))
    assert lines[0].strip()
    assert len(lines[0].strip()) <= 2


def test_the_outline_of_a_hundred_thousand_points_stays_small() -> None:
    rng = random.Random(3)
    recording = Recording()
    add(recording, [(step, rng.random()) for step in range(1, 100_001)])
    series = recording.snapshot()
    assert len(series.outline) <= OUTLINE


def test_bars_stack_and_zero_draws_nothing() -> None:
    stuck = series_of([(1, 0.0), (2, 0.5), (3, 0.0), (4, 0.0)])
    at_max = series_of([(1, 0.0), (2, 0.5), (3, 1.0), (4, 0.0)])
    curves = (Curve((at_max, stuck), Shape.BARS, "░"), Curve((stuck,), Shape.BARS, "█"))
    lines = plain(Drawing(curves, UNIT, (1, 4)), columns=4, rows=5)
    assert lines == [" ░░ ", " ░░ ", " █░ ", " █░ ", " █░ "]


def test_threshold_lines_stand_on_their_rows_and_under_the_data() -> None:
    flat = Curve((series_of([(1, 0.5), (2, 0.5), (40, 0.5)]),), Shape.DOTS, "X")
    ticks = ((0.0, "0"), (0.25, "25"), (0.5, "50"), (1.0, "100%"))
    lines = plain(Drawing((flat,), Scale(0, 1, ticks), (1, 40), (0.25, 0.5)), rows=5)
    assert [RULE in line for line in lines] == [False, False, True, True, False]
    assert lines[2].startswith("X")
    assert lines[2].endswith("X")
    assert labels_by_row(Scale(0, 1, ticks), 5) == {0: "100%", 2: "50", 3: "25", 4: "0"}


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e308, -1e308])
def test_values_that_are_no_numbers_are_left_out(value: float) -> None:
    points: list[Point] = [(1, 0.0), (2, None), (3, 1.0), (4, value if abs(value) <= 1e308 else None)]
    series = series_of(points)
    for shape in Shape:
        lines = plain(Drawing((Curve((series,), shape, "x"),), UNIT, (1, 4)))
        assert any(line.strip() for line in lines)
    spots = by_column([(1.0, value)], 1, 1, 3)
    assert len(spots) == 3


@pytest.mark.parametrize(("columns", "rows"), [(0, 0), (1, 1), (2, 1), (3, 2), (300, 60)])
def test_any_size_can_be_drawn(columns: int, rows: int) -> None:
    one = Drawing((Curve((series_of([(1, 0.3)]),), Shape.DOTS, "●"),), UNIT, (1, 1))
    lines = draw(one, columns, rows, PALETTE)
    assert len(lines) == rows
    assert all(line.cell_len == columns for line in lines)


def test_the_terminal_does_not_limit_a_chart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("LINES", "5")
    lines = plain(Drawing((Curve((series_of(rising(9)),), Shape.DOTS, "●"),), UNIT, (1, 9)), 90, 30)
    assert lines[0].rstrip().endswith("●")
    assert len(lines[0].rstrip()) == 90


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (0, 1),
        (-1, 1),
        (0.31, 2.1),
        (5, 5),
        (0, 0),
        (-3e-9, 2e-9),
        (1e300, 1.1e300),
        (-1.7e308, 1.7e308),
        (0, 5e-324),
    ],
)
def test_a_scale_holds_its_values(low: float, high: float) -> None:
    found = scale(low, high)
    assert found.low <= max(low, -HUGE) <= min(high, HUGE) <= found.high
    assert found.high > found.low
    assert 1 <= len(found.ticks) <= 7
    assert found.gutter <= 8
    points: list[Point] = [(1, float(low)), (2, float(high)), (3, 1e308)]
    plain(Drawing((Curve((series_of(points),), Shape.BAND),), found, (1, 3)))


def test_scales_are_round() -> None:
    assert [text for _, text in scale(0.03, 0.97).ticks] == ["0", ".25", ".5", ".75", "1"]
    assert [text for _, text in scale(-1, 1).ticks] == ["-1", "-.5", "0", ".5", "1"]
    assert label(1e-6) == "1e-6"


def test_labels_below_never_touch() -> None:
    placed = spread_labels([(10, "245"), (0, "1"), (39, "400"), (12, "250"), (30, "300")], 40)
    assert placed == [(0, "1"), (9, "245"), (29, "300"), (37, "400")]


def test_the_frame_shows_ticks_flags_and_the_cursor() -> None:
    drawing = Drawing((Curve((series_of(rising(100)),), Shape.DOTS, "●"),), UNIT, (1, 100))
    marks = (Mark(50, "✖", Tone.BAD), Mark(20, "▲", Tone.WARN))
    canvas = draw(drawing, 46, 7, PALETTE)
    lines = [line.plain for line in frame(ChartSpec(drawing, marks), canvas, 80, 50, PALETTE)]
    assert lines[0].startswith("  1┤")
    assert lines[3].startswith(" .5┤")
    assert lines[6].startswith("  0┤")
    here = 4 + (column(80, 1, 100, 46) or 0)
    cursor = [line[here] for line in lines[:7]]
    assert set(cursor) == {"│", "●"}
    assert cursor.count("●") == 1
    assert lines[7][here] == "┴"
    assert lines[7].index("▲") < lines[7].index("✖") < here
    assert lines[8].split() == ["1", "20", "50", "80", "100"]


def test_the_cursor_hides_no_data() -> None:
    drawing = Drawing((Curve((series_of([(1, 1.0)]),), Shape.DOTS, "●"),), UNIT, (1, 1))
    line = draw(drawing, 5, 1, PALETTE)[0]
    at = line.plain.index("●")
    assert under(line, at, "│", PALETTE.live).plain == line.plain
    assert under(line, at + 1, "│", PALETTE.live).plain[at + 1] == "│"


def test_the_heading_drops_what_does_not_fit() -> None:
    items = (Item("reward"), Item("0.93"), Item("● mean of 20 0.91"), Item("⠒ each step"))
    assert heading(items, 60, True).plain == " reward  0.93  ● mean of 20 0.91  ⠒ each step"
    assert heading(items, 36, True).plain == " reward 0.93 ● mean of 20 0.91"
    assert heading(items, 4, True).plain == " re…"


def test_a_recording_is_incremental_and_bounded() -> None:
    recording = Recording()
    add(recording, [(step, float(step)) for step in range(1, 3000)])
    first = recording.snapshot()
    assert recording.snapshot() is first
    add(recording, [(3000, 3000.0), (3001, None)])
    second = recording.snapshot()
    assert second is not first
    assert len(second.outline) <= OUTLINE
    assert first.last() == (2999, 2999.0)
    assert second.last() == (3001, None)
    assert second.range() == (1.0, 3000.0)
    assert second.at(2500) == (2500, 2500.0)
    assert second.at(0) is None
    assert second.mean_at(20, 20) == pytest.approx(10.5)
    assert sum(bucket.size for bucket in second.outline) == 3000


def test_trailing_means_use_the_last_values_only() -> None:
    series = series_of([(step, 0.0 if step <= 50 else 1.0) for step in range(1, 101)])
    means = dict(trailing_means(series, 20))
    assert means[50] == 0
    assert means[60] == pytest.approx(0.5)
    assert means[100] == pytest.approx(1.0)


def test_sparse_points_hold_until_the_one_before_and_holes_stay() -> None:
    logged: list[tuple[float, float | None]] = [
        (10.0, 0.1),
        (20.0, 0.2),
        (30.0, 0.3),
        (60.0, 0.6),
        (70.0, 0.7),
    ]
    assert by_column(logged, 10, 70, 13) == [
        *(0.1, 0.2, 0.2, 0.3, 0.3),
        *(None, None, None, None, None),
        *(0.6, 0.7, 0.7),
    ]


def test_recordings_with_the_same_steps_keep_one_copy_that_snapshots_survive() -> None:
    one, other = Recording(), Recording()
    add(one, [(step, float(step)) for step in range(10)])
    add(other, [(step, -float(step)) for step in range(10)])
    other.share(one)
    assert other.steps is one.steps
    before = other.snapshot()
    add(one, [(10, 1.0)])
    assert other.last_step == 9
    add(other, [(10, 2.0), (11, None)])
    assert other.snapshot().range() == (-9.0, 2.0)
    assert before.last() == (9, -9.0)
    assert before.range() == (-9.0, 0.0)
    assert other.snapshot().points[-2:] == [(10, 2.0), (11, None)]


def test_an_outline_in_many_parts_is_the_same_as_in_one() -> None:
    rng = random.Random(9)
    points: list[Point] = [(step, rng.choice((rng.random(), None))) for step in range(30_000)]
    parts, place = Recording(), 0
    while place < len(points):
        size = rng.choice((1, 7, 500, 4000))
        add(parts, points[place : place + size])
        place += size
        assert len(parts.snapshot().outline) <= OUTLINE
    whole = series_of(points).outline
    assert [b[:4] for b in parts.snapshot().outline] == [b[:4] for b in whole]
    assert sum(b.size for b in whole) == sum(value is not None for _, value in points)
