from __future__ import annotations

import sqlite3

from grpotui.stream import LineWriter
from grpotui.workspace import Workspace
from tests.support import Cli, write_run
from tests.writing import RunWriter

SUMMARY_KEYS = {
    "id",
    "name",
    "kind",
    "status",
    "verdict",
    "preset",
    "step",
    "max_steps",
    "epoch",
    "reward",
    "created_at",
}


def test_ls_json_holds_the_promised_fields(cli: Cli, workspace: Workspace) -> None:
    write_run(workspace)
    (run,) = cli("ls", "--json").json
    assert run.keys() >= SUMMARY_KEYS
    assert (run["id"], run["status"], run["step"], run["max_steps"]) == ("study-ab2c", "finished", 12, 12)


def test_a_queued_run_has_no_verdict_yet(cli: Cli, workspace: Workspace) -> None:
    writer = RunWriter(workspace.run("wait-ab2c"))
    writer.asked(planned_steps=40)
    writer.status("draft", 0)
    writer.close()
    (run,) = cli("ls", "--json").json
    assert (run["verdict"], run["max_steps"]) == (None, 40)
    assert cli("ls").out.splitlines()[1].split()[:4] == ["wait-ab2c", "draft", "-", "0/40"]


def test_ls_of_an_empty_workspace_says_what_to_do(cli: Cli) -> None:
    assert "grpotui launch" in cli("ls").out
    assert cli("ls", "--json").json == []


def test_show_json_is_whole(cli: Cli, workspace: Workspace) -> None:
    write_run(workspace)
    detail = cli("show", "study", "--json").json
    assert detail["config"]["grpo"] == {"beta": 0.1, "max_steps": 12, "learning_rate": 1e-06}
    assert detail["last"]["reward"] == 1.0
    assert detail["flags"][0]["message"] == "zero-std 0.30 over 0.25"
    assert detail["exit"] == {"code": 0, "signal": None, "reason": "finished"}
    assert detail["process"] == {"runner_pid": 11, "trainer_pid": 12}
    assert detail["paths"]["metrics"].endswith("study-ab2c/metrics.jsonl")
    assert detail["note"] == "read me"


def test_show_names_the_model_by_what_is_in_it(cli: Cli, workspace: Workspace) -> None:
    write_run(workspace)
    model = cli("show", "study", "--json").json["model"]
    assert (model["path"], model["weights_sha256"], model["weights_hashed"]) == (
        "/models/tiny",
        "ab" * 32,
        "whole files",
    )
    assert "/models/tiny  sha256 abababababab\n" in cli("show", "study").out


def test_a_mean_between_minus_one_and_one_is_read_as_a_pass_rate(cli: Cli, workspace: Workspace) -> None:
    writer = RunWriter(workspace.run("exact-ab2c"))
    writer.asked()
    writer.attempt(reward_range=[-1.0, 1.0], reward_binary=True)
    writer.log_step(reward=0.875)
    writer.close()
    assert cli("show", "exact", "--json").json["pass_rate"] == 0.9375
    assert "0.875  (pass rate 93.75 %)\n" in cli("show", "exact").out
    write_run(workspace)
    assert cli("show", "study", "--json").json["pass_rate"] is None
    assert "pass rate" not in cli("show", "study").out


def test_metrics_json_is_points_by_key(cli: Cli, workspace: Workspace) -> None:
    write_run(workspace, steps=3)
    assert cli("metrics", "ab2c", "--key", "kl", "--json").json == {"kl": [[1, 0.1], [2, 0.1], [3, 0.1]]}
    assert "reward" in cli("metrics", "@last", "--json").json


def test_an_unknown_metric_is_wrong_use(cli: Cli, workspace: Workspace) -> None:
    write_run(workspace)
    wrong = cli("metrics", "study", "--key", "rewrd")
    assert wrong.code == 2
    assert "no metric 'rewrd'; nearest: reward" in wrong.err
    assert wrong.out == ""


def test_completions_json_are_the_files_objects(cli: Cli, workspace: Workspace) -> None:
    run = write_run(workspace, steps=2)
    writer = LineWriter(run.completions)
    writer.append({"step": 3, "group": 0, "mode": "train", "prompt": "x", "completions": [], "mine": 1})
    objects = cli("completions", "study", "--json").json
    assert [(o["step"], o["group"]) for o in objects] == [(1, 0), (1, 1), (2, 0), (2, 1), (3, 0)]
    assert objects[-1]["mine"] == 1
    assert [o["step"] for o in cli("completions", "study", "--step", "2", "--json").json] == [2, 2]


def test_logs_pass_no_escape_on(cli: Cli, workspace: Workspace) -> None:
    write_run(workspace)
    printed = cli("logs", "study").out
    assert printed.splitlines() == ["step 1", "step 2 ␛[31mred"]


def test_a_run_that_is_none_is_named_in_one_line(cli: Cli, workspace: Workspace) -> None:
    write_run(workspace)
    wrong = cli("show", "nothing")
    assert wrong.code == 2
    assert len(wrong.err.splitlines()) == 1
    assert wrong.out == ""


def test_rebuild_brings_everything_back(cli: Cli, workspace: Workspace) -> None:
    write_run(workspace)
    before = (
        cli("ls", "--json").out,
        cli("metrics", "study", "--json").out,
        cli("show", "study", "--json").out,
    )
    workspace.db.unlink()
    assert cli("rebuild").out == "1 runs, 36 points, 24 groups, 4 events\n"
    with sqlite3.connect(workspace.db) as index:
        assert index.execute("SELECT id, note FROM runs").fetchall() == [("study-ab2c", "read me")]
    after = cli("ls", "--json").out, cli("metrics", "study", "--json").out, cli("show", "study", "--json").out
    assert after == before
