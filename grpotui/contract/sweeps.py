"""Lines of a contract that are about a whole sweep: ``best - baseline >= 0.05``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from grpotui.contract.names import OF_SWEEP
from grpotui.contract.scoring import Mark, Tracker
from grpotui.contract.terms import CRITERIA, read
from grpotui.contract.tokens import ContractError, tokens


def names_of_sweep(text: object) -> set[str]:
    """Return which of ``best`` and ``baseline`` an expression names by themselves."""
    try:
        found = (
            {token.text for token in tokens(text) if token.kind == "name"} if isinstance(text, str) else {}
        )
    except ContractError:
        return set()
    return set(OF_SWEEP).intersection(found)


def parted(section: object) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a ``[contract]`` table as that of each run and that of the sweep; both keep the hypothesis."""
    table = dict(section) if isinstance(section, Mapping) else {}
    of_sweep = {name: table.pop(name) for name in CRITERIA if names_of_sweep(table.get(name))}
    forecast = table.get("forecast")
    if isinstance(forecast, Mapping):
        spans = {text: span for text, span in forecast.items() if names_of_sweep(text)}
        table["forecast"] = {text: span for text, span in forecast.items() if text not in spans}
        of_sweep |= {"forecast": spans} if spans else {}
    if of_sweep and table.get("hypothesis"):
        of_sweep["hypothesis"] = table["hypothesis"]
    return table, of_sweep


def without_baseline(of_sweep: Mapping[str, Any]) -> dict[str, Any]:
    """Return the lines of a sweep that can be told without a baseline."""
    kept = {name: text for name, text in of_sweep.items() if "baseline" not in names_of_sweep(text)}
    spans = kept.get("forecast") or {}
    if spans:
        kept["forecast"] = {
            text: span for text, span in spans.items() if "baseline" not in names_of_sweep(text)
        }
    return kept


def marks(
    section: Mapping[str, Any], best: float | None, baseline: float | None, over: bool, undecided: str = ""
) -> list[Mark]:
    """Return how each line of a sweep's contract stands.

    ``best`` and ``baseline`` are values of the metric that points are ranked by; None where there is none
    yet. ``over`` and ``undecided`` are as in :meth:`Tracker.marks`.
    """
    tracker = Tracker(read(section, of_sweep=True))
    values = {OF_SWEEP["best"]: best, OF_SWEEP["baseline"]: baseline}
    tracker.take({"step": 1, **{key: value for key, value in values.items() if value is not None}})
    return tracker.marks(over, undecided)
