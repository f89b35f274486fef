"""Order, filter, columns and short numbers: pure functions."""

from __future__ import annotations

from typing import Any

import pytest

from grpotui.records import RunKind, RunSummary, Status, Verdict
from grpotui.tui import format as fmt
from grpotui.tui.runs_view import RunRow, filtered, is_news, order
from grpotui.tui.style import STATUS_SIGNS, STATUS_TONES, STATUS_WORDS, VERDICT_SIGNS, VERDICT_WORDS
from grpotui.tui.widgets.runs_table import eta, header_line, layout, row_line

NOW = 1_800_000_000.0


def make(run_id: str, status: str, verdict: str = "healthy", age: float = 3600, **more: Any) -> RunRow:
    values: dict[str, Any] = {"name": run_id, "preset": "p", "created_at": NOW - age, **more}
    summary = RunSummary(
        id=run_id, kind=RunKind.TRAIN, status=Status(status), verdict=Verdict(verdict), **values
    )
    return RunRow(summary)


def test_attention_then_live_then_newest() -> None:
    rows = [
        make("old", "finished", age=9000),
        make("new", "finished", age=10),
        make("live", "running", age=5000),
        make("queued", "queued", "warming-up", age=4000),
        make("failed", "failed", age=8000),
        make("lost", "lost", age=7000),
        make("template", "running", "collapsed", age=6000),
        make("flat", "finished", "no-signal", age=6500),
        make("warned", "finished", "warning", age=20),
    ]
    found = [row.run.id for row in order(rows, NOW)]
    assert found == ["template", "flat", "lost", "failed", "queued", "live", "new", "warned", "old"]


def test_trouble_is_news_for_three_days() -> None:
    day = 86400.0
    assert is_news(make("a", "failed", age=4 * day, ended_at=NOW - 2 * day).run, NOW)
    assert not is_news(make("a", "failed", age=9 * day, ended_at=NOW - 4 * day).run, NOW)
    assert is_news(make("a", "running", "collapsed", age=30 * day).run, NOW)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", ["a-1", "b-2"]),
        ("a-", ["a-1"]),
        ("COLLAPSED", ["b-2"]),
        ("stories  run", ["a-1"]),
        ("template b-2", ["b-2"]),
        ("beta was", ["a-1"]),
        ("a-1 b-2", []),
    ],
)
def test_filter_wants_every_word(words: str, found: list[str]) -> None:
    rows = [
        make("a-1", "running", tags=("stories",), note="beta was tried"),
        make("b-2", "finished", "collapsed", cause="template"),
    ]
    assert [row.run.id for row in filtered(rows, words)] == found


@pytest.mark.parametrize("width", [1, 20, 40, 45, 46, 60, 79, 80, 100, 119, 160, 300])
def test_lines_are_as_wide_as_their_columns(width: int) -> None:
    row = make("名前" * 40, "running", "collapsed", cause="template", tags=("t" * 50,), step=12, max_steps=40)
    cells = sum(cells + 1 for _, cells in layout(width)) - 1
    assert row_line(row, width, NOW, True).cell_len == header_line(width).cell_len == cells
    assert cells <= max(width, 19)


def test_columns_come_with_room() -> None:
    titles = {width: [column.title for column, _ in layout(width)] for width in (40, 78, 118)}
    assert titles[40] == ["run", "status", "verdict"]
    assert titles[78] == ["run", "status", "verdict", "step", "ETA", "reward", "flat", "jacc"]
    assert titles[118][-4:] == ["flat", "jacc", "device", "age"]
    assert {"epoch", "trend"} < set(titles[118])


def test_a_row_says_what_it_knows() -> None:
    row = make(
        "study", "running", "collapsed", step=1284, max_steps=2000, step_time=0.9, epoch=2.6, max_epochs=4.0
    )
    line = row_line(row, 130, NOW, True).plain
    for part in ("study", "● running", "✖ collapsed", "1284/2000", "2.6/4", "10m", "1h"):
        assert part in line
    assert row_line(make("q", "queued", "warming-up"), 130, NOW, True).plain.split() == [
        "q",
        "○",
        "queued",
        "1h",
    ]


def test_eta_only_while_running() -> None:
    values: dict[str, Any] = {"step": 10, "max_steps": 30, "step_time": 2.0}
    assert eta(make("a", "running", **values)) == 40
    assert eta(make("a", "finished", **values)) is None
    assert eta(make("a", "running", step=50, max_steps=30, step_time=2.0)) == 0


@pytest.mark.parametrize(
    ("seconds", "short"), [(None, ""), (-1, ""), (41, "41s"), (700, "11m"), (7500, "2h05"), (273600, "3d04")]
)
def test_durations(seconds: float | None, short: str) -> None:
    assert fmt.duration(seconds) == short


@pytest.mark.parametrize(
    ("value", "short"),
    [
        (None, "-"),
        (0.931, "0.93"),
        (-0.2, "-0.20"),
        (12.34, "12.3"),
        (250.4, "250"),
        (1e6, "1e6"),
        (3.6e-6, "4e-6"),
    ],
)
def test_figures(value: float | None, short: str) -> None:
    assert fmt.figure(value) == short
    assert len(fmt.figure(value)) <= 6


def test_sparkline_rises_and_is_never_wider() -> None:
    assert fmt.sparkline(tuple(float(n) for n in range(100)), 8) == "▁▂▃▄▅▆▇█"
    assert fmt.sparkline((1.0, 1.0), 8) == "▁▁"
    assert fmt.sparkline((), 8) == ""


def test_every_status_and_verdict_has_its_sign_and_words() -> None:
    assert set(STATUS_SIGNS) == set(STATUS_TONES) == set(STATUS_WORDS) == set(Status)
    assert set(VERDICT_SIGNS) == set(VERDICT_WORDS) == set(Verdict)
