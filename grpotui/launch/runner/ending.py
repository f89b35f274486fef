"""How an attempt ended, from its files and its process; and writing that down."""

from __future__ import annotations

import re
import shutil
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grpotui.launch.journal import of_attempt, queued_event, state, status_event
from grpotui.launch.runner.retry import next_try, was_retried
from grpotui.launch.runner.retry import told as retry_events
from grpotui.launch.runner.stop import Request
from grpotui.launch.runner.supervise import UNKNOWN, Outcome
from grpotui.records import Status
from grpotui.secrecy import without_secrets
from grpotui.stream import read_json, write_json
from grpotui.text import clean, last_state
from grpotui.workspace import RunDir

BALLAST = 32 * 1024
"""Bytes kept aside so that an ending can be recorded on a full disk."""
LOST = "runner and trainer are gone (killed or rebooted)"

_REASON_LENGTH = 300
_TAIL = 64 * 1024
_TRACEBACK = "Traceback (most recent call last):"
_PROGRESS = re.compile(r"\d+%\||it/s|s/it")


@dataclass(frozen=True, slots=True)
class Ending:
    """How an attempt ended."""

    status: Status
    reason: str
    outcome: Outcome = UNKNOWN
    out_of_memory: bool = False
    """That is why, and nobody had asked it to end."""


def from_result(
    run: RunDir, attempt: int, asked: Request | None = None, outcome: Outcome = UNKNOWN
) -> Ending | None:
    """Return the ending as the trainer itself wrote it for this attempt, or None.

    Memory that ran out counts only while nobody ``asked`` it to end: else nothing shall follow.
    """
    result = of_attempt(read_json(run.result_json), attempt)
    if result is None or result.get("status") not in (Status.FINISHED, Status.FAILED, Status.STOPPED):
        return None
    status = Status(result["status"])
    reason = str(result.get("reason") or "")
    if status is Status.STOPPED and asked is not None and asked.reason:
        reason = asked.reason
    memory = asked is None and status is Status.FAILED and result.get("out_of_memory") is True
    return _after_memory(run, Ending(status, clean(reason, _REASON_LENGTH) or str(status), outcome, memory))


def decide(
    run: RunDir,
    attempt: int,
    outcome: Outcome,
    *,
    asked: Request | None,
    killed: bool,
    oom: bool,
    log_start: int,
    launched: bool = False,
) -> Ending:
    """Return how a supervised attempt ended: ``result.json`` decides, then the exit code, then the log.

    ``asked`` is the stop request if there was one, ``killed`` whether its grace ran out, ``oom`` whether the
    kernel killed something for memory meanwhile, ``log_start`` the place in the log where the attempt begins;
    ``launched``: the code is that of a launcher, which is 1 after ranks that were asked to end.
    """
    told = from_result(run, attempt, asked, outcome)
    if told is not None and launched and outcome.signal is not None and asked is None:
        reason = f"the launcher of its ranks was {_killed_by(outcome.signal, oom)}; they say: {told.reason}"
        return Ending(Status.FAILED, reason, outcome)
    if told is not None:
        return told
    if asked is not None and (killed or launched or outcome.signal is not None or not outcome.code):
        reason = asked.reason or "stopped before it could save"
        if killed:
            reason += f" ({'killed on request' if asked.force else 'it did not end in time and was killed'})"
        return Ending(Status.STOPPED, clean(reason, _REASON_LENGTH), outcome)
    by_kernel = oom and (outcome.signal == signal.SIGKILL or launched)
    reason = _failure(run, outcome, oom, log_start)
    return _after_memory(run, Ending(Status.FAILED, reason, outcome, by_kernel))


def _after_memory(run: RunDir, ending: Ending) -> Ending:
    """Return the ending with why nothing follows, where it ran out of memory and something should."""
    refused = next_try(run).refused if ending.out_of_memory else ""
    return replace(ending, reason=f"{ending.reason}; not tried with less: {refused}") if refused else ending


