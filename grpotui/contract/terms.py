"""The ``[contract]`` table, parsed: what is expected of a run, and when it is not worth going on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from grpotui.contract.nodes import First, Metric, Node, metrics, parts
from grpotui.contract.syntax import condition, measure
from grpotui.contract.tokens import ContractError
from grpotui.records import as_float

CRITERIA = ("primary", "secondary", "tertiary")


@dataclass(frozen=True, slots=True)
class Forecast:
    """A range that a measure is expected in at the end."""

    text: str
    measure: Node
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Contract:
    """What was written at launch. Texts are those of the preset."""

    hypothesis: str = ""
    criteria: Mapping[str, tuple[str, Node]] = field(default_factory=dict)
    """Name (primary, secondary, tertiary) -> text and condition."""
    forecasts: tuple[Forecast, ...] = ()
    kill: tuple[str, Node] | None = None

    def __bool__(self) -> bool:
        """True when there is anything to score."""
        return bool(self.criteria or self.forecasts or self.kill)

    @property
    def nodes(self) -> list[Node]:
        """Every expression."""
        found = [node for _, node in self.criteria.values()] + [f.measure for f in self.forecasts]
        return [*found, self.kill[1]] if self.kill else found

    @property
    def metrics(self) -> set[Metric]:
        """Every metric that is read, of this run and of the baseline."""
        return {metric for node in self.nodes for metric in metrics(node)}

    @property
    def firsts(self) -> list[First]:
        """Every ``first``, inner ones before those that hold them."""
        found = [part for node in self.nodes for part in parts(node) if isinstance(part, First)]
        return list(dict.fromkeys(reversed(found)))


def read(section: object, kill: str | None = None, of_sweep: bool = False) -> Contract:
    """Return a ``[contract]`` table; what cannot be read of it is left out, as :func:`check` says.

    ``kill`` replaces the table's own: a policy may change it while the run goes on. ``of_sweep``: its lines
    are about a whole sweep.
    """
    table = section if isinstance(section, Mapping) else {}
    criteria = {name: found for name in CRITERIA if (found := _read(table.get(name), of_sweep))}
    return Contract(
        hypothesis=str(table.get("hypothesis") or ""),
        criteria=criteria,
        forecasts=tuple(_forecasts(table.get("forecast"), of_sweep)),
        kill=_read(table.get("kill") if kill is None else kill),
    )


def _read(text: object, of_sweep: bool = False) -> tuple[str, Node] | None:
    if not isinstance(text, str) or not text.strip():
        return None
    try:
        return text.strip(), condition(text, of_sweep)
    except ContractError:
        return None


def _forecasts(table: object, of_sweep: bool) -> Iterator[Forecast]:
    for text, span in table.items() if isinstance(table, Mapping) else ():
        bounds = _span(span)
        if bounds is None:
            continue
        try:
            yield Forecast(str(text).strip(), measure(str(text), of_sweep), *bounds)
        except ContractError:
            continue


def _span(span: object) -> tuple[float, float] | None:
    if not isinstance(span, list) or len(span) != 2:
        return None
    low, high = map(as_float, span)
    return None if low is None or high is None or low > high else (low, high)


def check(section: object, of_sweep: bool = False) -> Iterator[tuple[str, str]]:
    """Yield (field, what is wrong with it, with the place) of a ``[contract]`` table. Kinds fit already.

    ``of_sweep``: its lines are about a whole sweep.
    """
    table: Mapping[str, Any] = section if isinstance(section, Mapping) else {}
    for name in (*CRITERIA, "kill"):
        text = table.get(name)
        if isinstance(text, str) and text.strip():
            try:
                condition(text, of_sweep)
            except ContractError as error:
                yield f"contract.{name}", str(error)
    forecast = table.get("forecast")
    for text, span in forecast.items() if isinstance(forecast, Mapping) else ():
        path = f"contract.forecast.{text}"
        if _span(span) is None:
            yield path, "expected [low, high], two numbers"
        try:
            measure(str(text), of_sweep)
        except ContractError as error:
            yield path, str(error)
