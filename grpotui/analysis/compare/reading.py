"""Reads the runs of a comparison from the registry."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from grpotui.analysis.compare.config import CODE, DATA, KIND, MEASURED, WEIGHTS
from grpotui.analysis.compare.outcome import WINDOW
from grpotui.analysis.compare.subject import LETTERS, MOST_RUNS, Curve, Subject, flat
from grpotui.analysis.promises import marks_of
from grpotui.analysis.samples import completions_per_step
from grpotui.errors import UserError
from grpotui.presets.effective import effective
from grpotui.records import RunKind, RunSummary
from grpotui.registry import earlier, history
from grpotui.registry.queries import Registry


def load(registry: Registry, refs: Sequence[str], keys: Sequence[str]) -> list[Subject]:
    """Return runs with the curves of ``keys``, lettered in their order.

    Raises UserError for fewer than two runs, more than MOST_RUNS, or the same one twice.
    """
    ids = [registry.resolve(ref) for ref in refs]
    check_choice(ids)
    return [subject_of(registry, letter, run_id, keys) for letter, run_id in zip(LETTERS, ids, strict=False)]


def check_choice(ids: Sequence[str]) -> None:
    """Raise UserError for runs that cannot stand beside each other: too few, too many, one twice."""
    if not 2 <= len(ids) <= MOST_RUNS:
        raise UserError(f"compare takes 2 to {MOST_RUNS} runs, got {len(ids)}")
    if len(set(ids)) < len(ids):
        raise UserError(f"{next(i for i in ids if ids.count(i) > 1)} is named twice: compare different runs")


def subject_of(
    registry: Registry, letter: str, run_id: str, keys: Sequence[str], ends: Sequence[str] = ()
) -> Subject:
    """Return one run with the curves of ``keys``, and of ``ends`` with their last points only.

    Metrics that were never logged are left out. The last points are as many as :data:`WINDOW` needs.
    """
    asked = registry.document(run_id, "run")
    attempt = registry.document(run_id, "attempt")
    run = registry.run(run_id)
    wanted = asked.get("config")
    return Subject(
        letter,
        run,
        MappingProxyType(flat(effective(registry.config(run_id)))),
        frozenset(flat(wanted)) if isinstance(wanted, Mapping) else frozenset(),
        MappingProxyType(_identity(run, asked, attempt, registry.model(run_id))),
        MappingProxyType(curves_of(registry, run_id, keys) | _ends_of(registry, run_id, ends)),
        registry.reward_range(run_id),
        completions_per_step(attempt, registry.config(run_id).get("grpo")),
        _like(registry, run_id),
        _contract(registry, run_id),
    )


def _like(registry: Registry, run_id: str) -> str:
    """Return ``sweep#4: collapsed (template)`` of the nearest past experiment; empty where none is near."""
    config = registry.config(run_id)
    known = history.known(registry.workspace)
    found = earlier.tried(earlier.reward_name(config), earlier.settings_of(config), known, 1)
    return f"{found[0].id}: {found[0].came}" if found else ""


def curves_of(registry: Registry, run_id: str, keys: Sequence[str]) -> dict[str, Curve]:
    """Return the metrics that have points; those of the same steps share one array of them."""
    found: dict[str, Curve] = {}
    shared: list[array[int]] = []
    for key in keys:
        steps, values = registry.columns(run_id, key)
        known = next((others for others in shared if others == steps), None)
        if known is None:
            shared.append(steps)
        if steps:
            found[key] = Curve(steps if known is None else known, values)
    return found


def _ends_of(registry: Registry, run_id: str, keys: Sequence[str]) -> dict[str, Curve]:
    """Return the last points of metrics, so many that WINDOW of them are numbers if there are."""
    found: dict[str, Curve] = {}
    for key in keys:
        curve = Curve(*registry.ends(run_id, key, 2 * WINDOW))
        if len(curve.steps) == 2 * WINDOW and len(curve.last(WINDOW)) < WINDOW:
            curve = Curve(*registry.columns(run_id, key))
        if curve:
            found[key] = curve
    return found


def _contract(registry: Registry, run_id: str) -> str:
    """Return ``met: primary met, secondary inconclusive`` of the last score, empty without one."""
    scored = registry.events(run_id, ("contract",))
    told = marks_of(scored[-1]) if scored else []
    return (
        f"{scored[-1].get('outcome', '')}: {', '.join(f'{m.name} {m.state}' for m in told)}" if told else ""
    )


def _identity(
    run: RunSummary, asked: Mapping[str, Any], attempt: Mapping[str, Any], model: Mapping[str, Any]
) -> dict[str, Any]:
    data = attempt.get("data")
    found: dict[str, Any] = {
        WEIGHTS: _short(model.get("weights_sha256")),
        DATA: _short(data.get("sha256")) if isinstance(data, Mapping) else None,
        KIND: str(run.kind),
    }
    if run.kind is RunKind.EVAL:
        step = f" at step {run.parent_step}" if run.parent_step is not None else ""
        found[MEASURED] = f"{run.parent or 'the model itself'}{step}"
    code = asked.get("code")
    if isinstance(code, list):
        for one in code:
            if isinstance(one, Mapping):
                found[f"{CODE}{one.get('path', one.get('name', ''))}"] = _short(one.get("sha256"))
    versions = attempt.get("versions")
    if isinstance(versions, Mapping):
        found.update({f"{name} version": version for name, version in versions.items()})
    git = attempt.get("git")
    if isinstance(git, Mapping):
        found["git commit"] = _short(git.get("commit"))
        diff = git.get("diff")
        found["git changes"] = sha256(diff.encode()).hexdigest()[:12] if diff else git.get("dirty")
    found["device"] = attempt.get("device")
    return found


def _short(digest: object) -> str | None:
    return digest[:12] if isinstance(digest, str) else None
