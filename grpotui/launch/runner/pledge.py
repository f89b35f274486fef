"""The contract of one run: its marks while it goes on, its score at the end, and the baseline beside it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from grpotui.contract import Contract, Tracker, outcome, read
from grpotui.launch.journal import config_of, events
from grpotui.launch.policy import read_policy
from grpotui.launch.runner.account import Account
from grpotui.records import RunKind, Status, as_int
from grpotui.registry.desk import DeskReader
from grpotui.stream import read_json, write_json
from grpotui.workspace import RunDir, Workspace, is_run_id

SCORE = "contract"
"""Type of the event that holds the score of an attempt."""
ACT = "act"
"""Type of the event that tells that the runner stopped the run by itself."""


class Pledge:
    """Follows the run's streams, and those of the pinned run up to the same step."""

    def __init__(
        self, workspace: Workspace, run: RunDir, contract: Contract, baseline: str | None = None
    ) -> None:
        """``baseline`` names the run to compare with; None means the one that is pinned."""
        self.contract = contract
        self.tracker = Tracker(contract)
        self._workspace = workspace
        self._run = run
        self._account = Account(run)
        self._desk = DeskReader(workspace)
        self._fixed = baseline
        self._beside: Account | None = None
        self.baseline = ""
        """Id of the run that is compared with; empty where there is none, or none is asked for."""

    def step(self, until: int | None = None, halt: bool = False) -> bool:
        """Take in what is new, up to byte ``until`` of the metrics; True when the kill criterion is met.

        With ``halt`` nothing is taken in beyond the line that meets it.
        """
        if any(metric.baseline for metric in self.contract.metrics):
            self._compare()
        for entry in self._account.read(until):
            self.tracker.record.verdict = entry.standing.verdict
            self.tracker.take(entry.line)
            if halt and self.tracker.killed:
                break
        return self.tracker.killed

    def _compare(self) -> None:
        pinned = self._desk.read().pinned if self._fixed is None else self._fixed
        wanted = "" if pinned == self._run.id else pinned
        if wanted != self.baseline:
            self.baseline = wanted
            there = is_run_id(wanted) and self._workspace.run(wanted).run_json.is_file()
            self._beside = Account(self._workspace.run(wanted)) if there else None
            self.tracker.baseline = self.tracker.for_baseline() if there else None
        if self._beside is not None and self.tracker.baseline is not None:
            for entry in self._beside.read():
                self.tracker.baseline.take(entry.line)

    @property
    def evidence(self) -> str:
        """Return the kill criterion with its numbers."""
        kill = next((mark for mark in self.tracker.marks() if mark.name == "kill"), None)
        if kill is None:
            return ""
        known = [f"{text} = {value:.4g}" for text, value in kill.values.items() if value is not None]
        return f"{kill.text} ({', '.join(known)})" if known else kill.text

    def state(self, over: bool = False, undecided: str = "") -> dict[str, Any]:
        """Return how the contract stands: the content of ``contract.json``, and of the event of the end."""
        marks = self.tracker.marks(over, undecided)
        content = {
            "step": self.tracker.record.step,
            "hypothesis": self.contract.hypothesis,
            "outcome": outcome(marks) if over else None,
            "marks": [mark.to_json() for mark in marks],
        }
        return {**content, "baseline": self.baseline} if self.baseline else content


def contract_of(run: RunDir) -> Contract:
    """Return the contract of a run, with the kill criterion that its policy has now.

    The evaluation of a checkpoint has none, though it has the config of the run that it measures.
    """
    if (read_json(run.run_json) or {}).get("kind") == RunKind.EVAL:
        return Contract()
    return read(config_of(run).get("contract"), read_policy(run).kill)


def undecided(run: RunDir, attempt: int, status: Status, step: int) -> str:
    """Return why nobody can know how a run would have ended; empty when its end was its own.

    An end that the runner brought about, by policy or kill criterion, decides as a finished run does.
    """
    planned = as_int((read_json(run.attempt_json(attempt)) or {}).get("max_steps"))
    if status is Status.FINISHED or (planned and step >= planned):
        return ""
    acted = any(e.get("type") == ACT and as_int(e.get("attempt")) == attempt for e in events(run))
    if status is Status.STOPPED and acted:
        return ""
    return f"{status} at step {step}{f' of {planned}' if planned else ''}"


def score(pledge: Pledge, run: RunDir, attempt: int, status: Status) -> dict[str, Any]:
    """Return the score of an ended attempt, all of whose lines ``pledge`` has taken in."""
    return pledge.state(True, undecided(run, attempt, status, pledge.tracker.record.step))


def rescore(
    workspace: Workspace, run: RunDir, attempt: int, status: Status, baseline: str | None = None
) -> dict[str, Any]:
    """Compute the score of an ended attempt anew, from the files alone; ``baseline`` as in Pledge."""
    pledge = Pledge(workspace, run, contract_of(run), baseline)
    pledge.step()
    return score(pledge, run, attempt, status)


def standing(run: RunDir) -> dict[str, Any]:
    """Return how a run's contract stands, as its runner wrote it last; empty where it has none."""
    return read_json(run.contract_json) or {}


def look(workspace: Workspace, run: RunDir, attempt: int, status: Status) -> dict[str, Any]:
    """Return how a run's contract stands or how it ended; empty without one.

    What no runner has scored, as of a run that was lost or came from elsewhere, is computed.
    """
    if not status.is_ended:
        return standing(run)
    said = [e for e in events(run) if e.get("type") == SCORE and as_int(e.get("attempt")) == attempt]
    if said:
        return {key: value for key, value in said[-1].items() if key not in ("type", "time", "attempt")}
    contract = contract_of(run)
    return rescore(workspace, run, attempt, status) if contract else {}


def publish(run: RunDir, content: Mapping[str, Any]) -> None:
    """Write ``contract.json``; a full disk costs a look, no more."""
    with suppress(OSError):
        write_json(run.contract_json, content)
