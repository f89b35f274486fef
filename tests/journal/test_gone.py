"""Blocks of runs that were deleted: marked, with people's words; and a log book that is none."""

from __future__ import annotations

import shutil

import pytest

from grpotui.analysis.journal import book, marks
from grpotui.analysis.journal.write import Written, write
from grpotui.launch.control import delete
from grpotui.workspace import Workspace
from tests.analysis.studies import CONTRACT, registry, study
from tests.support import Cli

NOTE = "**Deleted:** its run is in the bin"


def part(workspace: Workspace, block: str) -> list[str]:
    return dict(book.parts(book.read(workspace)))[block]


def test_the_block_of_a_deleted_run_stays_and_says_so(workspace: Workspace) -> None:
    study(workspace, "one-aaaa", contract=CONTRACT)
    study(workspace, "two-bbbb", day=1)
    write(registry(workspace))
    lines = book.read(workspace).split("\n")
    begin = next(
        p for p, line in enumerate(lines) if (m := marks.read_begin(line)) and m.id == "run:one-aaaa"
    )
    lines[begin + 3 : begin + 3] = ["typed at the top", ""]
    end = next(p for p, line in enumerate(lines) if marks.read_end(line) == "run:one-aaaa")
    lines[end:end] = ["typed at the bottom"]
    workspace.journal.write_text("\n".join(lines), encoding="utf-8")
    before = part(workspace, "run:one-aaaa")
    other = part(workspace, "run:two-bbbb")

    delete(workspace, "one-aaaa")
    assert write(registry(workspace)) == Written(0, 2, 0), "the block, and the list of hypotheses"
    after = part(workspace, "run:one-aaaa")
    assert after[:5] == [before[0], "", "typed at the top", "", NOTE], "people come first"
    assert [line for line in after if line not in (NOTE, "")] == [line for line in before if line]
    assert part(workspace, "run:two-bbbb") == other
    assert part(workspace, "hypotheses")[:3] == ["## Hypotheses", "", "No run has one."]
    assert write(registry(workspace)) == Written(0, 0, 0)

    shutil.rmtree(workspace.bin / "one-aaaa")
    assert write(registry(workspace)).updated == 1
    again = part(workspace, "run:one-aaaa")
    assert [line for line in again if "Deleted" in line] == ["**Deleted:** its run is gone"]
    assert [line for line in again if line and "Deleted" not in line] == [line for line in before if line]


def test_a_run_that_is_back_has_its_block_back(workspace: Workspace) -> None:
    study(workspace, "one-aaaa", contract=CONTRACT)
    write(registry(workspace))
    before = book.read(workspace)
    delete(workspace, "one-aaaa")
    write(registry(workspace))
    assert NOTE in book.read(workspace)
    (workspace.bin / "one-aaaa").rename(workspace.run("one-aaaa").path)
    write(registry(workspace))
    assert book.read(workspace) == before


def test_a_block_that_was_taken_out_stays_away_when_its_run_is_deleted(workspace: Workspace) -> None:
    study(workspace, "one-aaaa")
    write(registry(workspace))
    kept = [line for line in book.read(workspace).split("\n") if marks.read_wrote(line) is not None]
    workspace.journal.write_text("\n".join(["mine", *kept]), encoding="utf-8")
    delete(workspace, "one-aaaa")
    assert write(registry(workspace)) == Written(0, 0, 0)
    assert book.shown(book.read(workspace))[0] == "mine"


def test_a_comparison_names_the_one_that_is_deleted(workspace: Workspace) -> None:
    study(workspace, "one-aaaa")
    study(workspace, "two-bbbb", {"beta": 0.2}, 0.3, day=1)
    write(registry(workspace), compared=["one-aaaa", "two-bbbb"])
    delete(workspace, "two-bbbb")
    write(registry(workspace))
    told = part(workspace, "compare:one-aaaa+two-bbbb")
    assert told[2] == "**Deleted:** two-bbbb is in the bin"
    assert "- B changes one thing: beta." in told


@pytest.mark.parametrize("words", [(), ("--write",), ("--json",), ("--edit",)])
def test_a_folder_in_its_place_is_said_in_one_line(
    cli: Cli, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    workspace.journal.mkdir()
    done = cli("journal", *words)
    said = f"grpotui: {workspace.journal} is a folder: move it away, and a new log book begins\n"
    assert (done.code, done.out, done.err) == (2, "", said)
