"""Do the rewards tell right from wrong, before a model has written a word?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from grpotui.preflight.facts import Facts
from grpotui.preflight.finding import Finding, Severity
from grpotui.preflight.plan import Plan
from grpotui.preflight.probes import EMPTY, GOLD, PROMPT, REPEATED, WRONG, Probe
from grpotui.records import ZERO_STD_EPSILON, RewardRange
from grpotui.tasks import build_rewards
from grpotui.tasks.library import find_reward

_NONSENSE = (EMPTY, PROMPT, REPEATED)
_SHOWN = 40


def rewards(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Find rewards that raise, never differ, or pay for nonsense."""
    specs = plan.data["rewards"]
    ranges = {reward.name: reward.range for reward in build_rewards(specs)}
    for name, found in groupby(facts.probes, key=lambda probe: probe.reward):
        probes = list(found)
        place = next(index for index, spec in enumerate(specs) if spec["name"] == name)
        if raised := next((probe for probe in probes if probe.error), None):
            yield _raised(place, raised)
        else:
            exact = find_reward(name, "").needs_answer
            yield from _judge(plan, place, _by_kind(probes), ranges[name] if exact else None, ranges[name])


def _by_kind(probes: Sequence[Probe]) -> Mapping[str, list[Probe]]:
    kinds: dict[str, list[Probe]] = {}
    for probe in probes:
        if probe.value is not None:
            kinds.setdefault(probe.kind, []).append(probe)
    return kinds


def _raised(place: int, probe: Probe) -> Finding:
    return Finding(
        "reward-raises",
        Severity.ERROR,
        (f"rewards.{place}",),
        f"reward {probe.reward} raised {probe.error[:200]} for {probe.kind} ({probe.text[:_SHOWN]!r})",
        "A model may write anything: the run would end there.",
    )


def _judge(
    plan: Plan, place: int, kinds: Mapping[str, list[Probe]], exact: RewardRange | None, span: RewardRange
) -> Iterator[Finding]:
    field, values = f"rewards.{place}", [probe.value for probes in kinds.values() for probe in probes]
    numbers = [value for value in values if value is not None]
    if numbers and max(numbers) - min(numbers) < ZERO_STD_EPSILON:
        yield Finding(
            "constant-reward",
            Severity.ERROR,
            (field,),
            f"the reward is {numbers[0]:g} for every text that was tried, right or wrong",
            "Without spread in a group there is no advantage and nothing is learnt.",
        )
        return
    if exact is not None:
        yield from _gold(field, kinds, exact)
    yield from _nonsense(plan, field, kinds, span)


def _gold(field: str, kinds: Mapping[str, list[Probe]], span: RewardRange) -> Iterator[Finding]:
    low = [probe for probe in kinds.get(GOLD, ()) if _below(probe, span.high)]
    if low:
        yield Finding(
            "gold-below-maximum",
            Severity.ERROR,
            (field,),
            f"the right answer {low[0].text[:_SHOWN]!r} gets {low[0].value:g}, not the maximum {span.high:g}",
            "What cannot be earned cannot be learnt. In TRL a completion does not hold its prompt.",
        )
    paid = [probe for probe in kinds.get(WRONG, ()) if not _below(probe, span.high)]
    if paid:
        yield Finding(
            "wrong-is-right",
            Severity.ERROR,
            (field,),
            f"the wrong answer {paid[0].text[:_SHOWN]!r} gets the maximum {span.high:g}",
            "The reward does not tell right from wrong.",
        )


def _nonsense(
    plan: Plan, field: str, kinds: Mapping[str, list[Probe]], span: RewardRange
) -> Iterator[Finding]:
    tops = {kind for kind, probes in kinds.items() if any(not _below(probe, span.high) for probe in probes)}
    if paid := [kind for kind in _NONSENSE if kind in tops]:
        free = float(plan.grpo["beta"]) == 0
        yield Finding(
            "easy-maximum",
            Severity.WARNING if free else Severity.INFO,
            (field, "grpo.beta"),
            f"nonsense earns the maximum: {', '.join(paid)}",
            "Without a KL penalty a model may find it; watch similarity, not reward alone.",
            ({"grpo.beta": 0.02},) if free else (),
        )


def _below(probe: Probe, high: float) -> bool:
    return probe.value is not None and probe.value < high - ZERO_STD_EPSILON
