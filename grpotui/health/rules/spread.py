"""Rules on rewards that do not differ within groups: floor, constant reward, and completions all the same."""

from __future__ import annotations

from grpotui.health.rules.answers import same_from_the_start, same_within
from grpotui.health.rules.causes import Cause
from grpotui.health.rules.facts import LEAST_GAIN, Facts, wilson
from grpotui.records import Verdict

FLOOR_SHARE = 0.9
"""Share of groups flat at the lowest reward at which there is nothing to learn from."""
FLOOR_LEVEL = 0.002
"""Normalised mean reward up to which that holds: a percent of right answers is a beginning."""
FLOOR_MOST = 0.03
"""Upper bound of the share of completions with any reward."""
CONSTANT_SHARE = 0.95
"""Share of flat groups at which the reward counts as constant."""
EVER_SPREAD = 0.1
"""Share of groups with different rewards up to which the reward counts as never having differed."""
SAME_FLAT = 0.5
"""Share of flat groups, at least, where completions are the same..."""
SAME_STUCK, SAME_STUCK_GAINED = 0.1, 0.25
"""...of which so many are not at the ceiling; more where the reward has gained since groups were at their
most diverse: what a run has not learnt when it has learnt the most may be as many."""
SAME_LEVEL = 0.93
"""Above it the same completions are the right ones."""
DIVERSE = 0.1
"""More flat groups than at the least that still count as few."""
STUCK_RISE, STUCK_BAD = 0.30, 0.60
"""Groups that teach nothing: how many more than at the best, and how many."""
COLD_STUCK = 0.05
"""...where they were the same from the start: then the share says how much the model knew already."""
COLD_ENTROPY = 0.15
"""Nats a token at the start; where no temperature is declared, more than that was not sampled coldly."""
COLD = 0.3
"""Declared temperature up to which it is to blame when completions are the same."""


def no_signal(facts: Facts) -> Cause | None:
    """Return why there is nothing to learn from, and never was."""
    pooled = facts.pooled
    ease = facts.ease(Verdict.NO_SIGNAL)
    if _floored(facts, ease):
        return Cause.LOW_TEMPERATURE if _cold(facts) else Cause.FLOOR
    flat = pooled.share(pooled.flat)
    if flat >= CONSTANT_SHARE * ease and pooled.reward is None:
        return Cause.NO_REWARD
    if flat >= CONSTANT_SHARE * ease and _never_differed(facts) and not _at_ceiling(facts):
        return Cause.LOW_TEMPERATURE if _cold(facts) else Cause.CONSTANT_REWARD
    cold = facts.flat > SAME_FLAT * ease and pooled.share(pooled.stuck) >= COLD_STUCK * ease
    return Cause.LOW_TEMPERATURE if cold and _short_of_ceiling(facts) and _cold(facts) else None


def low_diversity(facts: Facts) -> Cause | None:
    """Return the cause where completions of a group have become the same, and so their rewards."""
    ease = facts.ease(Verdict.COLLAPSED)
    if _same(facts, ease):
        return Cause.LOW_TEMPERATURE if _cold(facts) else Cause.LOW_DIVERSITY
    risen = facts.stuck - facts.least_stuck >= STUCK_RISE * ease
    if risen and facts.stuck > STUCK_BAD * ease and not facts.improving and not _at_ceiling(facts):
        return Cause.LOW_DIVERSITY
    return None


def near_low_diversity(facts: Facts) -> bool:
    """True when groups that teach nothing are worth a look."""
    ease = facts.ease(Verdict.COLLAPSED, Verdict.WARNING)
    return facts.span is not None and facts.stuck > facts.context.settings.zero_std_warn * ease


def _same(facts: Facts, ease: float) -> bool:
    if not _short_of_ceiling(facts):
        return False
    if facts.flat <= SAME_FLAT * ease or facts.stuck <= SAME_STUCK * ease or not same_within(facts):
        return False
    return facts.stuck > SAME_STUCK_GAINED * ease or not _gained(facts)


def _short_of_ceiling(facts: Facts) -> bool:
    return facts.level is not None and facts.level <= SAME_LEVEL and not facts.improving


def _gained(facts: Facts) -> bool:
    """True when the reward is better than when groups last were as diverse as ever."""
    readings = facts.course.before(facts.now.step)
    if not readings or facts.level is None:
        return False
    least = min(reading.pooled.share(reading.pooled.flat) for reading in readings) + DIVERSE
    diverse = next(r for r in reversed(readings) if r.pooled.share(r.pooled.flat) <= least)
    return facts.level - (diverse.level(facts.span) or 0.0) > max(LEAST_GAIN, 2 * facts.error)


def _cold(facts: Facts) -> bool:
    """True when completions are the same because they are sampled coldly."""
    if not same_within(facts):
        return False
    if facts.temperature is not None:
        return facts.temperature <= COLD
    entropy = facts.course.start("entropy")
    return same_from_the_start(facts) and (entropy is None or entropy <= COLD_ENTROPY)


def _floored(facts: Facts, ease: float) -> bool:
    level, pooled = facts.level, facts.pooled
    if level is None or level > FLOOR_LEVEL / ease or pooled.share(pooled.floor) < FLOOR_SHARE * ease:
        return False
    completions = pooled.judged * facts.context.num_generations
    if wilson(level * completions, completions)[1] >= FLOOR_MOST / ease:
        return False
    if (facts.peak or 0.0) <= FLOOR_LEVEL:
        return True
    # There were rewards before: then a window without any may be bad luck, two are not.
    before = facts.course.before(pooled.first + 1)
    return bool(before) and (before[-1].level(facts.span) or 0.0) <= FLOOR_LEVEL / ease


def _never_differed(facts: Facts) -> bool:
    pooled = facts.pooled
    now = pooled.share(pooled.judged - pooled.flat)
    return max(now, facts.course.extremes.most_spread) <= EVER_SPREAD


def _at_ceiling(facts: Facts) -> bool:
    pooled = facts.pooled
    return facts.declared and pooled.share(pooled.ceiling) >= 0.5 * pooled.share(pooled.flat) > 0
