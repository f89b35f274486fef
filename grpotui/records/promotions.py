"""A winner that was written into a preset; no I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grpotui.records.numbers import as_float

_LONG = 500


@dataclass(frozen=True, slots=True)
class Promoted:
    """What was written, where, and what it rests on."""

    preset: str
    file: str
    values: Mapping[str, Any]
    """Dotted field -> what the preset has there now."""
    before: Mapping[str, Any] = field(default_factory=dict)
    """Dotted field -> what it had there; fields that it left to a default are missing."""
    sweep: str = ""
    """Empty for a run that is in none."""
    point: int | None = None
    runs: tuple[str, ...] = ()
    """What was measured of."""
    metric: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    """Ends of the 95 % interval."""
    confirmed: bool = False
    """True when the value is that of repeats with fresh seeds."""
    time: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the line, less its ``type``."""
        return {
            "time": self.time,
            "preset": self.preset,
            "file": self.file,
            "values": dict(self.values),
            "before": dict(self.before),
            "sweep": self.sweep,
            "point": self.point,
            "runs": list(self.runs),
            "metric": self.metric,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "confirmed": self.confirmed,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Promoted | None:
        """Read a line; None when it names no preset."""
        preset, runs, point = data.get("preset"), data.get("runs"), data.get("point")
        if not isinstance(preset, str) or not preset:
            return None
        return cls(
            preset=preset[:_LONG],
            file=str(data.get("file") or "")[:_LONG],
            values=_table(data.get("values")),
            before=_table(data.get("before")),
            sweep=str(data.get("sweep") or "")[:_LONG],
            point=point if isinstance(point, int) else None,
            runs=tuple(str(run)[:_LONG] for run in runs) if isinstance(runs, list) else (),
            metric=str(data.get("metric") or "")[:_LONG],
            value=as_float(data.get("value")),
            low=as_float(data.get("low")),
            high=as_float(data.get("high")),
            confirmed=data.get("confirmed") is True,
            time=as_float(data.get("time")) or 0.0,
        )


def _table(value: object) -> dict[str, Any]:
    return {str(key): held for key, held in value.items()} if isinstance(value, Mapping) else {}
