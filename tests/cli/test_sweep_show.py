"""What ``sweep show`` and ``sweep ls`` print of sweeps whose every number is known."""

from __future__ import annotations

import csv
import io

import pytest

from grpotui.records import RunKind
from grpotui.workspace import Workspace
from tests.analysis.sweep.made import Made, grid
from tests.analysis.sweep.test_ranking import prompts
from tests.support import Cli


@pytest.fixture
def made(workspace: Workspace) -> Made:
    """A probe of 2 x 2 points, of which the last one has not run."""
    axes, points = grid(max_completion_length=(512, 1024), repetition_penalty=(1.0, 1.2))
    more = {
        "baseline": dict(points[0]),
        "contract": {"hypothesis": "h", "primary": "best - baseline >= 0.05"},
    }
    found = Made(workspace, axes, points, RunKind.ROLLOUTS, more=more)
    for number, gain in enumerate((0.0, 0.1, 0.3), 1):
        found.asks(number, prompts(gain, 0.004 * number))
    return found


def test_show_prints_sentences_map_and_table(cli: Cli, made: Made) -> None:
    shown = cli("sweep", "show", "abcd")
    assert shown.code == 0
    lines = shown.out.splitlines()
    assert lines[0] == "3 of 4 points measured so far: of 4 runs 3 done, 1 not begun."
    assert lines[1].startswith(
        "Best so far: point 3 (max_completion_length 1024, repetition_penalty 1.0) with"
    )
    at = lines.index("max_completion_length \\ repetition_penalty  1.0               1.2")
    assert lines[at + 1] == "512                                         0.463 ±0.224      0.562 ±0.226"
    assert lines[at + 2] == "1024                                        0.762 ±0.227 ★->  ·"
    table = lines[at + 4 :]
    assert table[0].split()[:3] == ["#", "max_completion_length", "repetition_penalty"]
    assert [line.split()[0] for line in table[1:5]] == ["3", "2", "1", "4"]
    assert lines[-1].startswith("★ best   ~ not to be told from it")


def test_one_axis_needs_no_map_and_rows_and_columns_can_be_chosen(cli: Cli, made: Made) -> None:
    turned = cli("sweep", "show", "@last", "--rows", "repetition_penalty")
    assert "repetition_penalty \\ max_completion_length  512" in turned.out
    wrong = cli("sweep", "show", "@last", "--rows", "lr")
    assert (wrong.code, wrong.err) == (
        2,
        "grpotui: no axis 'lr': the sweep has max_completion_length, repetition_penalty\n",
    )


def test_json_has_points_ranking_sentences_and_what_they_rest_on(cli: Cli, made: Made) -> None:
    told = cli("sweep", "show", "s-abcd", "--json").json
    assert (told["best"], told["ranking"], told["ties"], told["over"]) == (3, [3, 2, 1], [], False)
    assert told["runs"] == {"done": 3, "running": 0, "waiting": 0, "failed": 0, "planned": 4}
    third = told["points"][2]
    assert third["values"] == {"grpo.max_completion_length": 1024, "grpo.repetition_penalty": 1.0}
    assert third["value"] == pytest.approx(0.7625)
    assert third["low"] < 0.7625 < third["high"]
    assert [run["id"] for run in third["runs"]] == ["p03-point-1"]
    assert told["points"][3]["value"] is None
    assert told["edges"] == [
        {"axis": "grpo.max_completion_length", "value": 1024.0, "sign": "->", "try": 2048.0},
    ]
    assert told["contract"][0]["state"] == "holds"
    assert told["hypothesis"] == "h"
    best = next(one for one in told["sentences"] if one["kind"] == "best")
    assert (best["runs"], best["steps"]) == (["p03-point-1"], [1])


def test_markdown_and_csv_hold_the_same(cli: Cli, made: Made) -> None:
    markdown = cli("sweep", "show", "s-abcd", "--markdown").out
    assert "- Best so far: point 3" in markdown
    assert "| 1024 | 0.762 ±0.227 ★-> | · |" in markdown
    rows = list(csv.DictReader(io.StringIO(cli("sweep", "show", "s-abcd", "--csv").out)))
    assert [row["rank"] for row in rows[:4]] == ["3", "2", "1", ""]
    assert float(rows[2]["value"]) == pytest.approx(0.7625)
    assert rows[2]["runs"] == "p03-point-1"


def test_ls_lists_sweeps_newest_first(cli: Cli, workspace: Workspace) -> None:
    assert "no sweeps yet" in cli("sweep", "ls").out
    made = Made(workspace, *grid(beta=(0.0, 0.1)), seeds=(1, 2))
    made.trains(1, 0.5, 1)
    line = cli("sweep", "ls").out.splitlines()[1]
    assert line.split()[:5] == ["s-abcd", "words", "beta", "2", "1/2"]
    assert "so far" in line
    assert [one["id"] for one in cli("sweep", "ls", "--json").json] == ["s-abcd"]


def test_an_unknown_sweep_is_one_clear_line(cli: Cli, made: Made) -> None:
    wrong = cli("sweep", "show", "s-abce")
    assert (wrong.code, wrong.out) == (2, "")
    assert "no sweep 's-abce'" in wrong.err
