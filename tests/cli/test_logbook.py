"""Reports, the log book and past experiments from the command line, in a real subprocess."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from grpotui.launch import remarks
from grpotui.workspace import Workspace
from tests.analysis.studies import CONTRACT, study
from tests.support import Cli


def test_a_report_in_three_forms(cli: Cli, workspace: Workspace) -> None:
    study(workspace, "one-aaaa", contract=CONTRACT, tags=("kl",))
    study(workspace, "two-bbbb", {"beta": 0.2}, 0.3, day=1, contract=CONTRACT, tags=("kl",))
    study(workspace, "else-cccc", day=2)
    markdown = cli("report", "--tag", "kl").out
    assert markdown.startswith("# Tag kl\n")
    assert "**Winner:** beta 0.1 (one-aaaa)" in markdown
    assert "else-cccc" not in markdown
    rows = list(csv.DictReader(io.StringIO(cli("report", "one", "bbbb", "--format", "csv").out)))
    assert [row["beta"] for row in rows] == ["0.1", "0.2"]
    found = cli("report", "--since", "2000-01-01", "--format", "json").json
    assert [run["id"] for run in found["runs"]] == ["one-aaaa", "two-bbbb", "else-cccc"]
    wrong = cli("report", "--tag", "no")
    assert (wrong.code, wrong.err) == (2, "grpotui: no run has the tag 'no'; there are: kl\n")
    assert cli("report", "nothing").code == 2


def test_the_journal_is_begun_renewed_edited_and_read(
    cli: Cli, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study(workspace, "one-aaaa", contract=CONTRACT)
    assert "'grpotui journal --write' begins one" in cli("journal").err
    assert cli("journal", "--write").err.endswith("journal.md: 2 new, 0 updated\n")
    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\necho "my own words" >> "$1"\n')
    script.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(script))
    monkeypatch.delenv("VISUAL", raising=False)
    assert cli("journal", "--edit").code == 0
    study(workspace, "two-bbbb", {"beta": 0.2}, 0.3, day=1, contract=CONTRACT)
    assert cli("journal", "--write").err.endswith("1 new, 1 updated\n")
    shown = cli("journal").out
    assert "my own words" in shown
    assert "<!--" not in shown
    (found,) = cli("journal", "--json").json["hypotheses"]
    assert (found["hypothesis"], found["state"]) == ("A little KL is enough.", "runs disagree")
    remarks.note(workspace, "two-bbbb", "supersedes: one-aaaa")
    (found,) = cli("journal", "--json").json["hypotheses"]
    assert found["state"] == "not supported"
    assert [one["superseded_by"] for one in found["findings"]] == [None, "two-bbbb"]


def test_a_block_that_was_taken_out_comes_back_when_asked(cli: Cli, workspace: Workspace) -> None:
    study(workspace, "one-aaaa")
    cli("journal", "--write")
    lines = workspace.journal.read_text().split("\n")
    workspace.journal.write_text(
        "\n".join(line for line in lines if "one-aaaa" not in line or "wrote" in line)
    )
    assert "1 that you took out left out" in cli("journal", "--write").err
    assert "## 2025-06-15 one-aaaa" not in workspace.journal.read_text()
    assert "1 new" in cli("journal", "--again").err
    assert "## 2025-06-15 one-aaaa" in workspace.journal.read_text()


def test_without_an_editor_nothing_is_begun(
    cli: Cli, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    said = cli("journal", "--edit")
    assert (said.code, said.err) == (
        2,
        "grpotui: no editor is set: 'export EDITOR=nano' (or vim, or what you use) before grpotui\n",
    )
    assert not workspace.journal.exists()
    monkeypatch.setenv("EDITOR", "false")
    assert "ended with 1" in cli("journal", "--edit").err


def test_past_experiments_are_listed_and_imported(cli: Cli, workspace: Workspace, tmp_path: Path) -> None:
    listed = cli("ls", "--reference")
    assert listed.out.splitlines()[1].split()[:2] == ["sweep#1", "000_sweep_results"]
    assert len(cli("ls", "--reference", "--json").json) == 53
    table = tmp_path / "mine.csv"
    table.write_text("run_id,reward_name,beta,verdict\nmine-1,exact,0.1,collapsed\n")
    done = cli("import-history", str(table))
    assert f"{table}: 1 new, 0 changed, 0 as before; in " in done.out
    assert cli("ls", "--reference", "--json").json[0]["came"] == "collapsed"
    table.write_text("run_id,verdict,beta\nmine-1,ok,x\n")
    wrong = cli("import-history", str(table))
    assert (wrong.code, wrong.err) == (2, "grpotui: mine.csv:2: beta: 'x' is no number\n")
