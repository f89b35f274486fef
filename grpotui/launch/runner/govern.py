"""What a runner does by itself: it stops a run by policy or kill criterion, tells, keeps the contract."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from grpotui.launch.policy import STOP, Policy, planned_policy
from grpotui.launch.runner.account import Standing
from grpotui.launch.runner.keeping import keep_weights
from grpotui.launch.runner.notify import notify
from grpotui.launch.runner.pledge import ACT, SCORE, Pledge, contract_of, publish, score
from grpotui.launch.runner.replay import lines
from grpotui.launch.runner.stop import write_request
from grpotui.launch.runner.watch import Watch
from grpotui.records import Status, as_int
from grpotui.stream import Tail
from grpotui.workspace import RunDir, Workspace

PUBLISH_SECONDS = 2.0
"""Between two states of the contract that are written for those who look."""


@dataclass(frozen=True, slots=True)
class Order:
    """The run shall end."""

    by: str
    """policy or kill."""
    reason: str
    step: int
    save: bool = True


class Governor:
    """One attempt's rules. Reads what is written, by whomever: a person may change the policy meanwhile."""

    def __init__(self, workspace: Workspace, run: RunDir, attempt: int) -> None:
        self._workspace = workspace
        self._run = run
        self._attempt = attempt
        self._events = Tail(run.events)
        self._policy = Policy()
        self._standing, self._said_in = Standing(), 0
        self._began: int | None = None
        self._pledge: Pledge | None = None
        self._catching_up = True
        self._published = (0.0, -1)
        self._done = False

    def begin(self) -> None:
        """Take in what was said before: nobody is told of that again."""
        self._policy = planned_policy(self._run)
        for event in lines(self._events):
            self._take(event)
        self._renew()

    def look(self, watch: Watch) -> Order | None:
        """Tell of new verdicts; return the order to end the run when it is time, once."""
        for event in lines(self._events) if self._events.changed() else ():
            kill, verdict = self._policy.kill, self._standing.verdict
            self._take(event)
            if verdict != self._standing.verdict:
                notify(self._run, self._standing)
            if kill != self._policy.kill:
                self._renew()
        order = self._by_kill(watch) or self._by_policy(watch)
        self._publish()
        if order is None or self._done:
            return None
        self._done = True
        return order

    def act(self, order: Order) -> None:
        """Write the order down, and ask the trainer as a person would."""
        event = {"time": time.time(), "type": ACT, "attempt": self._attempt, "step": order.step}
        self._run.append_event({**event, "by": order.by, "save": order.save, "reason": order.reason})
        with suppress(OSError):  # TERM follows, and says the same
            write_request(self._run, order.reason, save=order.save)

    def finish(self, watch: Watch, status: Status) -> None:
        """Score the contract of the attempt, which has ended."""
        self.look(watch)
        if self._pledge is None:
            return
        content = score(self._pledge, self._run, self._attempt, status)
        publish(self._run, content)
        said = {"time": time.time(), "type": SCORE, "attempt": self._attempt}
        self._run.append_event({**said, "status": str(status), **content})

    def _take(self, event: dict[str, Any]) -> None:
        if event.get("type") == "verdict" and event.get("to") != self._standing.verdict:
            self._standing, self._said_in = Standing.of(event), as_int(event.get("attempt"))
            keep_weights(self._run, event)
        elif event.get("type") == "policy":
            self._policy = self._policy.changed(event)

    def _renew(self) -> None:
        """Read the run anew for a contract that is another one now."""
        contract = contract_of(self._run)
        self._pledge = Pledge(self._workspace, self._run, contract) if contract else None
        self._catching_up = True
        self._published = (0.0, -1)

    def _by_kill(self, watch: Watch) -> Order | None:
        """Return the order that a kill criterion gives, which was met at a line of this attempt.

        What it would have said of earlier lines, when it was another one, does not count.
        """
        pledge = self._pledge
        if pledge is None:
            return None
        met = pledge.step(watch.judged, halt=not (self._catching_up or self._done))
        self._catching_up = False
        record = pledge.tracker.record
        if not met or record.attempt not in (0, self._attempt):
            return None
        return Order("kill", f"kill: {pledge.evidence}", record.step)

    def _by_policy(self, watch: Watch) -> Order | None:
        if watch.last_attempt not in (0, self._attempt):
            return None
        step = watch.last_step
        if self._began is None:
            self._began = step
        # A verdict of an earlier attempt gets its whole grace in this one.
        since = self._standing.step if self._said_in in (0, self._attempt) else self._began
        reason = self._policy.reason(self._standing, step - since)
        save = self._policy.action(self._standing.verdict) != STOP
        return Order("policy", reason, step, save) if reason else None

    def _publish(self) -> None:
        pledge, (at, step) = self._pledge, self._published
        now = time.monotonic()
        if pledge is None or pledge.tracker.record.step == step or now - at < PUBLISH_SECONDS:
            return
        self._published = (now, pledge.tracker.record.step)
        publish(self._run, pledge.state())