def _failure(run: RunDir, outcome: Outcome, oom: bool, log_start: int) -> str:
    if outcome.signal is not None:
        return _killed_by(outcome.signal, oom)
    line = last_line(run.output_log, log_start)
    if outcome.code:
        return line or f"trainer ended with exit code {outcome.code} and said nothing{_full_disk(run)}"
    hint = "" if outcome.code == 0 else "; its exit code is unknown, its first runner was killed"
    return f"trainer ended without a result{hint}" + (f": {line}" if line else "")


def _full_disk(run: RunDir) -> str:
    return ": the disk is full" if shutil.disk_usage(run.path).free < BALLAST else ""


def _killed_by(number: int, oom: bool) -> str:
    name = next((s.name for s in signal.Signals if s == number), "")
    if number == signal.SIGKILL:
        return f"killed by signal {number}{': out of memory, says the kernel' if oom else ''}"
    return f"killed by signal {number}" + (f" ({name})" if name else "")


def last_line(log: Path, start: int = 0) -> str:
    """Return what a log ends with in one harmless line: the error of a traceback rather than its last line.

    Progress bars are passed over; ``start`` is the byte where the attempt's part of the log begins.
    """
    try:
        with log.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(start, size - _TAIL))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    lines = [last_state(line) for line in text.split("\n")]
    if _TRACEBACK in lines:
        last = len(lines) - 1 - lines[::-1].index(_TRACEBACK)
        error = next((line for line in lines[last + 1 :] if line and not line[0].isspace()), "")
        if error:
            return clean(error, _REASON_LENGTH)
    spoken = [line for line in lines if line.strip() and not _PROGRESS.search(line)]
    return clean(spoken[-1].strip(), _REASON_LENGTH) if spoken else ""


def reserve(run: RunDir) -> None:
    """Keep some of the disk aside for :func:`record`; a disk that is full already has none to keep."""
    with suppress(OSError):
        run.ballast.write_bytes(b"\xff" * BALLAST)


def record(run: RunDir, attempt: int, ending: Ending) -> None:
    """Write ``exit.json`` and the status event, on a full disk too (the ballast goes first)."""
    run.ballast.unlink(missing_ok=True)
    content: dict[str, Any] = {
        "attempt": attempt,
        "code": ending.outcome.code,
        "signal": ending.outcome.signal,
        "status": str(ending.status),
        "reason": ending.reason,
        "out_of_memory": ending.out_of_memory,
        "time": time.time(),
    }
    try:
        write_json(run.exit_json, without_secrets(content))
    finally:
        announce(run, attempt, ending)


def announce(run: RunDir, attempt: int, ending: Ending) -> None:
    """Append the status event of an ending, unless it is there already.

    Where memory ran out, and ``on_oom`` says what to do, the next attempt is queued with the same write:
    nobody sees a run as failed that goes on by itself.
    """
    known = state(run)
    if known.attempt == attempt and known.status.is_ended:
        return
    seen = {"code": ending.outcome.code, "signal": ending.outcome.signal, "reason": ending.reason}
    written = [status_event(ending.status, attempt, ending.reason, exit=seen)]
    changes = {} if not ending.out_of_memory or was_retried(run, attempt) else next_try(run).changes
    if changes:
        written += [*retry_events(run, attempt, changes, ending.reason), queued_event(run, attempt + 1)]
    run.append_events(written)


def from_exit(run: RunDir, attempt: int) -> Ending | None:
    """Return the ending that a runner recorded for this attempt, or None."""
    data = of_attempt(read_json(run.exit_json), attempt)
    if data is None or data.get("status") not in [s for s in Status if s.is_ended]:
        return None
    code, number = data.get("code"), data.get("signal")
    outcome = Outcome(code if isinstance(code, int) else None, number if isinstance(number, int) else None)
    memory = data.get("out_of_memory") is True
    return Ending(Status(data["status"]), str(data.get("reason") or ""), outcome, memory)
