"""Causes, stops and provenance, without torch."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
from pathlib import Path

import pytest

from grpotui.errors import UserError
from grpotui.stream import write_json
from grpotui.train import provenance
from grpotui.train.failure import LIMIT, LossError, RewardError, describe
from grpotui.train.outcome import Outcome, Progress
from grpotui.train.stopping import StopSignal, StopWhileLoadingError
from grpotui.workspace import RunDir


class OutOfMemoryError(RuntimeError):
    """As torch calls it."""


def caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "step", "beginning"),
    [
        (UserError("no such task"), 3, "no such task"),
        (MemoryError(), 4, "out of memory at step 4: lower grpo.per_device_train_batch_size"),
        (OutOfMemoryError("CUDA out of memory."), None, "out of memory while loading: lower"),
        (
            RuntimeError("DefaultCPUAllocator: can't allocate memory"),
            2,
            "out of memory at step 2",
        ),
        (caused(RewardError("r", MemoryError()), MemoryError()), 2, "out of memory at step 2"),
        (RewardError("exact", ValueError("bad\nline")), 2, "reward 'exact' raised ValueError: bad line"),
        (LossError(12, float("nan")), 12, "loss became NaN at step 12: lower grpo.learning_rate"),
        (LossError(12, float("-inf")), 12, "loss became infinite at step 12: "),
        (OSError(errno.ENOSPC, "No space left on device"), 9, "no space left on the disk at step 9"),
        (SystemExit(3), 1, "something called exit(3) at step 1"),
        (KeyboardInterrupt(), None, "interrupted while loading"),
        (KeyError("prompt"), 1, "at step 1: KeyError: 'prompt'"),
        (RuntimeError("first\n\nsecond"), None, "while loading: RuntimeError: first"),
        (ValueError(), 1, "at step 1: ValueError"),
    ],
)
def test_every_cause_is_one_line(error: BaseException, step: int | None, beginning: str) -> None:
    reason = describe(error, step)
    assert reason.startswith(beginning)
    assert len(reason.splitlines()) == 1


def test_a_long_cause_is_cut_and_holds_no_secret() -> None:
    assert len(describe(ValueError("x" * 9000), 1)) == LIMIT
    outcome = Outcome.failed(ValueError("token hf_" + "a" * 34), Progress(step=3, training=True))
    assert outcome.reason == "at step 4: ValueError: token <redacted>"
    assert outcome.error == {"type": "ValueError", "message": "token <redacted>"}
    assert outcome.exit_code == 1


def test_term_while_loading_raises_and_later_waits(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    stop = StopSignal(RunDir(tmp_path))
    try:
        stop.install()
        assert not stop.asked()
        with pytest.raises(StopWhileLoadingError):
            os.kill(os.getpid(), signal.SIGTERM)
        assert stop.asked()
        os.kill(os.getpid(), signal.SIGTERM)  # a second one finds the trainer at its last words
        assert stop.reason == "stopped by TERM"
    finally:
        signal.signal(signal.SIGTERM, before)


@pytest.mark.parametrize(
    ("request_", "asked", "reason"),
    [
        ({"action": "stop", "reason": "looks\ncollapsed"}, True, "looks collapsed"),
        ({"action": "stop", "reason": None}, True, "stopped on request"),
        ({"action": "checkpoint"}, False, "stopped by TERM"),
    ],
)
def test_a_request_stops_with_its_reason(
    tmp_path: Path, request_: dict[str, object], asked: bool, reason: str
) -> None:
    run = RunDir(tmp_path)
    stop = StopSignal(run)
    assert not stop.asked()
    write_json(run.request_json, request_)
    assert stop.asked() is asked
    assert stop.reason == reason


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def test_git_state_tells_commit_and_dirty_diff(tmp_path: Path) -> None:
    assert provenance.git_state(tmp_path) is None
    git(tmp_path, "init", "-q")
    assert provenance.git_state(tmp_path) is None
    (tmp_path / "a.txt").write_text("one\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "first")
    inner = tmp_path / "logs" / "run"
    inner.mkdir(parents=True)
    clean = provenance.git_state(inner) or {}
    assert len(clean["commit"]) == 40
    assert (clean["dirty"], clean["diff"]) == (False, "")
    (tmp_path / "a.txt").write_text("one\nhf_" + "b" * 34 + "\n")
    dirty = provenance.git_state(inner) or {}
    assert dirty["dirty"] is True
    assert "+<redacted>" in dirty["diff"]
    (tmp_path / "a.txt").write_text("line\n" * 100_000)
    large = provenance.git_state(inner) or {}
    assert large["dirty"] is True
    assert provenance.DIFF_LIMIT < len(large["diff"]) < provenance.DIFF_LIMIT + 20
