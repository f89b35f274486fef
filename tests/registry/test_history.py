"""Tables of past experiments: the shipped one, a user's own, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from grpotui.analysis.account import like
from grpotui.analysis.compare.comparison import compare
from grpotui.analysis.compare.outcome import KEYS
from grpotui.analysis.compare.reading import load
from grpotui.errors import UserError
from grpotui.launch.check.facts import gather
from grpotui.preflight import check
from grpotui.presets.loader import load as load_preset
from grpotui.registry.history import COLUMNS, known, own, parse, reference, rows, take_in
from grpotui.workspace import Workspace
from tests.analysis.studies import registry, study

MINE = """run_id,reward_name,beta,lr,num_generations,reward,verdict,note
mine-1,exact,0.1,5e-6,16,0.9,collapsed (template),"all ""42"" | =x"
mine-2,exact,0.2,5e-6,16,0.5,healthy,
mine-3,,,,,,proposed,later
"""


def write(folder: Path, text: str, name: str = "mine.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_table_is_whole_and_without_what_was_only_proposed() -> None:
    found = reference()
    assert len(found) == 53
    assert {name for row in found for name in row.row} == set(COLUMNS)
    assert "proposed" not in {row.row["verdict"] for row in found}
    best = next(row for row in found if row.row["run_id"] == "experiment_8").to_json()
    assert (best["max_tokens"], best["repetition_penalty"], best["nonzero_pct"]) == (2048, 1.2, 82.4)
    assert all(row.row["run_id"] and row.row["source"] and row.row["verdict"] for row in found)


def test_a_table_of_ones_own_is_taken_in_once(workspace: Workspace, tmp_path: Path) -> None:
    done = take_in(workspace, write(tmp_path, MINE))
    assert (done.new, done.changed, done.same, done.proposed, done.unknown) == (2, 0, 0, 1, [])
    before = workspace.history.read_bytes()
    again = take_in(workspace, write(tmp_path, MINE))
    assert (again.new, again.changed, again.same) == (0, 0, 2)
    assert workspace.history.read_bytes() == before
    assert workspace.history.stat().st_mode & 0o777 == 0o600
    changed = take_in(workspace, write(tmp_path, MINE.replace("0.5,healthy", "0.6,so so")))
    assert (changed.new, changed.changed, changed.same, changed.unknown) == (0, 1, 1, ["so so"])
    assert [row.row["reward"] for row in own(workspace)] == ["0.9", "0.6"]
    assert own(workspace)[0].row["note"] == 'all "42" | =x'
    assert (own(workspace)[0].earlier.verdict, own(workspace)[0].earlier.cause) == ("collapsed", "template")
    other = take_in(workspace, write(tmp_path, MINE, "other.csv"))
    assert other.new == 2, "the same names from another file are other runs"


def test_the_whole_log_may_be_brought_along_with_its_own_columns(
    workspace: Workspace, tmp_path: Path
) -> None:
    log = (
        "source;run_id;task/reward;beta;lr;final_accuracy;epochs/max_steps;zero_std;other;verdict;note\r\n"
        "000_sweep_results;sweep#4;sentence_length_10;0.01;1e-5;;;0.75-1.0;temp=1;mine;words\r\n"
        "\r\n"
    )
    (tmp_path / "log.csv").write_bytes(b"\xef\xbb\xbf" + log.encode())
    assert take_in(workspace, tmp_path / "log.csv").new == 1
    found = [row for row in rows(workspace) if row.row["run_id"] == "sweep#4"]
    assert [(row.row["verdict"], row.row["note"]) for row in found] == [("mine", "temp=1; words")]
    assert len(rows(workspace)) == 53


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "mine.csv:1: the column run_id is missing"),
        ("run_id,note\na,b\n", "mine.csv:1: the column verdict is missing"),
        ("run_id,verdict\n", "mine.csv: no rows below"),
        ("run_id,verdict,bta\na,b,1\n", "mine.csv:1: no column 'bta': did you mean beta"),
        ("run_id,verdict,beta\na,b,1\nb,c,much\n", "mine.csv:3: beta: 'much' is no number"),
        ("run_id,verdict,beta\na,b,-1\n", "mine.csv:2: beta: -1 is below 0"),
        ("run_id,verdict,accuracy\na,b,35\n", "mine.csv:2: accuracy: 35 is no share: write it from 0 to 1"),
        ("run_id,verdict\na,b\n,c\n", "mine.csv:3: run_id is empty"),
        ("run_id,verdict\na,b\na,c\n", "mine.csv:3: a is in line 2 already"),
        ("run_id,verdict\na,b,c\n", "mine.csv:2: 3 cells below 2 columns"),
        ('run_id,verdict\na,"b\n', "mine.csv:2: unexpected end of data"),
        ("run_id,verdict,lr\na,b,nan\n", "mine.csv:2: lr: 'nan' is no number"),
    ],
)
def test_what_cannot_be_right_is_said_with_its_line(
    workspace: Workspace, tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(UserError) as caught:
        take_in(workspace, write(tmp_path, text))
    assert words in str(caught.value)
    assert not workspace.history.exists()


def test_files_that_are_no_tables_are_refused(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"run_id,verdict\n\xff\xfe,b\n")
    with pytest.raises(UserError, match="not UTF-8"):
        parse(tmp_path / "x.csv")
    with pytest.raises(UserError, match=r"cannot read .*gone\.csv: No such file"):
        parse(tmp_path / "gone.csv")
    workspace.history.write_bytes(b"\xff\xfe\x00run_id\n\x00")
    assert own(workspace) == []
    assert len(known(workspace)) == 53


def test_secrets_do_not_get_into_the_table(workspace: Workspace, tmp_path: Path) -> None:
    token = "hf_" + "a1B2" * 8
    take_in(workspace, write(tmp_path, f"run_id,verdict,note\na,ok,{token}\n"))
    assert token not in workspace.history.read_text()


def test_a_verdict_names_them(workspace: Workspace, tmp_path: Path) -> None:
    study(
        workspace,
        "bad-aaaa",
        {"beta": 0.012, "learning_rate": 1e-5},
        verdict="collapsed",
        cause="template",
        reward="sentence_length_10",
    )
    reader = registry(workspace)
    assert like(reader, "bad-aaaa", "collapsed", "template")[0].startswith(
        "sweep#4 (sentence_length_10, beta 0.01"
    )
    study(workspace, "mine-bbbb", {"beta": 0.1}, verdict="collapsed", cause="template")
    take_in(workspace, write(tmp_path, MINE))
    told = like(registry(workspace), "mine-bbbb", "collapsed", "template")
    assert told[0].startswith("mine-1 (exact, beta 0.1")


def test_the_preflight_names_them(workspace: Workspace, tmp_path: Path) -> None:
    preset = load_preset("stories-sentence-length", workspace)
    found = {one.rule: one for one in check(preset, gather(preset, workspace))}
    assert found["tried-before"].message.startswith("like sweep#")
    assert "collapsed (template)" in found["tried-before"].message
    arithmetic = load_preset("arithmetic-baseline", workspace)
    take_in(workspace, write(tmp_path, MINE))
    told = next(one for one in check(arithmetic, gather(arithmetic, workspace)) if one.rule == "tried-before")
    assert "mine-1 (exact, beta 0.1, learning_rate 5e-06" in told.message


def test_compare_names_them(workspace: Workspace) -> None:
    study(workspace, "a-aaaa", {"beta": 0.01, "learning_rate": 1e-5}, reward="sentence_length_10")
    study(workspace, "b-bbbb", {"beta": 9.0, "learning_rate": 0.1}, reward="sentence_length_10", day=1)
    found = compare(load(registry(workspace), ["a-aaaa", "b-bbbb"], KEYS))
    (row,) = [row for row in found.rows if row.name == "like"]
    assert [cell.text for cell in row.cells] == ["sweep#4: collapsed (template)", ""]
