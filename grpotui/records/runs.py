"""A run in one row."""

from __future__ import annotations

from dataclasses import dataclass

from grpotui.records.words import HumanVerdict, RunKind, Status, Verdict


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One row of the Runs table and of ``ls``: what the registry knows without reading streams."""

    id: str
    name: str
    kind: RunKind
    status: Status
    verdict: Verdict | None
    """None before the trainer has started."""
    preset: str
    created_at: float
    cause: str = ""
    """Why the verdict is what it is, such as ``template``; empty when it needs no cause."""
    verdict_step: int | None = None
    """First step of the present verdict."""
    verdict_message: str = ""
    started_at: float | None = None
    """Start of the current attempt."""
    ended_at: float | None = None
    step: int = 0
    max_steps: int | None = None
    epoch: float | None = None
    max_epochs: float | None = None
    reward: float | None = None
    """Mean of the last REWARD_WINDOW logged rewards."""
    zero_std: float | None = None
    """Share of groups without reward spread, last logged step."""
    jaccard: float | None = None
    """Cross-prompt Jaccard similarity, last logged step."""
    eval_accuracy: float | None = None
    step_time: float | None = None
    """Median seconds per step of the last REWARD_WINDOW logged steps."""
    device: str = ""
    seed: int | None = None
    attempt: int = 0
    """Starts so far; 0 while the run was never started."""
    reason: str = ""
    """Why the last attempt ended as it did, in one line."""
    tags: tuple[str, ...] = ()
    note: str = ""
    human: HumanVerdict | None = None
    """What a person said of the run; None while nobody did."""
    stage: str = ""
    """Stage of the curriculum that the last step belongs to, such as ``2/3 minus``; empty for none."""
    parent: str = ""
    """Id of the run that it came from; empty for none."""
    relation: str = ""
    """How it came from there: fork, clone or evaluation."""
    parent_step: int | None = None
    """Step of the checkpoint that it began with; None where it took no weights."""
    sweep: str = ""
    """Id of the sweep that it belongs to; empty for none."""
    point: int | None = None
    """Number of its point in the sweep, from 1."""
    role: str = ""
    """Why it is in the sweep: point or confirm."""

    @property
    def seconds_left(self) -> float | None:
        """Seconds that a running run still needs by its own pace; None when nobody can know."""
        if self.status is not Status.RUNNING or not self.max_steps or self.step_time is None:
            return None
        return max(self.max_steps - self.step, 0) * self.step_time


REWARD_WINDOW = 20
"""Logged steps that a shown reward is the mean of: never the last value alone."""
