"""Reads the runs of a report from the registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from grpotui.analysis.compare.outcome import KEYS
from grpotui.analysis.compare.reading import subject_of
from grpotui.analysis.report.commands import command
from grpotui.analysis.report.entry import Entry, entry
from grpotui.contract import Tracker
from grpotui.launch.runner.pledge import contract_of, look
from grpotui.records import RunKind, RunSummary
from grpotui.records.keys import ROLLOUTS
from grpotui.registry.queries import Registry


def read_entries(registry: Registry, runs: Sequence[RunSummary], window: int | None = None) -> list[Entry]:
    """Return the runs with what came of each over its last ``window`` logged steps, or the usual ones."""
    return [_entry(registry, run, number, window) for number, run in enumerate(runs, 1)]


def _entry(registry: Registry, run: RunSummary, number: int, window: int | None) -> Entry:
    asked = registry.document(run.id, "run")
    notes = [str(event.get("text") or "") for event in registry.events(run.id, ("note",))]
    return entry(
        subject_of(registry, str(number), run.id, KEYS),
        number,
        window,
        contract=MappingProxyType(dict(contract(registry, run))),
        notes=tuple(dict.fromkeys(note for note in notes if note)),
        rollouts=MappingProxyType(_rollouts(registry, run)),
        asked=_asked(run, asked),
        command=command(registry.workspace, run.id, asked),
    )


def _asked(run: RunSummary, asked: Mapping[str, Any]) -> str:
    """Return ``preset study with grpo.beta=0.1``."""
    changes = ", ".join(str(text) for text in asked.get("overrides") or ())
    return f"preset {run.preset}{f' with {changes}' if changes else ''}" if run.preset else ""


def _rollouts(registry: Registry, run: RunSummary) -> dict[str, float]:
    if run.kind is not RunKind.ROLLOUTS:
        return {}
    last = registry.last(run.id)
    return {key: value for key, value in last.items() if key.startswith(ROLLOUTS) and value is not None}


def contract(registry: Registry, run: RunSummary) -> Mapping[str, Any]:
    """Return how a run's contract stands or how it ended; of a run that did not begin, what it says."""
    folder = registry.workspace.run(run.id)
    found = look(registry.workspace, folder, run.attempt, run.status)
    if found:
        return found
    said = contract_of(folder)
    if not said and not said.hypothesis:
        return {}
    marks = Tracker(said).marks()
    return {"hypothesis": said.hypothesis, "outcome": None, "marks": [mark.to_json() for mark in marks]}
