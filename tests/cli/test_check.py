from __future__ import annotations

from grpotui.stream import read_json
from grpotui.workspace import Workspace
from tests.support import Cli

WRONG = ("--set", "grpo.num_generations=12")


def test_errors_are_told_with_fixes_and_exit_1(cli: Cli) -> None:
    done = cli("check", "demo-happy", *WRONG)
    assert done.code == 1
    assert "✖ full-groups: a generation of 64 completions is not divisible by num_generations 12" in done.out
    assert "try --set grpo.per_device_train_batch_size=60" in done.out
    assert "1 error, no warnings" in done.out
    mended = cli("check", "demo-happy", *WRONG, "--set", "grpo.per_device_train_batch_size=60")
    assert mended.code == 0
    assert "no errors, no warnings" in mended.out


def test_json_is_one_document(cli: Cli) -> None:
    found = cli("check", "demo-happy", *WRONG, "--json")
    assert found.code == 1
    first = found.json["findings"][0]
    assert (first["rule"], first["level"]) == ("full-groups", "error")
    assert first["fixes"][0] == {"grpo.per_device_train_batch_size": 60}
    assert "lo96kcmm" in first["experience"]
    assert found.json["exact"] is None
    assert cli("check", "demo-happy", "--json").json["steps"] == 80


def test_what_no_rule_can_read_is_told_by_field(cli: Cli) -> None:
    done = cli("check", "demo-happy", "--set", "grpo.beta=abc")
    assert done.code == 1
    assert "✖ grpo.beta: expected a number" in done.out
    assert cli("check", "demo-hapy").code == 2


def test_it_works_without_a_workspace(cli: Cli) -> None:
    assert cli("check", "demo-happy", in_workspace=False).code == 0


def test_launch_refuses_an_error_unless_forced(cli: Cli, workspace: Workspace) -> None:
    blind = ("--set", "rewards=[{name='format', pattern='never anything'}]", "--draft")
    refused = cli("launch", "demo-happy", *blind)
    assert refused.code == 2
    assert "constant-reward" in refused.err
    assert "--force" in refused.err
    assert list(workspace.runs()) == []
    forced = cli("launch", "demo-happy", *blind, "--force")
    assert forced.code == 0
    (run,) = workspace.runs()
    assert (read_json(run.run_json) or {})["preset"] == "demo-happy"


def test_what_trl_refuses_cannot_be_forced(cli: Cli, workspace: Workspace) -> None:
    done = cli("launch", "demo-happy", *WRONG, "--draft", "--force")
    assert done.code == 2
    assert "try --set grpo.per_device_train_batch_size=60" in done.err
    assert "--force" not in done.err
    assert list(workspace.runs()) == []


def test_launch_tells_warnings_and_goes_on(cli: Cli) -> None:
    done = cli("launch", "demo-happy", "--set", "grpo.temperature=0.2", "--draft", "--json")
    assert done.code == 0
    assert "▲ low-temperature: temperature 0.2 is below 0.3" in done.err
    assert done.json["id"].startswith("demo-happy-")
