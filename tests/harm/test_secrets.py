"""What the environment, a person or a trainer let slip reaches no file, no export and no command line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from grpotui.launch.remarks import note, tag
from grpotui.records import Status
from grpotui.registry import rebuild
from grpotui.stream import read_json, write_json
from tests.faults.terminal import terminal
from tests.harm.canary import CANARY, ENVIRONMENT, TYPED, leaks, readable_by_others, watched_processes
from tests.launch.lab import PROJECT, Lab
from tests.support import Cli


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def open_umask() -> Iterator[None]:
    """The most careless umask that a user can have."""
    before = os.umask(0)
    yield
    os.umask(before)


def test_a_leaky_trainer(lab: Lab, cli: Cli, secrets: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own words go to output.log; ours, that repeat the last one, lose the secrets."""
    monkeypatch.setenv("GRPOTUI_TRAINER_MODULE", "tests.harm.leaky")
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    with watched_processes() as seen:
        run = lab.launch(TYPED[0], name=f"with {TYPED[1]}")
        assert lab.ended(run) is Status.FAILED
        note(lab.workspace, run.id, f"logs in with {TYPED[0]} at {TYPED[1]}")
        tag(lab.workspace, run.id, [TYPED[1]])
    assert seen == set()
    reason = (read_json(run.exit_json) or {})["reason"]
    assert reason == "cannot log in: <redacted> at postgres://<redacted>@db.example/runs"
    assert CANARY in run.output_log.read_text()
    rebuild(lab.workspace)
    assert leaks(lab.workspace.root, "output.log") == []
    for verb in (
        ["show", run.id],
        ["show", run.id, "--json"],
        ["ls", "--json"],
        ["metrics", run.id, "--json"],
    ):
        done = cli(*verb)
        assert done.code == 0 and CANARY not in done.out.lower()


def test_secrets_in_a_preset_are_refused_everywhere(lab: Lab, cli: Cli, secrets: None) -> None:
    (lab.workspace.presets / "bad.toml").write_text('model = "tiny"\n[grpo]\nhub_token = "canary-8"\n')
    values = (
        "grpo.hub_token=canary-9",
        f"grpo.run_name={TYPED[1]}",
        f"summary={ENVIRONMENT['MY_SERVICE_TOKEN']}",
    )
    for arguments in (["bad"], *(["fake", "--set", value] for value in values)):
        done = cli("launch", *arguments)
        assert done.code == 2 and "set it in the environment" in done.err
        assert CANARY not in done.err
    assert CANARY not in cli("presets", "--show", "bad").out
    assert CANARY not in cli("presets", "--show", "bad", "--json").out
    assert cli("ls", "--json").json == []
    assert leaks(lab.workspace.root, "presets") == []


def test_a_folder_from_elsewhere(lab: Lab, cli: Cli) -> None:
    """What others wrote down stays in their files."""
    run = lab.workspace.run("foreign-ab2c")
    run.path.mkdir()
    config = {"grpo": {"hub_token": "canary-10", "eos_token": "<s>"}, "env": {"API_KEY": "canary-11"}}
    write_json(run.run_json, {"created_at": 1.0, "config": config, "notes": TYPED[1]})
    write_json(run.attempt_json(1), {"attempt": 1, "config": config})
    done = cli("show", run.id, "--json")
    assert CANARY not in done.out
    assert done.json["config"]["grpo"] == {"hub_token": "<redacted>", "eos_token": "<s>"}
    assert [path for path in leaks(lab.workspace.root) if "foreign" not in path] == []


def test_all_that_is_made_is_private(lab: Lab, cli: Cli, open_umask: None) -> None:
    fresh = lab.workspace.root / "new" / "deep"
    assert cli("init", str(fresh), in_workspace=False).code == 0
    run_id = cli("launch", "fake", "--wait", "--tag", "steps=4", "--tag", "save=2").out.strip()
    with terminal(lab.workspace) as app:
        app.wait_for(run_id)
        app.press("mseen\rbq")
        assert app.process.wait(20) == 0
    assert cli("rebuild").code == 0
    assert cli("launch", "fake", "--draft").code == 0
    assert cli("delete", run_id).code == 0
    (lab.workspace.presets / "fake.toml").chmod(0o600)  # the test's own
    (lab.workspace.presets).chmod(0o700)
    assert (lab.workspace.bin / run_id / "checkpoints" / "checkpoint-4").is_dir()
    assert readable_by_others(lab.workspace.root) == []
    assert readable_by_others(Path(os.environ["GRPOTUI_RUNTIME_DIR"])) == []
