"""Reports: what is said of a set of runs, and that nothing is said which the runs do not show."""

from __future__ import annotations

import csv
import io
import re
import time

import pytest

from grpotui.analysis.report.columns import columns
from grpotui.analysis.report.forms import beginning, plain, to_csv, to_json, to_markdown
from grpotui.analysis.report.selecting import choose, moment
from grpotui.errors import UserError
from grpotui.presets import apply_overrides, resolve
from grpotui.presets.loader import load
from grpotui.workspace import Workspace
from tests.analysis.reports import cliff, report, said, table
from tests.analysis.studies import CONTRACT, registry, study
from tests.tui.runs_factory import PRESET
from tests.writing import RunWriter


def test_the_table_has_what_varies_and_what_came_of_it(workspace: Workspace) -> None:
    cliff(workspace)
    rows = table(report(workspace))
    assert list(rows[0]) == [
        "#", "Run", "reward", "beta", "Steps", "Final reward", "Pass rate", "Degenerate?", "Verdict", "Notes",
    ]  # fmt: skip
    assert [row["Degenerate?"] for row in rows] == [
        "YES (template)", "YES (template)", "N/A", "N/A", "NO", "N/A",
    ]  # fmt: skip
    assert [row["beta"] for row in rows] == ["0", "0.02", "0.1", "0.3", "0.02", "0.04"]
    assert re.fullmatch(r"0\.9\d* \[0\.9\d* to 0\.9\d*\]", rows[4]["Final reward"])
    assert rows[4]["Pass rate"].startswith("97.")
    assert [row["Pass rate"] for row in rows[:4]] == ["-"] * 4
    assert rows[0]["Notes"] == "it is collapsed since step 80"
    assert (rows[5]["Steps"], rows[5]["Final reward"], rows[5]["Notes"]) == ("0/120", "-", "planned")


def test_the_summary_has_a_winner_for_each_reward_or_says_that_there_is_none(workspace: Workspace) -> None:
    cliff(workspace)
    found = report(workspace)
    lines = said(found, "Summary")
    assert lines[0] == "arithmetic, sentence_length_10:"
    assert lines[1] == "Winner: none: nothing learned without degenerating so far"
    assert lines[2].startswith("Highest: 0.94")
    assert lines[2].endswith("beta 0.0 (b000-aaaa): collapsed")
    assert lines[4] == "Winner: one setting (happy-eeee)"
    assert any(line.startswith("Unconfirmed: it was tried once") for line in lines)
    assert any(
        re.match(r"Reward: 0\.97.*pass rate 97.*mean of steps 71-120 of happy-eeee; it began at 0\.1", li)
        for li in lines
    )
    assert any(line == "Output: 4 of 4 samples of step 120 are different" for line in lines)
    assert said(found, "Key findings") == [
        "sentence_length_10: 4 runs, 2 collapsed, 2 did not learn: "
        "no configuration that was tried learned without degenerating",
        "happy_binary: 1 run, 1 learned",
    ]


def test_the_cliff_of_the_seed_log_is_found(workspace: Workspace) -> None:
    cliff(workspace)
    lines = said(report(workspace), "Observations")
    assert "beta: 0.0, 0.02 collapsed; 0.1, 0.3 did not learn." in lines
    assert any("learns but collapses at <= 0.02, cannot learn at >= 0.1" in line for line in lines)
    assert any(line.startswith("One seed each") for line in lines)
    assert any(
        re.match(r"Before: (one run|2 runs) ended like sweep#\d+ \(sentence_length_10", li) for li in lines
    )


def test_what_was_not_held_equal_is_named(workspace: Workspace) -> None:
    study(workspace, "a-aaaa", {"beta": 0.0, "learning_rate": 1e-5}, 0.9)
    study(workspace, "b-bbbb", {"beta": 0.1, "learning_rate": 1e-6}, 0.5, day=1)
    lines = said(report(workspace), "Observations")
    assert "beta: 0, 0.1 learned (other fields differed too)." in lines or any(
        line.startswith("beta: ") and "not balanced: the others differ too" in line for line in lines
    )


def test_runs_that_differ_in_everything_prove_nothing(workspace: Workspace) -> None:
    for number, run_id in enumerate(("a-aaaa", "b-bbbb")):
        fields = {f"field_{n}": number for n in range(12)}
        study(workspace, run_id, fields, 0.5 + number / 4, day=number)
    lines = said(report(workspace), "Observations")
    assert lines == ["arithmetic, exact: the runs differ in 12 fields, so no single cause can be told."]
    assert said(report(workspace), "Summary")[0].startswith("Winner: ")


