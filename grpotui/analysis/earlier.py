"""Earlier runs that ended like one: of this registry first, then of the logs that grpotui was made after."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

from grpotui.format import number
from grpotui.records import RunSummary, Verdict, as_float

SETTINGS = ("beta", "learning_rate", "temperature", "num_generations")
"""What runs are compared by."""
_VERDICTS: Mapping[str, tuple[Verdict, str]] = {
    "degenerate": (Verdict.COLLAPSED, "template"),
    "failing": (Verdict.NO_SIGNAL, "floor"),
    "struggling": (Verdict.NO_SIGNAL, "floor"),
    "low_temperature_trap": (Verdict.NO_SIGNAL, "low-temperature"),
    "success": (Verdict.SOLVED, ""),
}
"""What the words of the logs' authors come nearest to; others are not compared with."""
_COLUMNS = {
    "beta": "beta",
    "learning_rate": "lr",
    "temperature": "temperature",
    "num_generations": "num_generations",
}


@dataclass(frozen=True, slots=True)
class Earlier:
    """A run of before."""

    id: str
    verdict: str
    cause: str = ""
    reward: str = ""
    """Name of its reward function."""
    settings: Mapping[str, float] = field(default_factory=dict)
    note: str = ""

    def __str__(self) -> str:
        told = [f"{name} {number(self.settings[name])}" for name in SETTINGS if name in self.settings]
        known = ", ".join(part for part in (self.reward, *told[:3]) if part)
        return f"{self.id} ({known})" if known else self.id


def like(
    verdict: str, cause: str, reward: str, settings: Mapping[str, Any], runs: Iterable[Earlier], most: int = 2
) -> list[Earlier]:
    """Return at most ``most`` runs with the same verdict and cause, nearest in reward and settings first.

    Where no cause is known of an earlier run, its verdict is enough. Of equally near ones the first count.
    """
    same = [run for run in runs if run.verdict == verdict and run.cause in ("", cause)]
    return sorted(same, key=lambda run: (run.reward != reward, _distance(settings, run.settings)))[:most]


def _distance(one: Mapping[str, Any], other: Mapping[str, float]) -> float:
    """Return the mean distance of settings that both have, in factors of e; far when there is none."""
    parts = []
    for name in SETTINGS:
        a, b = as_float(one.get(name)), other.get(name)
        if a is not None and b is not None:
            parts.append(abs(math.log(max(a, 1e-9)) - math.log(max(b, 1e-9))))
    return sum(parts) / len(parts) if parts else 100.0


def of_registry(runs: Sequence[tuple[RunSummary, Mapping[str, Any]]], but: str) -> list[Earlier]:
    """Return runs with their configs as earlier runs, but for one of them."""
    return [
        Earlier(
            id=run.id,
            verdict=str(run.verdict or ""),
            cause=run.cause,
            reward=reward_name(config),
            settings=settings_of(config),
        )
        for run, config in runs
        if run.id != but and run.verdict is not None
    ]


def settings_of(config: Mapping[str, Any]) -> dict[str, float]:
    """Return those of SETTINGS that a run's config has."""
    grpo = config.get("grpo")
    found = {name: as_float(grpo.get(name)) for name in SETTINGS} if isinstance(grpo, Mapping) else {}
    return {name: value for name, value in found.items() if value is not None}


def reward_name(config: Mapping[str, Any]) -> str:
    """Return the name of a run's first reward."""
    rewards = config.get("rewards")
    first = rewards[0] if isinstance(rewards, list) and rewards else {}
    return str(first.get("name") or "") if isinstance(first, Mapping) else ""


@lru_cache(maxsize=1)
def reference() -> tuple[Earlier, ...]:
    """Return the runs of the logs that ship with grpotui, as their authors judged them."""
    text = files("grpotui.analysis").joinpath("reference_runs.csv").read_text(encoding="utf-8")
    found = []
    for row in csv.DictReader(text.splitlines()):
        known = _VERDICTS.get(row["verdict"])
        if known is None:
            continue
        values = {name: _value(row[column]) for name, column in _COLUMNS.items()}
        found.append(
            Earlier(
                id=row["run_id"],
                verdict=str(known[0]),
                cause=known[1],
                reward=row["reward_name"],
                settings={name: value for name, value in values.items() if value is not None},
                note=row["note"],
            )
        )
    return tuple(found)


def _value(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
