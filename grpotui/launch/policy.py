"""What follows from a verdict that lasts, and when a run is not worth going on: acted on by the runner.

A run begins with what its preset says; ``policy`` events change it, the last of a field counts.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from functools import reduce
from typing import Any

from grpotui.contract import ContractError, condition
from grpotui.errors import UserError
from grpotui.launch.journal import config_of, events, known_run, write_event
from grpotui.launch.runner.account import Standing
from grpotui.launch.runner.indexer import index_now
from grpotui.presets import health_settings
from grpotui.records import POLICIES, Verdict, as_int
from grpotui.text import clean
from grpotui.workspace import RunDir, Workspace

FLAG, STOP = POLICIES[:2]
MOST_GRACE = 10**9
"""Steps."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the runner does by itself. Actions are those of POLICIES, ``grace`` is in steps."""

    on_collapsed: str = FLAG
    on_no_signal: str = FLAG
    on_solved: str = FLAG
    grace: int = 20
    kill: str = ""
    """A condition in the language of contracts; empty for none."""

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Policy:
        """Return the policy that a config asks for; what cannot be read is left out."""
        health, contract = health_settings(config), config.get("contract")
        kill = contract.get("kill") if isinstance(contract, Mapping) else None
        return cls(
            health.on_collapsed,
            health.on_no_signal,
            health.on_solved,
            health.grace,
            kill if isinstance(kill, str) else "",
        )

    def changed(self, event: Mapping[str, Any]) -> Policy:
        """Return this policy with the fields of an event that make sense."""
        wanted = {field.name: event[field.name] for field in fields(self) if field.name in event}
        return replace(self, **{k: v for k, v in wanted.items() if not _wrong(k, v)})

    def action(self, verdict: str) -> str:
        """Return what follows from a verdict."""
        actions = {
            Verdict.COLLAPSED: self.on_collapsed,
            Verdict.NO_SIGNAL: self.on_no_signal,
            Verdict.SOLVED: self.on_solved,
        }
        return actions.get(Verdict(verdict), FLAG) if verdict in list(Verdict) else FLAG

    def reason(self, standing: Standing, lasted: int) -> str:
        """Return why a run ends when its verdict has ``lasted`` so many steps; empty when it does not."""
        if self.action(standing.verdict) == FLAG or lasted < self.grace:
            return ""
        return f"policy: {standing.words} for {lasted} steps"

    def to_json(self) -> dict[str, Any]:
        """Return the public form, as in ``policy --json``."""
        return asdict(self)


def _wrong(name: str, value: object) -> str:
    """Return what is wrong with a field's value; empty when it is fine."""
    if name == "grace":
        whole = isinstance(value, int) and not isinstance(value, bool)
        return "" if whole and 0 <= as_int(value, -1) <= MOST_GRACE else "expected steps, 0 or more"
    if name != "kill":
        return "" if value in POLICIES else f"expected one of {', '.join(POLICIES)}"
    if not isinstance(value, str):
        return "expected a condition as text"
    try:
        if value.strip():
            condition(value)
    except ContractError as error:
        return str(error)
    return ""


def planned_policy(run: RunDir) -> Policy:
    """Return the policy that a run was launched with."""
    return Policy.of(config_of(run))


def read_policy(run: RunDir) -> Policy:
    """Return what holds for a run now, straight from its files."""
    said = (event for event in events(run) if event.get("type") == "policy")
    return reduce(Policy.changed, said, planned_policy(run))


def write_policy(workspace: Workspace, run_id: str, changes: Mapping[str, object]) -> Policy:
    """Change the policy of a run, running or not, and return it.

    Raises UserError for a value that makes no sense, or when the disk refuses.
    """
    for name, value in changes.items():
        if wrong := _wrong(name, value):
            raise UserError(f"{name.replace('_', '-')}: {wrong}, got {clean(repr(value), 60)}")
    run, _ = known_run(workspace, run_id)
    write_event(run, {"time": time.time(), "type": "policy", **changes})
    index_now(workspace, run)
    return read_policy(run)