def test_repeats_are_one_setting(workspace: Workspace) -> None:
    for seed in range(3):
        study(workspace, f"seed-{seed}aaa", {"seed": seed}, day=seed)
    found = report(workspace)
    assert said(found, "Summary")[0].startswith("Winner: one setting (seed-0aaa, seed-1aaa, seed-2aaa)")
    assert [row["seed"] for row in table(found)] == ["0", "1", "2"]


def test_a_persons_words_and_verdict_go_first(workspace: Workspace) -> None:
    study(workspace, "mine-aaaa", human="degenerate", note="all the same | words")
    study(workspace, "fine-bbbb", {"beta": 0.2}, day=1, verdict="collapsed", cause="template", human="good")
    found = report(workspace)
    rows = table(found)
    assert (rows[0]["Degenerate?"], rows[0]["Yours"]) == ("YES (your verdict)", "degenerate")
    assert (rows[1]["Degenerate?"], rows[1]["Yours"]) == ("NO", "good")
    assert rows[0]["Notes"] == "all the same | words"
    text = to_markdown(found)
    assert r"all the same \| words" in text
    assert "Winner:** beta 0.2 (fine-bbbb)" in text


def test_the_journals_sections_stand_for_each_run_with_a_contract(workspace: Workspace) -> None:
    study(workspace, "met-aaaa", contract=CONTRACT)
    study(workspace, "missed-bbbb", {"beta": 0.2}, 0.3, day=1, contract=CONTRACT, overrides=["grpo.beta=0.2"])
    study(workspace, "failed-cccc", {"beta": 0.3}, day=2, contract=CONTRACT, status="failed", verdict="")
    study(workspace, "plan-dddd", {"beta": 0.4}, day=3, contract=CONTRACT, status="draft")
    found = report(workspace)
    missed = said(found, "2. missed-bbbb")
    assert missed[:3] == [
        "Configuration: preset study with grpo.beta=0.2",
        "Hypothesis: A little KL is enough.",
        "Expected: mean(reward, last=50) 0.5 to 0.7",
    ]
    assert "Conclusion: not supported: its first criterion was not met" in missed
    assert any(re.match(r"Forecast: .*outside by 0\.2\d*, too low", line) for line in missed)
    assert any("open: nobody can tell" in line for line in said(found, "3. failed-cccc"))
    assert said(found, "4. plan-dddd")[-1] == "Planned: a draft, not started"
    assert "pending" not in to_markdown(found).lower()


def test_every_sentence_with_a_figure_names_runs_and_steps(workspace: Workspace) -> None:
    cliff(workspace)
    study(workspace, "met-gggg", day=6, contract=CONTRACT, accuracy=0.4, note="9 of 10 look fine")
    document = to_json(report(workspace))
    ids = {run["id"] for run in document["runs"]}
    statements = [one for part in document["sections"] for one in part["statements"]]
    figures = [one for one in statements if re.search(r"\d", one["text"])]
    assert len(figures) > 20
    for one in figures:
        assert one["sources"] or one["text"].startswith("One seed"), one
        assert {source["run"] for source in one["sources"]} <= ids
    reward = next(one for one in statements if one.get("label") == "Reward" and "happy-eeee" in one["text"])
    assert reward["sources"] == [{"run": "happy-eeee", "steps": [71, 120]}]
    held = next(one for one in statements if one.get("label") == "Held-out")
    assert held["text"].startswith("40.0 % [30 to 50], n=100 at step 120")
    (rows,) = [t for part in document["sections"] for t in part["tables"]]
    assert [source[0]["run"] for source in rows["sources"]] == [run["id"] for run in document["runs"]]
    happy = next(run for run in document["runs"] if run["id"] == "happy-eeee")
    assert happy["reward"]["steps"] == [71, 120]
    assert happy["differs"]["grpo.beta"] == 0.02
    assert happy["pass_rate"]["low"] < happy["pass_rate"]["value"] < happy["pass_rate"]["high"]


