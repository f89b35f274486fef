"""What a contract can never tell about the run that it is written for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grpotui.contract.nodes import Comparison, Metric, Node, Number, Step, Summary, VerdictIs, parts
from grpotui.contract.terms import Contract


@dataclass(frozen=True, slots=True)
class Prospect:
    """What is known of a run before it starts; None where it is not."""

    steps: int | None = None
    values: int | None = None
    """Lines of metrics that it will log."""
    evaluates: bool | None = None
    has_kl: bool | None = None
    """False with ``beta`` 0: TRL then logs no KL."""
    has_baseline: bool | None = None


def doubts(contract: Contract, prospect: Prospect) -> Iterator[tuple[str, str]]:
    """Yield (field, why it will stay inconclusive, or says nothing)."""
    expressions = [(f"contract.{name}", node) for name, (_, node) in contract.criteria.items()]
    expressions += [(f"contract.forecast.{f.text}", f.measure) for f in contract.forecasts]
    if contract.kill:
        expressions.append(("contract.kill", contract.kill[1]))
    for path, node in expressions:
        found = list(parts(node))
        if not any(isinstance(part, (Metric, Step, VerdictIs)) for part in found):
            yield path, "is the same whatever the run does: name a metric, step or verdict"
        yield from ((path, why) for part in found if (why := _doubt(part, prospect)))


def _doubt(part: Node, prospect: Prospect) -> str:
    match part:
        case Comparison(sign=(">" | ">=") as sign, left=Step(), right=Number(value=after)):
            if prospect.steps is not None and (
                after >= prospect.steps if sign == ">" else after > prospect.steps
            ):
                return f"step {sign} {after:g} is never true: the run has {prospect.steps} steps"
        case Summary(last=int(last)) if prospect.values is not None and not part.metric.key.startswith(
            "eval_"
        ):
            if last > prospect.values:
                return f"{part.text} needs {last} values, and the run will log {prospect.values}"
        case Metric(baseline=True) if prospect.has_baseline is False:
            return f"{part.text}: no run is pinned as the baseline (b on the Runs screen)"
        case Metric() if part.key.startswith("eval_") and prospect.evaluates is False:
            return f"{part.text}: the run evaluates nothing: set eval.every"
        case Metric(key="kl", baseline=False) if prospect.has_kl is False:
            return "kl is not logged while grpo.beta is 0"
    return ""
