"""All rules together, in the order in which their causes are named."""

from __future__ import annotations

from grpotui.health.rules import answers, going, spread
from grpotui.health.rules.causes import Cause, Signs
from grpotui.health.rules.facts import Facts
from grpotui.records import Verdict

CEILING = 0.95
"""Normalised mean reward at which a run counts as solved."""
CEILING_LEFT = 0.90
"""Below it, a solved run is so no longer."""


def judge(facts: Facts) -> Signs:
    """Return what a full window says of a run."""
    template, near_template = answers.template(facts)
    looped, near_loop = answers.repetition(facts)
    far, kl_far = going.kl(facts)
    long, cut = going.length(facts)
    if going.non_finite(facts):
        return _bad(Cause.NON_FINITE)
    nothing = spread.no_signal(facts)
    if nothing is Cause.LOW_TEMPERATURE:
        return Signs(warn=nothing, no_signal=nothing)
    if looped:
        return _bad(Cause.REPETITION)
    if template:
        return _bad(Cause.TEMPLATE)
    if at_ceiling(facts):
        warn = Cause.TEMPLATE if near_template else Cause.REPETITION if near_loop else None
        return Signs(warn=warn, solved=warn is None, caution=answers.caution(facts))
    if far:
        return _bad(Cause.KL)
    if long:
        return _bad(Cause.LENGTH)
    if going.crash(facts):
        return _bad(Cause.CRASH)
    if nothing is not None:
        return Signs(warn=nothing, no_signal=nothing)
    if (cause := spread.low_diversity(facts)) is not None:
        return _bad(cause)
    warns = {
        Cause.TEMPLATE: near_template,
        Cause.REPETITION: near_loop,
        Cause.KL: kl_far,
        Cause.LENGTH: cut,
        Cause.CRASH: going.fallen(facts),
    }
    warn = next((cause for cause, holds in warns.items() if holds), None)
    return Signs(warn=warn or _stuck(facts))


def at_ceiling(facts: Facts) -> bool:
    """True when the reward is as high as it goes; where the range is a guess, groups must be there, too."""
    if facts.level is None:
        return False
    high = facts.level >= (CEILING_LEFT if facts.verdict is Verdict.SOLVED else CEILING)
    return high and (facts.declared or facts.pooled.share(facts.pooled.ceiling) >= 0.5)


def _stuck(facts: Facts) -> Cause | None:
    if not spread.near_low_diversity(facts):
        return None
    return Cause.FLOOR if facts.pooled.floor > facts.pooled.other else Cause.LOW_DIVERSITY


def _bad(cause: Cause) -> Signs:
    return Signs(bad=cause, warn=cause)
