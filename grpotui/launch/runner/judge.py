"""Steps the health rules and writes what they find: flags and verdicts to events, signals to their stream."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from typing import Any

from grpotui.health.monitor import Monitor, VerdictChange
from grpotui.launch.journal import events
from grpotui.launch.runner.replay import Said
from grpotui.presets import health_settings
from grpotui.records import Flag, HealthContext, RewardRange, Verdict, as_float, as_int
from grpotui.stream import LineWriter, read_json
from grpotui.workspace import RunDir

_FlagKey = tuple[int, str, str, str]
"""Step, kind, level and signal: a run has one flag of each."""


def context(run: RunDir, attempt: int) -> HealthContext:
    """Return what the rules must know: the newest effective config up to ``attempt``, else ``run.json``."""
    asked = (read_json(run.run_json) or {}).get("config")
    config: Mapping[str, Any] = asked if isinstance(asked, Mapping) else {}
    known = [number for number in run.attempts() if number <= attempt]
    effective = (read_json(run.attempt_json(known[-1])) or {}) if known else {}
    grpo = config.get("grpo")
    generations = effective.get("num_generations") or (grpo or {}).get("num_generations")
    return HealthContext(
        reward_range=RewardRange.from_json(effective.get("reward_range")),
        num_generations=as_int(generations, 8),
        groups_per_step=as_int(effective.get("groups_per_step"), 1),
        settings=health_settings(config),
        grpo=_known(grpo, (effective.get("config") or {}).get("grpo")),
    )


def _known(*tables: object) -> dict[str, float]:
    """Return the trainer's settings that are numbers; later tables count."""
    found: dict[str, float] = {}
    for table in tables:
        if isinstance(table, Mapping):
            found |= {
                name: number for name, value in table.items() if (number := as_float(value)) is not None
            }
    return found


class Judge:
    """The rules over one run. What stands in its events already is never said twice."""

    def __init__(self, run: RunDir, facts: HealthContext) -> None:
        self.span = facts.reward_range
        self._run = run
        self._monitor = Monitor(facts)
        self._signals = LineWriter(run.signals)
        self.last_step = self.last_attempt = 0
        self._flagged: dict[_FlagKey, Said] = {}
        self._said = str(Verdict.WARMING_UP)
        self._untold: deque[dict[str, Any]] = deque()
        for event in events(run):
            if event.get("type") == "flag":
                self._flagged[_key(Flag.from_json(event))] = Said.of(event)
            elif event.get("type") == "verdict":
                self._said = str(event.get("to"))

    def recall(self, metrics: Mapping[str, Any], signals: Mapping[str, Any] | None) -> None:
        """Take in a line that an earlier runner has judged: nothing is written."""
        self._follow(metrics)
        self._monitor.step(metrics, signals)

    def step(self, metrics: Mapping[str, Any], signals: Mapping[str, Any] | None) -> None:
        """Judge a new line of metrics, and write what follows from it.

        The signals go last: a line of metrics that has its signals has its flags too, whenever we are killed.
        """
        self._follow(metrics)
        judgement = self._monitor.step(metrics, signals)
        # Never before the line that it is about, though the clock may have been set back in between.
        line = Said.of(metrics)
        now = Said(line.attempt, max(time.time(), line.time))
        for flag in judgement.flags:
            self._flag(flag, now)
        self._verdict(as_int(metrics.get("step")), judgement.change, now)
        self.tell()
        if signals is not None:
            self._signals.append({**signals, **now.to_json()})

    def evaluation(self, metrics: Mapping[str, Any]) -> None:
        """Judge a line that an evaluation logged, new or old: no flag is said twice."""
        line = Said.of(metrics)
        for flag in self._monitor.evaluation(metrics):
            self._flag(flag, Said(line.attempt, max(time.time(), line.time)))
        self.tell()

    def _follow(self, metrics: Mapping[str, Any]) -> None:
        """Where a resumed attempt trains steps again, the flags that they had before no longer count."""
        step, line = as_int(metrics.get("step")), Said.of(metrics)
        if step <= self.last_step:
            kept = {k: said for k, said in self._flagged.items() if k[0] < step or not said.before(line)}
            self._flagged = kept
        self.last_step, self.last_attempt = step, line.attempt

    def _flag(self, flag: Flag, now: Said) -> None:
        if _key(flag) not in self._flagged:
            self._flagged[_key(flag)] = now
            self._untold.append({**now.to_json(), "type": "flag", **flag.to_json()})

    def _verdict(self, step: int, change: VerdictChange | None, now: Said) -> None:
        """Say a verdict that differs from the last one said; a resumed run may fall back to an old one."""
        verdict = str(self._monitor.verdict)
        if verdict == self._said:
            return
        back = f"{verdict} again: resumed before the step of {self._said}"
        told = change.to_json() if change else {"step": step, "cause": self._monitor.cause, "message": back}
        event = {**now.to_json(), "type": "verdict", **told, "from": self._said, "to": verdict}
        self._said = verdict
        self._untold.append(event)

    def tell(self) -> None:
        """Write what was found; what the disk refuses is kept, in order, and tried again at the next call."""
        while self._untold and self._run.append_event(self._untold[0]):
            self._untold.popleft()


def _key(flag: Flag) -> _FlagKey:
    return (flag.step, flag.kind, flag.level, flag.signal)
