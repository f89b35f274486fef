"""Follows a run line by line and marks its contract: holds, does not, or too early to tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grpotui.contract.evaluate import Moment, Unknown, evaluate
from grpotui.contract.nodes import First, Node, terms
from grpotui.contract.record import Record
from grpotui.contract.terms import Contract, Forecast

MET, NOT_MET, INCONCLUSIVE = "met", "not met", "inconclusive"
TOO_EARLY = "too early"
_WORDS = {
    "criterion": ("holds", "fails", TOO_EARLY),
    "criterion at the end": (MET, NOT_MET, INCONCLUSIVE),
    "forecast": ("inside", "outside", TOO_EARLY),
    "forecast at the end": ("inside", "outside", INCONCLUSIVE),
    "kill": ("fired", "not fired", "not fired"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """How one line of a contract stands."""

    name: str
    """primary, secondary, tertiary, forecast or kill."""
    text: str
    state: str
    """holds, fails, too early; at the end met, not met, inconclusive; inside, outside; fired, not fired."""
    values: Mapping[str, float | None] = field(default_factory=dict)
    """What was measured, by its text; None where it is not known."""
    why: str = ""
    """Why nobody can tell; empty where one can."""
    span: tuple[float, float] | None = None
    """The range of a forecast."""

    def to_json(self) -> dict[str, Any]:
        """Return the mark as it stands in ``contract.json`` and in the event of the end."""
        shown: dict[str, Any] = {"name": self.name, "text": self.text, "state": self.state}
        if self.span is not None:
            shown["range"] = list(self.span)
            shown["off"] = self.off
        return {**shown, "values": dict(self.values), "why": self.why}

    @property
    def off(self) -> float | None:
        """How far a forecast is beside its range, below 0 for too low; None where it is not known."""
        value = next(iter(self.values.values()), None)
        if value is None or self.span is None:
            return None
        low, high = self.span
        return min(value - low, 0.0) or max(value - high, 0.0)


class Tracker:
    """A contract and the run that it is about. Feed it every line of metrics, with its signals, in order."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.record = Record(metric.key for metric in contract.metrics if not metric.baseline)
        self.baseline: Record | None = None
        """The pinned run, read with :meth:`for_baseline`; None while there is none."""
        self._order = contract.firsts
        self._firsts: dict[First, tuple[int, float]] = {}

    def for_baseline(self) -> Record:
        """Return an empty record of what is read of the baseline."""
        return Record(metric.key for metric in self.contract.metrics if metric.baseline)

    def take(self, line: Mapping[str, Any]) -> None:
        """Take in a line; one that goes back to an earlier step takes back what later ones brought."""
        if self.record.take(line):
            self._firsts = {k: v for k, v in self._firsts.items() if v[0] < self.record.step}
        for first in self._order:
            if first not in self._firsts and evaluate(first.condition, self._now()) is True:
                self._firsts[first] = (self.record.step, self._here(first))

    def _here(self, first: First) -> float:
        step = self.record.step
        epoch = self.record.last("epoch", step) if first.epoch else None
        return float(step) if epoch is None else epoch

    def _now(self, over: bool = False) -> Moment:
        firsts = {first: value for first, (_, value) in self._firsts.items()}
        return Moment(self.record, self.baseline, firsts, over)

    @property
    def killed(self) -> bool:
        """True when it is not worth going on, by the last line."""
        return self.contract.kill is not None and evaluate(self.contract.kill[1], self._now()) is True

    def marks(self, over: bool = False, undecided: str = "") -> list[Mark]:
        """Return how each line of the contract stands.

        ``over``: the run has ended. ``undecided``: it ended before its plan, as said there, so that nobody
        can know what would have been.
        """
        now = self._now(over)
        found = [
            self._mark(name, text, node, now, undecided)
            for name, (text, node) in self.contract.criteria.items()
        ]
        found += [self._forecast(forecast, now, undecided) for forecast in self.contract.forecasts]
        if self.contract.kill:
            text, node = self.contract.kill
            value = evaluate(node, now)
            why = value.why if isinstance(value, Unknown) else ""
            found.append(
                Mark("kill", text, _word("kill", value is True, False), self._values(node, now), why)
            )
        return found

    def _mark(self, name: str, text: str, node: Node, now: Moment, undecided: str) -> Mark:
        value = evaluate(node, now)
        why = undecided or (value.why if isinstance(value, Unknown) else "")
        state = _word("criterion", None if why else value is True, now.over)
        return Mark(name, text, state, self._values(node, now), why)

    def _forecast(self, forecast: Forecast, now: Moment, undecided: str) -> Mark:
        value = evaluate(forecast.measure, now)
        known = None if isinstance(value, Unknown) else float(value)
        why = undecided or (value.why if isinstance(value, Unknown) else "")
        inside = None if why or known is None else forecast.low <= known <= forecast.high
        state = _word("forecast", inside, now.over)
        return Mark(
            "forecast", forecast.text, state, {forecast.text: known}, why, (forecast.low, forecast.high)
        )

    def _values(self, node: Node, now: Moment) -> dict[str, float | None]:
        found = {text: evaluate(term, now) for text, term in terms(node).items()}
        return {text: None if isinstance(v, Unknown) else float(v) for text, v in found.items()}


def _word(kind: str, holds: bool | None, over: bool) -> str:
    yes, no, open_ = _WORDS[f"{kind} at the end" if over else kind]
    return open_ if holds is None else yes if holds else no


def outcome(marks: Sequence[Mark]) -> str:
    """Return how the contract of an ended run ended: as its first criterion did."""
    states = [mark.state for mark in marks if mark.name not in ("forecast", "kill")]
    return states[0] if states else INCONCLUSIVE
