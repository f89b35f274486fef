"""Small parts: logs' last words, endings, locks, launching with bad input."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from grpotui.errors import UserError
from grpotui.launch.journal import next_attempt, queue_up, say, state
from grpotui.launch.machine import locks
from grpotui.launch.request import LaunchRequest
from grpotui.launch.runner.ending import BALLAST, Ending, announce, decide, last_line, record, reserve
from grpotui.launch.runner.stop import Request
from grpotui.launch.runner.supervise import UNKNOWN, Outcome
from grpotui.launch.submit import launch
from grpotui.presets import load
from grpotui.records import Status
from grpotui.stream import read_json, write_json
from grpotui.workspace import RunDir, Workspace
from tests.launch.lab import Lab

TRACEBACK = """Loading: 100%|##########| 3/3 [00:00<00:00, 9.9it/s]
Traceback (most recent call last):
  File "x.py", line 1, in <module>
    f()
torch.OutOfMemoryError: CUDA out of memory.
Tried to allocate 20 GiB

 12%|#2        | 6/50 [00:01<00:09, 4.6it/s]"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("one\ntwo\n\n", "two"),
        (TRACEBACK, "torch.OutOfMemoryError: CUDA out of memory."),
        ("said\n  5%|5 | 1/20\r 10%|# | 2/20 [00:01, 2.0it/s]", "said"),
        ("bad \x1b]52;c;aGk=\x07 bytes \udcff"[:-1], "bad ␛]52;c;aGk=␇ bytes"),
    ],
)
def test_last_words_of_a_log(tmp_path: Path, text: str, expected: str) -> None:
    log = tmp_path / "output.log"
    log.write_text("an older attempt: " + "x" * 100_000 + "\n" + text)
    assert last_line(log, log.stat().st_size - len(text.encode())) == expected
    assert last_line(tmp_path / "none") == ""


@pytest.fixture
def run(workspace: Workspace) -> RunDir:
    run = workspace.new_run("study")
    run.output_log.write_text("Traceback (most recent call last):\n  x\nValueError: no\n")
    return run


def decided(run: RunDir, outcome: Outcome, **more: Any) -> tuple[Status, str]:
    facts: dict[str, Any] = {"asked": None, "killed": False, "oom": False, "log_start": 0, **more}
    ending = decide(run, 2, outcome, **facts)
    return ending.status, ending.reason


def test_how_an_attempt_ended(run: RunDir) -> None:
    assert decided(run, Outcome(code=1)) == (Status.FAILED, "ValueError: no")
    assert decided(run, Outcome(signal=11)) == (Status.FAILED, "killed by signal 11 (SIGSEGV)")
    assert decided(run, Outcome(signal=9), oom=True)[1] == (
        "killed by signal 9: out of memory, says the kernel"
    )
    assert decided(run, UNKNOWN)[1].startswith("trainer ended without a result; its exit code is unknown")
    assert decided(run, Outcome(signal=15), asked=Request("why not")) == (Status.STOPPED, "why not")
    assert decided(run, Outcome(code=1), asked=Request("why not")) == (Status.FAILED, "ValueError: no")


def test_the_result_decides_if_it_is_of_this_attempt(run: RunDir) -> None:
    result = {"attempt": 2, "status": "finished", "reason": "all steps\x1b[2J"}
    write_json(run.result_json, result)
    assert decided(run, Outcome(code=1)) == (Status.FINISHED, "all steps␛[2J")
    write_json(run.result_json, {**result, "attempt": 1})
    assert decided(run, Outcome(code=1))[0] is Status.FAILED
    write_json(run.result_json, {**result, "status": "stopped"})
    assert decided(run, Outcome(code=0), asked=Request("enough")) == (Status.STOPPED, "enough")
    run.result_json.write_text('{"attempt": 2, "status": ["finished"]}')
    assert decided(run, Outcome(code=1))[0] is Status.FAILED


def test_an_ending_is_recorded_once(run: RunDir) -> None:
    reserve(run)
    assert run.ballast.stat().st_size == BALLAST
    ending = Ending(Status.FAILED, "why", Outcome(code=3))
    record(run, 1, ending)
    announce(run, 1, ending)
    assert run.events.read_text().count('"failed"') == 1
    assert (read_json(run.exit_json) or {})["code"] == 3
    assert not run.ballast.exists()


def test_attempts_count_on_whatever_the_last_one_left(run: RunDir) -> None:
    assert next_attempt(run) == 1
    queue_up(run, 1)
    assert next_attempt(run) == 1
    say(run, Status.STARTING, 1)
    assert next_attempt(run) == 2
    write_json(run.process_json, {"attempt": 4})
    assert next_attempt(run) == 5
    run.events.write_text("torn\n" + run.events.read_text() + '{"type": "status", "status": 5}\n{"type"')
    assert state(run).status is Status.STARTING


def test_a_lock_survives_until_its_last_copy_and_a_removed_file_is_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert not locks.is_held(path)
    fd = locks.try_lock(path)
    assert fd is not None
    begun = time.monotonic()
    assert locks.try_lock(path, patience=0.1) is None
    assert time.monotonic() - begun >= 0.1
    path.unlink()
    second = locks.try_lock(path)
    assert second is not None and locks.is_held(path)
    for descriptor in (fd, second):
        os.close(descriptor)
    assert not locks.is_held(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"overrides": ("grpo.beta=abc",)}, "grpo.beta"),
        ({"overrides": ("grpo.betta=1",)}, "beta"),
        ({"model": "./nowhere"}, "nowhere"),
        ({"device": "tpu"}, "tpu"),
    ],
)
def test_bad_input_makes_no_run(lab: Lab, change: dict[str, Any], message: str) -> None:
    request = LaunchRequest(load("fake", lab.workspace), **change)
    with pytest.raises(UserError, match=message):
        launch(lab.workspace, request)
    assert list(lab.workspace.runs()) == []


def test_what_was_asked_is_kept(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRPOTUI_TRAINER_MODULE", "no_such_module")
    run = lab.launch("a", "a", "b", overrides=("grpo.beta=0.1",), seed=7, name="Ünïcode ../..")
    asked = read_json(run.run_json) or {}
    lab.ended(run)
    assert asked["overrides"] == ["grpo.beta=0.1", "grpo.seed=7"]
    assert (asked["seed"], asked["tags"], asked["device"]) == (7, ["a", "b"], "cpu")
    assert asked["config"]["grpo"]["beta"] == 0.1
    assert asked["config"]["health"]["window_groups"] == 8
    assert run.path.parent == lab.workspace.logs
