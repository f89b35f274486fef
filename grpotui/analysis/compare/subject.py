"""One run as it is compared: its configuration, what identifies it, and its curves."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from grpotui.errors import UserError
from grpotui.records import RewardRange, RunSummary, as_int
from grpotui.registry.queries import Registry

LETTERS = "ABCD"
MOST_RUNS = len(LETTERS)


@dataclass(frozen=True, slots=True)
class Curve:
    """One metric: ``steps`` ascending, ``values`` beside them, nan where a value was no finite number."""

    steps: array[int] = field(default_factory=lambda: array("q"))
    values: array[float] = field(default_factory=lambda: array("d"))

    def __bool__(self) -> bool:
        return len(self.steps) > 0

    def last(self, window: int, until: int | None = None) -> list[float]:
        """Return the last ``window`` finite values, those up to step ``until`` if given, oldest first."""
        end = len(self.steps) if until is None else bisect_right(self.steps, until)
        found: list[float] = []
        while end and len(found) < window:
            end -= 1
            if not math.isnan(self.values[end]):
                found.append(self.values[end])
        return found[::-1]

    def at(self, step: int) -> float | None:
        """Return the last finite value at or before ``step``."""
        found = self.last(1, step)
        return found[0] if found else None


@dataclass(frozen=True, slots=True)
class Subject:
    """One run of a comparison. ``letter`` names it in every table, chart and sentence."""

    letter: str
    run: RunSummary
    config: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Effective values by dotted field, defaults included."""
    asked: frozenset[str] = frozenset()
    """Fields that preset or overrides name: the others follow from them, or are defaults."""
    identity: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """What a config does not tell: hashes of model and code, versions, git, device."""
    curves: Mapping[str, Curve] = field(default_factory=lambda: MappingProxyType({}))
    span: RewardRange | None = None
    per_step: int | None = None
    """Completions that one step trains on."""

    def curve(self, key: str) -> Curve:
        """Return a metric; an empty one when it was never logged."""
        return self.curves.get(key, Curve())


def flat(config: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Return nested tables as dotted fields; lists of tables get numbers: ``rewards.0.name``."""
    found: dict[str, Any] = {}
    for name, value in config.items():
        at = f"{before}{name}"
        if isinstance(value, Mapping):
            found.update(flat(value, f"{at}."))
        elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
            for number, item in enumerate(value):
                found.update(flat(item, f"{at}.{number}."))
        else:
            found[at] = value
    return found


def load(registry: Registry, refs: Sequence[str], keys: Sequence[str]) -> list[Subject]:
    """Return runs with the curves of ``keys``, lettered in their order.

    Raises UserError for fewer than two runs, more than MOST_RUNS, or the same one twice.
    """
    ids = [registry.resolve(ref) for ref in refs]
    if not 2 <= len(ids) <= MOST_RUNS:
        raise UserError(f"compare takes 2 to {MOST_RUNS} runs, got {len(ids)}")
    if len(set(ids)) < len(ids):
        raise UserError(f"{next(i for i in ids if ids.count(i) > 1)} is named twice: compare different runs")
    return [_subject(registry, letter, run_id, keys) for letter, run_id in zip(LETTERS, ids, strict=False)]


def _subject(registry: Registry, letter: str, run_id: str, keys: Sequence[str]) -> Subject:
    asked = registry.document(run_id, "run")
    attempt = registry.document(run_id, "attempt")
    wanted = asked.get("config")
    curves = {key: Curve(*registry.columns(run_id, key)) for key in keys}
    return Subject(
        letter,
        registry.run(run_id),
        MappingProxyType(flat(registry.config(run_id))),
        frozenset(flat(wanted)) if isinstance(wanted, Mapping) else frozenset(),
        MappingProxyType(_identity(asked, attempt, registry.model(run_id))),
        MappingProxyType({key: curve for key, curve in curves.items() if curve}),
        registry.reward_range(run_id),
        completions_per_step(attempt, registry.config(run_id).get("grpo")),
    )


def completions_per_step(attempt: Mapping[str, Any], grpo: object) -> int | None:
    """Return how many completions an optimizer step trains on; None where nothing tells."""
    counted = as_int(attempt.get("groups_per_step")) * as_int(attempt.get("num_generations"))
    if counted or not isinstance(grpo, Mapping):
        return counted or None
    batch = as_int(grpo.get("per_device_train_batch_size"))
    return batch * max(as_int(grpo.get("gradient_accumulation_steps"), 1), 1) or None


def _identity(
    asked: Mapping[str, Any], attempt: Mapping[str, Any], model: Mapping[str, Any]
) -> dict[str, Any]:
    found: dict[str, Any] = {"model weights": _short(model.get("weights_sha256"))}
    code = asked.get("code")
    if isinstance(code, list):
        for one in code:
            if isinstance(one, Mapping):
                found[f"code {one.get('path', one.get('name', ''))}"] = _short(one.get("sha256"))
    versions = attempt.get("versions")
    if isinstance(versions, Mapping):
        found.update({f"{name} version": version for name, version in versions.items()})
    git = attempt.get("git")
    if isinstance(git, Mapping):
        found["git commit"] = _short(git.get("commit"))
        found["git changes"] = _short(git.get("diff_sha256")) or git.get("dirty")
    found["device"] = attempt.get("device")
    return found


def _short(digest: object) -> str | None:
    return digest[:12] if isinstance(digest, str) else None
