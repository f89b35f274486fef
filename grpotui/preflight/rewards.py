"""Do the rewards tell right from wrong, before a model has written a word?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from grpotui.preflight.facts import Facts
from grpotui.preflight.finding import Finding, Severity
from grpotui.preflight.plan import Plan
from grpotui.preflight.probes import EMPTY, GOLD, PROMPT, REPEATED, WRONG, Probe
from grpotui.records import ZERO_STD_EPSILON, RewardRange
from grpotui.tasks import build_rewards
from grpotui.tasks.library import find_reward
from grpotui.tasks.model import Reward, RewardKind

_NONSENSE = (EMPTY, PROMPT, REPEATED)
_SHOWN = 40


def rewards(plan: Plan, facts: Facts) -> Iterator[Finding]:
    """Find rewards that raise, never differ, or pay for nonsense."""
    specs = plan.data["rewards"]
    built = build_rewards(specs)
    yield from _weights(built)
    for place, (reward, spec) in enumerate(zip(built, specs, strict=True)):
        probes = [probe for probe in facts.probes if probe.reward == reward.name]
        if raised := next((probe for probe in probes if probe.error), None):
            yield _raised(place, raised)
        elif probes:
            yield from _judge(
                plan, f"rewards.{place}", find_reward(spec["name"], ""), reward, _by_kind(probes)
            )


def _alone(plan: Plan, reward: Reward) -> bool:
    """False where another reward asks for the right answer: then what earns this one is not the maximum."""
    others = [spec for spec in plan.data["rewards"] if spec["name"] != reward.name]
    kinds = [find_reward(spec["name"], "") for spec in others if spec.get("weight", 1) > 0]
    return not any(kind.needs_answer and not kind.structural for kind in kinds)


def _weights(rewards: Sequence[Reward]) -> Iterator[Finding]:
    for place, reward in enumerate(rewards):
        if reward.weight < 0 and reward.needs_answer:
            yield Finding(
                "answers-punished",
                Severity.ERROR,
                (f"rewards.{place}.weight",),
                f"weight {reward.weight:g} makes the right answer the worst one for {reward.name}",
                "A negative weight is for penalties: here the run would learn to be wrong.",
                ({f"rewards.{place}.weight": -reward.weight},),
            )
    if not any(reward.weight for reward in rewards):
        yield Finding(
            "constant-reward",
            Severity.ERROR,
            tuple(f"rewards.{place}.weight" for place in range(len(rewards))),
            "every weight is 0: the total reward is 0 for every text",
            "A weight of 0 only records a reward; one of them has to count.",
            ({"rewards.0.weight": 1.0},),
        )


def _by_kind(probes: Sequence[Probe]) -> Mapping[str, list[Probe]]:
    kinds: dict[str, list[Probe]] = {}
    for probe in probes:
        if probe.value is not None and math.isfinite(probe.value):
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
    plan: Plan, field: str, kind: RewardKind, reward: Reward, kinds: Mapping[str, list[Probe]]
) -> Iterator[Finding]:
    numbers = [probe.value for probes in kinds.values() for probe in probes if probe.value is not None]
    if not numbers:
        yield Finding(
            "constant-reward",
            Severity.ERROR,
            (field,),
            f"{reward.name} gives no number for any text that was tried, right or wrong",
            "None and nan count as not judged, and TRL goes on without a word: nothing would be learnt.",
        )
    elif max(numbers) - min(numbers) < ZERO_STD_EPSILON:
        yield Finding(
            "constant-reward",
            Severity.ERROR,
            (field,),
            f"{reward.name} is {numbers[0]:g} for every text that was tried, right or wrong",
            "Without spread in a group there is no advantage and nothing is learnt.",
        )
    elif reward.range is not None:
        if kind.needs_answer or kind.only_for:
            yield from _gold(field, kinds, reward.range, form=kind.structural)
        if plan.trains and reward.weight > 0 and _alone(plan, reward):
            yield from _nonsense(plan, field, kinds, reward.range)


def _gold(field: str, kinds: Mapping[str, list[Probe]], span: RewardRange, form: bool) -> Iterator[Finding]:
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
    if paid and not form:
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
