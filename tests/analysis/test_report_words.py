"""What a report says of each run: a verdict without old figures, and the name that a person gave."""

from __future__ import annotations

import csv
import io

from grpotui.analysis.report.forms import to_csv, to_markdown
from grpotui.workspace import Workspace
from tests.analysis.reports import report, said, table
from tests.analysis.studies import study
from tests.support import Cli


def test_a_healthy_run_is_told_without_the_figures_of_then(workspace: Workspace) -> None:
    study(workspace, "fine-aaaa", verdict="healthy")
    text = to_markdown(report(workspace))
    assert "**Verdict:** healthy since step 80\n" in text
    assert "with evidence" not in text


def test_another_verdict_keeps_its_evidence(workspace: Workspace) -> None:
    study(workspace, "gone-aaaa", verdict="collapsed", cause="template")
    assert "**Verdict:** it is collapsed since step 80: with evidence\n" in to_markdown(report(workspace))


def test_given_names_stand_beside_the_ids(workspace: Workspace) -> None:
    study(workspace, "one-aaaa", name="longer answers")
    study(workspace, "two-bbbb", {"beta": 0.2}, day=1)
    found = report(workspace)
    assert [(row["Run"].strip("*"), row["Name"].strip("*")) for row in table(found)] == [
        ("one-aaaa", "longer answers"),
        ("two-bbbb", ""),
    ]
    assert [row["Name"] for row in csv.DictReader(io.StringIO(to_csv(found)))] == ["longer answers", ""]


def test_without_given_names_there_is_no_column(workspace: Workspace) -> None:
    study(workspace, "one-aaaa")
    assert "Name" not in table(report(workspace))[0]
    assert said(report(workspace), "Key findings")


def test_an_empty_choice_is_refused(workspace: Workspace, cli: Cli) -> None:
    study(workspace, "one-aaaa")
    for option in ("--tag", "--sweep", "--since"):
        done = cli("report", option, "")
        assert done.code == 2
        assert done.out == ""
        assert done.err == f"grpotui: {option} is empty: name one, or leave {option} out for all runs\n"
