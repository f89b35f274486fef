"""A program of the user's own is told of each change of verdict, by the runner alone."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from grpotui.launch.control import resume
from grpotui.launch.journal import events
from grpotui.launch.runner.errand import run as run_errand
from grpotui.launch.trust import UntrustedError, trust
from grpotui.presets.notify import filled
from grpotui.records import Status
from grpotui.workspace import RunDir
from tests.launch.lab import Lab, until

SCRIPT = """
import json, sys
with open("told.jsonl", "a") as file:
    file.write(json.dumps(sys.argv[1:]) + "\\n")
"""


def launch(lab: Lab, *tags: str, command: list[str]) -> RunDir:
    """Launch a run with a command, which is trusted first."""
    wanted = (f"notify.command={json.dumps(command)}",)
    with pytest.raises(UntrustedError) as raised:
        lab.launch(*tags, overrides=wanted)
    trust([untrusted.file for untrusted in raised.value.files])
    return lab.launch(*tags, overrides=wanted)


def told(lab: Lab) -> list[list[str]]:
    path = lab.workspace.root / "told.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.fixture
def script(lab: Lab) -> Path:
    path = lab.workspace.root / "tell.py"
    path.write_text(SCRIPT)
    return path


def test_each_change_is_told_once(lab: Lab, script: Path) -> None:
    command = [sys.executable, "tell.py", "{run}: {verdict}", "{cause}", "{step}", "{message}", "$HOME"]
    run = launch(lab, "steps=60", "delay=0.02", "collapse=20", command=command)
    assert lab.ended(run) is Status.FINISHED
    changes = [event for event in events(run) if event["type"] == "verdict"]
    until(lambda: len(told(lab)) == len(changes), lambda: f"{told(lab)} {lab.story(run)}")
    wanted = [[f"{run.id}: {e['to']}", e["cause"], str(e["step"]), e["message"], "$HOME"] for e in changes]
    assert sorted(told(lab)) == sorted(wanted)
    assert "collapsed" in {event["to"] for event in changes}
    assert run.runner_log.read_text() == ""


def test_a_resumed_run_tells_nothing_again(lab: Lab, script: Path) -> None:
    run = launch(lab, "steps=20", "crash=14", "save=3", command=[sys.executable, "tell.py", "{verdict}"])
    assert lab.ended(run) is Status.FAILED
    changes = [event for event in events(run) if event["type"] == "verdict"]
    assert changes
    until(lambda: len(told(lab)) == len(changes))
    resume(lab.workspace, run.id)
    assert lab.ended(run) is Status.FINISHED
    both = [event for event in events(run) if event["type"] == "verdict"]
    until(lambda: len(told(lab)) >= len(both))
    assert len(told(lab)) == len(both)


def test_what_goes_wrong_is_in_the_runners_log_only(lab: Lab) -> None:
    code = "import sys; sys.stderr.write('no bus\\x1b[31m\\n'); sys.exit(3)"
    run = launch(lab, "steps=12", command=[sys.executable, "-c", code])
    assert lab.ended(run) is Status.FINISHED
    until(lambda: "notify" in run.runner_log.read_text())
    log = run.runner_log.read_text()
    assert f"notify: {sys.executable}: ended with code 3: no bus␛[31m" in log
    assert "\x1b" not in log


def test_a_command_that_is_not_there_harms_nothing(lab: Lab) -> None:
    run = launch(lab, "steps=12", command=["/no/such/program", "{run}"])
    assert lab.ended(run) is Status.FINISHED
    until(lambda: "cannot be started: No such file" in run.runner_log.read_text())


def test_a_command_has_a_limit() -> None:
    assert run_errand([sys.executable, "-c", "import time; time.sleep(60)"], 0.3) == (
        "did not end in 0.3 s and was killed"
    )
    assert run_errand([sys.executable, "-c", ""], 30) == ""


def test_the_script_has_to_be_what_was_trusted(lab: Lab, script: Path) -> None:
    run = launch(lab, "steps=12", "hold=2", command=[sys.executable, "tell.py", "{run}"])
    lab.until_step(run, 1)
    script.write_text(SCRIPT + "# another one")
    lab.go(run, 2)
    assert lab.ended(run) is Status.FINISHED
    assert "notify: tell.py changed since the run was launched" in run.runner_log.read_text()
    assert told(lab) == []


def test_a_new_command_asks_and_says_what_it_is(lab: Lab) -> None:
    with pytest.raises(UntrustedError, match=r"notify: say '\{run\}: \{verdict\}' is new here") as raised:
        lab.launch(overrides=('notify.command=["say", "{run}: {verdict}"]',))
    (untrusted,) = raised.value.files
    assert untrusted.head() == [
        "notify: say '{run}: {verdict}'",
        "is run whenever the verdict of the run changes",
    ]
    trust([untrusted.file])
    with pytest.raises(UntrustedError, match=r"say '\{run\}'"):
        lab.launch(overrides=('notify.command=["say", "{run}"]',))


def test_what_stands_in_a_placeholder_is_one_harmless_argument() -> None:
    values = {"run": "a-1", "verdict": "collapsed", "message": "--exec=rm\n\x1b[31m{run} $(id)"}
    assert filled(["say", "{message}", "x {run} {verdict}{cause}", "{{}}"], values) == [
        "say",
        "exec=rm⏎␛[31m{run} $(id)",
        "x a-1 collapsed",
        "{{}}",
    ]
