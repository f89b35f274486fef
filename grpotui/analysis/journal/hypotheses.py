"""What was expected, and what is known of it now: open, settled, or superseded, as a person says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grpotui.analysis.journal.superseding import superseding
from grpotui.analysis.sweep.promise import UNCONFIRMED
from grpotui.analysis.sweep.study import study
from grpotui.contract import outcome
from grpotui.launch.runner.pledge import look
from grpotui.records import RunKind, RunSummary
from grpotui.records.sweeps import Sweep
from grpotui.registry.queries import Registry

OPEN, SUPPORTED, REFUTED, MIXED = "open", "supported", "not supported", "runs disagree"
_OUTCOMES = {"met": True, "not met": False}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one run or sweep says of its hypothesis."""

    id: str
    """Of its block: ``run:study-ab2c`` or ``sweep:study-7f3k``."""
    name: str
    created_at: float
    hypothesis: str
    supported: bool | None
    """By its first criterion; None while that is open, or cannot be told."""
    ended_at: float | None = None
    """None while it goes on."""
    doubt: str = ""
    """Why it may not hold; empty where nothing speaks against it."""
    superseded: str = ""
    """What is called what a person says holds in its place; empty while it holds itself."""

    @property
    def said(self) -> str:
        """How it stands, in words."""
        if self.ended_at is None:
            return OPEN
        word = {True: SUPPORTED, False: REFUTED, None: "not decided"}[self.supported]
        return f"{word} ({self.doubt})" if self.doubt else word

    def to_json(self) -> dict[str, Any]:
        """Return the public form."""
        kind, _, found = self.id.partition(":")
        of = {"kind": kind, "id": found, "name": self.name, "created_at": self.created_at}
        return {
            **of,
            "supported": self.supported,
            "doubt": self.doubt or None,
            "ended_at": self.ended_at,
            "superseded_by": self.superseded or None,
        }


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One hypothesis and everything that was found of it, newest first."""

    text: str
    findings: tuple[Finding, ...]

    @property
    def holding(self) -> list[Finding]:
        """The findings that none supersedes."""
        return [one for one in self.findings if not one.superseded]

    @property
    def state(self) -> str:
        """Open while one that holds is, or none is decided; else supported, not supported, runs disagree."""
        settled = {one.supported for one in self.holding if one.supported is not None}
        if not settled or any(one.ended_at is None for one in self.holding):
            return OPEN
        return MIXED if len(settled) > 1 else SUPPORTED if settled.pop() else REFUTED

    @property
    def newest(self) -> float:
        """When the newest of its runs was asked for."""
        return self.findings[0].created_at

    def to_json(self) -> dict[str, Any]:
        """Return the public form."""
        told = [one.to_json() for one in self.findings]
        return {"hypothesis": self.text, "state": self.state, "findings": told}


def read_findings(registry: Registry, journal: str = "") -> list[Finding]:
    """Return what every run and sweep with a hypothesis says of it, newest first.

    What a person wrote, in a note or in ``journal``, supersedes; a later run by itself does not.
    """
    runs = registry.runs()
    found = [one for run in runs if (one := _of_run(registry, run)) is not None]
    found += [one for sweep in registry.sweeps() if (one := _of_sweep(registry, sweep)) is not None]
    found.sort(key=lambda one: -one.created_at)
    names = {one.id: one.name for one in found} | {f"run:{run.id}": run.name for run in runs}
    told = superseding(registry, runs, journal)
    return [
        replace(one, superseded=names.get(told[one.id], told[one.id])) if one.id in told else one
        for one in found
    ]


def _of_run(registry: Registry, run: RunSummary) -> Finding | None:
    text = "" if run.sweep or run.kind is RunKind.EVAL else _expected(registry, run)
    if not text:
        return None
    over = (run.ended_at or run.created_at) if run.status.is_ended else None
    return Finding(f"run:{run.id}", run.name, run.created_at, text, _supported(registry, run), over)


def _expected(registry: Registry, run: RunSummary) -> str:
    """Return the hypothesis of a run; empty for none."""
    contract = registry.config(run.id).get("contract")
    text = contract.get("hypothesis") if isinstance(contract, Mapping) else None
    return text.strip() if isinstance(text, str) else ""


def _supported(registry: Registry, run: RunSummary) -> bool | None:
    if not run.status.is_ended:
        return None
    scored = look(registry.workspace, registry.workspace.run(run.id), run.attempt, run.status)
    return _OUTCOMES.get(str(scored.get("outcome") or ""))


def _of_sweep(registry: Registry, sweep: Sweep) -> Finding | None:
    """Return what a sweep says of its own hypothesis; without one, of the one that its runs share."""
    members = registry.members(sweep.id)
    own = str(sweep.contract.get("hypothesis") or "").strip()
    text = own or (_expected(registry, members[0]) if members else "")
    if not text:
        return None
    ends = [run.ended_at or run.created_at for run in members if run.status.is_ended]
    over = max(ends) if ends and len(ends) == len(members) else None
    supported, doubt = (None, "")
    if over is not None and own:
        marks_ = study(registry, sweep).marks
        supported = _OUTCOMES.get(outcome(marks_))
        doubt = UNCONFIRMED if any(mark.why == UNCONFIRMED for mark in marks_) else ""
    elif over is not None:
        told = {_supported(registry, run) for run in members}
        supported = told.pop() if len(told) == 1 else None
    identity = f"sweep:{sweep.id}"
    return Finding(identity, f"Sweep {sweep.id}", sweep.created_at, text, supported, over, doubt)


def hypotheses(found: Sequence[Finding]) -> list[Hypothesis]:
    """Return each hypothesis once, newest first; what is written alike is the same."""
    return [Hypothesis(group[0].hypothesis, tuple(group)) for group in _grouped(found)]


def _grouped(found: Sequence[Finding]) -> list[list[Finding]]:
    groups: dict[str, list[Finding]] = {}
    for one in found:
        groups.setdefault(" ".join(one.hypothesis.casefold().split()).rstrip("."), []).append(one)
    return list(groups.values())
