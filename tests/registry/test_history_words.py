"""Tables as people write them: other names of columns, capitals, ids that are taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from grpotui.errors import UserError
from grpotui.registry.history import own, reference, rows, take_in
from grpotui.workspace import Workspace
from tests.support import Cli


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_final_reward_is_the_reward(workspace: Workspace, tmp_path: Path) -> None:
    take_in(workspace, write(tmp_path, "run_id,Final Reward,final_accuracy,verdict\na,-0.5,0.25,ok\n"))
    (row,) = own(workspace)
    assert (row.to_json()["reward"], row.to_json()["accuracy"]) == (-0.5, 0.25)
    with pytest.raises(UserError, match=r"mine\.csv:1: two columns mean reward: leave 'final_reward' or"):
        take_in(workspace, write(tmp_path, "run_id,reward,final_reward,verdict\na,0.5,0.6,ok\n"))


@pytest.mark.parametrize("word", ["proposed", "Proposed ", "  PROPOSED", "\tProposed\u00a0"])
def test_what_was_only_proposed_is_left_out_however_it_is_written(
    workspace: Workspace, tmp_path: Path, word: str
) -> None:
    done = take_in(workspace, write(tmp_path, f"run_id,verdict\na,{word}\nb,healthy\n"))
    assert (done.proposed, done.new) == (1, 1)
    assert [row.row["run_id"] for row in own(workspace)] == ["b"]


def test_the_id_of_a_run_that_ships_is_renamed(workspace: Workspace, tmp_path: Path) -> None:
    table = write(tmp_path, "run_id,verdict\nsweep#4,healthy\nelse,healthy\n")
    done = take_in(workspace, table)
    assert (done.new, done.renamed) == (2, ["mine/sweep#4"])
    ids = [row.row["run_id"] for row in rows(workspace)]
    assert ids == ["mine/sweep#4", "else", *(row.row["run_id"] for row in reference())]
    again = take_in(workspace, table)
    assert (again.new, again.same) == (0, 2)
    with pytest.raises(UserError, match="mine/sweep#4 is in line 2 already"):
        take_in(workspace, write(tmp_path, "run_id,verdict\nsweep#4,a\nmine/sweep#4,b\n"))


def test_what_was_taken_in_before_under_such_an_id_is_renamed_too(
    workspace: Workspace, tmp_path: Path
) -> None:
    table = write(tmp_path, "run_id,verdict\nmine/sweep#4,healthy\n")
    take_in(workspace, table)
    workspace.history.write_text(workspace.history.read_text().replace("mine/sweep#4", "sweep#4"))
    assert [row.row["run_id"] for row in own(workspace)] == ["mine/sweep#4"]
    assert take_in(workspace, table).same == 1


def test_the_command_says_so_in_plain_words(cli: Cli, workspace: Workspace, tmp_path: Path) -> None:
    table = write(tmp_path, "run_id,verdict\nsweep#4,so so\nb,meh\nc, Proposed\n")
    done = cli("import-history", str(table))
    assert "2 new, 0 changed, 0 as before, 1 only proposed, left out" in done.out
    assert done.err.splitlines() == [
        "renamed, as runs that ship have these ids: mine/sweep#4",
        "not among grpotui's verdicts: so so, meh; 'ls --reference' and 'check' show these rows, "
        "but no run is said to have ended like them",
    ]