def test_the_csv_is_the_table(workspace: Workspace) -> None:
    cliff(workspace)
    study(workspace, "evil-gggg", day=6, note="=cmd()|x")
    found = report(workspace)
    rows = list(csv.DictReader(io.StringIO(to_csv(found))))
    assert [row["Run"] for row in rows] == [row["Run"] for row in table(found)]
    assert rows[0]["Degenerate?"] == "YES (template)"
    assert rows[-1]["Notes"].startswith("'=cmd")


def test_runs_are_chosen_by_name_tag_sweep_or_date(workspace: Workspace) -> None:
    study(workspace, "old-aaaa", tags=("kl", "a"))
    study(workspace, "new-bbbb", day=300, tags=("kl",))
    reader = registry(workspace)
    assert [run.id for run in choose(reader, ("bbbb",)).runs] == ["new-bbbb"]
    assert [run.id for run in choose(reader, tag="a").runs] == ["old-aaaa"]
    assert [run.id for run in choose(reader, since="2026-01-01").runs] == ["new-bbbb"]
    assert [run.id for run in choose(reader).runs] == ["old-aaaa", "new-bbbb"]
    for wrong, words in (
        ({"tag": "no"}, "there are: a, kl"),
        ({"since": "2099-01-01"}, "no run since"),
        ({"since": "yesterday"}, "write such as 2025-06-14"),
        ({"tag": ""}, "--tag is empty: name one, or leave --tag out for all runs"),
        ({"sweep": " "}, "--sweep is empty"),
        ({"since": ""}, "--since is empty"),
        ({"sweep": "no"}, "no sweep 'no'"),
        ({"tag": "a", "since": "7d"}, "--tag and --since: choose runs by one"),
    ):
        with pytest.raises(UserError, match=words):
            choose(reader, **wrong)
    assert moment("2h", 10_000) == 2800
    assert time.localtime(moment("2025-06-14 23:40", 0)).tm_hour == 23


def test_the_commands_ask_for_the_same_again(workspace: Workspace) -> None:
    (workspace.presets / "arith.toml").write_text(PRESET)
    preset = load("arith", workspace)
    asked = apply_overrides(preset, ["grpo.beta=0.5"])
    for run_id, overrides in (("same-aaaa", ["grpo.beta=0.5"]), ("other-bbbb", ["grpo.beta=0.7"])):
        writer = RunWriter(workspace.run(run_id))
        file = str(workspace.presets / "arith.toml")
        writer.asked(preset="arith", preset_file=file, config=resolve(asked), overrides=overrides)
        writer.close()
    study(
        workspace,
        "fork-cccc",
        day=1,
        parent={"run": "same-aaaa", "relation": "fork", "step": 50},
        overrides=["a.b=x y"],
    )
    assert said(report(workspace), "To run them again") == [
        "# its preset has changed since; a clone asks for the same",
        "grpotui clone other-bbbb",
        "grpotui launch arith --set grpo.beta=0.5",
        "grpotui fork same-aaaa --step 50 --set 'a.b=x y'",
    ]


def test_many_fields_share_a_column_and_the_seed_comes_last(workspace: Workspace) -> None:
    for number, run_id in enumerate(("a-aaaa", "b-bbbb", "c-cccc")):
        fields = {f"field_{n}": int(number == 2) for n in range(7)}
        study(workspace, run_id, {**fields, "seed": number}, day=number)
    shown, others = columns(report(workspace).entries)
    assert [column.name for column in shown] == [f"field_{n}" for n in range(6)]
    assert others == ("seed=0", "seed=1", "field_6=1, seed=2") or others[2].startswith("field_6=1")


def test_markdown_of_data_is_only_text() -> None:
    assert plain("a_b * `x` <b> [1 to 2] a|b _c_") == r"a_b \* \`x\` \<b> [1 to 2] a\|b \_c\_"
    assert plain("[x](http://y) ![i](z) &lt; ~~s~~") == r"\[x](http://y) !\[i](z) \&lt; \~~s\~~"
    assert [beginning(text) for text in ("# h", "1. x", "0.95 y", "- z")] == [
        r"\# h",
        r"1\. x",
        "0.95 y",
        r"\- z",
    ]


def test_nothing_to_tell_is_told(workspace: Workspace) -> None:
    with pytest.raises(UserError, match="no runs yet"):
        report(workspace)
    study(workspace, "plan-aaaa", status="draft")
    found = report(workspace)
    assert said(found, "Summary") == ["Winner: none: no run has logged a reward"]
    assert table(found)[0]["Notes"] == "planned"
