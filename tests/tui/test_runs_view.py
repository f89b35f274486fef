"""Columns and short numbers: pure functions."""

from __future__ import annotations

from typing import Any

import pytest

from grpotui import format as fmt
from grpotui.records import HumanVerdict, RunKind, RunSummary, Status, Verdict
from grpotui.tui.actions.remarks import tags_of
from grpotui.tui.runs.view import RunRow
from grpotui.tui.style import STATUS_SIGNS, STATUS_TONES, STATUS_WORDS, VERDICT_SIGNS, VERDICT_WORDS
from grpotui.tui.widgets.news_line import news_text
from grpotui.tui.widgets.runs_table import header_line, layout, row_line

NOW = 1_800_000_000.0


def make(run_id: str, status: str, verdict: str | None = "healthy", age: float = 3600, **more: Any) -> RunRow:
    values: dict[str, Any] = {"name": run_id, "preset": "p", "created_at": NOW - age, **more}
    judged = Verdict(verdict) if verdict else None
    summary = RunSummary(id=run_id, kind=RunKind.TRAIN, status=Status(status), verdict=judged, **values)
    return RunRow(summary)


@pytest.mark.parametrize("width", [1, 20, 40, 45, 46, 60, 79, 80, 100, 119, 160, 300])
def test_lines_are_as_wide_as_their_columns(width: int) -> None:
    row = make("名前" * 40, "running", "collapsed", cause="template", tags=("t" * 50,), step=12, max_steps=40)
    cells = sum(cells + 1 for _, cells in layout(width)) - 1
    assert row_line(row, width, NOW, True).cell_len == header_line(width).cell_len == cells
    assert cells <= max(width, 22)


def test_columns_come_with_room() -> None:
    titles = {width: [column.title for column, _ in layout(width)] for width in (40, 78, 118)}
    assert titles[40] == ["", "run", "status", "verdict"]
    assert titles[78] == ["", "run", "status", "verdict", "step", "ETA", "reward", "flat", "jacc"]
    assert titles[118][-4:] == ["flat", "jacc", "device", "age"]
    assert {"epoch", "trend"} < set(titles[118])


def test_a_row_says_what_it_knows() -> None:
    row = make(
        "study", "running", "collapsed", step=1284, max_steps=2000, step_time=0.9, epoch=2.6, max_epochs=4.0
    )
    line = row_line(row, 130, NOW, True).plain
    for part in ("study", "● running", "✖ collapsed", "1284/2000", "2.6/4", "10m", "1h"):
        assert part in line
    assert row_line(make("q", "queued", None), 130, NOW, True).plain.split() == [
        "q",
        "○",
        "queued",
        "-",
        "1h",
    ]


def test_marks_stand_before_the_name() -> None:
    row = RunRow(make("study", "finished", human=HumanVerdict.DEGENERATE).run, pinned=True)
    assert row_line(row, 78, NOW, True).plain.startswith("^- study")
    assert row_line(row, 78, NOW, True, marked=True).plain.startswith("*- study")
    assert row_line(row, 40, NOW, True).plain.startswith("^- study")


def test_where_names_of_a_sweep_are_cut_their_values_stay() -> None:
    name = "beta=0.1 temperature=0.3 seed=42"
    assert " 0.1 0.3 42 " in row_line(make("a", "finished", name=name, sweep="s-abcd"), 78, NOW, True).plain
    assert name in row_line(make("a", "finished", name=name, sweep="s-abcd"), 160, NOW, True).plain
    assert "beta=" in row_line(make("a", "finished", name=name), 78, NOW, True).plain


def test_the_news_in_one_line() -> None:
    happened = (("lost", 1), ("collapsed", 1), ("finished", 2))
    line = news_text(NOW - 3600, happened, NOW, True).plain
    assert line.endswith(": ? 1 lost, ✖ 1 collapsed, ✓ 2 finished   ! walks through")
    assert news_text(NOW - 3600, (), NOW, True).plain.endswith("nothing new")


def test_moments_are_as_long_as_they_must_be() -> None:
    assert len(fmt.moment(NOW - 3600, NOW)) == len("23:40")
    assert fmt.moment(NOW - 2 * 86400, NOW).endswith(fmt.moment(NOW, NOW))
    assert fmt.moment(NOW - 30 * 86400, NOW).endswith(("2026", "2027"))
    assert fmt.moment(NOW + 9e6, NOW)


def test_tags_as_they_are_typed() -> None:
    assert tags_of("keep +a, -b #c") == (["keep", "a", "c"], ["b"])
    assert tags_of(" + -  ") == ([], [])
    assert tags_of("x\x1b[31m") == (["x␛[31m"], [])


def test_every_status_and_verdict_has_its_sign_and_words() -> None:
    assert set(STATUS_SIGNS) == set(STATUS_TONES) == set(STATUS_WORDS) == set(Status)
    assert set(VERDICT_SIGNS) == set(VERDICT_WORDS) == set(Verdict)
