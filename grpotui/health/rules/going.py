"""Rules on how a run goes: values that are no numbers, KL, length, and rewards that fall."""

from __future__ import annotations

from grpotui.health.rules.facts import Facts, wilson
from grpotui.records import Verdict

NONFINITE_LINES = 3
"""Of the last five logged steps: a single one is a spike that an optimizer skips."""
KL_BAD, KL_TIMES, KL_DROP = 2.0, 4.0, 0.2
"""Nats a token, how many times more than usual before, and the fall of the normalised reward with it."""
KL_WILD, KL_WILD_TIMES = 10.0, 20.0
"""The same, where the reward only has to stand still."""
CLIPPED, CLIPPED_RISE = 0.5, 0.3
"""Share of completions that are cut off, and how far it has come from its start."""
LENGTH_TIMES, LENGTH_DROP = 2.0, 0.1
"""So many times the length, or such a fall of the normalised reward, and no gain since the first window."""
GAIN = 0.05
SHRUNK = 0.2
"""Part of the usual length that is left."""
FAR_DROP = 0.25
"""Fall of the normalised reward that is blamed on such a length, cut off or not."""
DROP = 0.25
"""Fall of the normalised reward from its best window that is a crash, with groups at the floor..."""
FLOORED, FLOORED_RISE = 0.6, 0.3
LEFT = 0.25
"""...or with only this part of it left."""
ALL_GONE = 0.85
"""Share of groups at the floor, risen by FLOORED_RISE, at which any clear fall is a crash."""
DROP_WARN = 0.2


def non_finite(facts: Facts) -> bool:
    """True when values keep coming that are no numbers."""
    return facts.nonfinite[0] >= NONFINITE_LINES


def kl(facts: Facts) -> tuple[bool, bool]:
    """Return whether the policy has left the reference at a loss, and whether it does so without one."""
    now = facts.value("kl")
    usual = facts.course.usual("kl", facts.pooled.first)
    if now is None or usual is None:
        return False, False
    ease = facts.ease(Verdict.COLLAPSED)
    far = now >= max(KL_BAD, KL_TIMES * usual) * ease
    wild = now >= max(KL_WILD, KL_WILD_TIMES * usual) * ease
    gained = facts.level is not None and facts.peak is not None and facts.level >= facts.peak
    bad = (far and facts.drop >= KL_DROP * ease) or (wild and not gained and not facts.improving)
    return bad, far


def length(facts: Facts) -> tuple[bool, bool]:
    """Return whether completions are cut off at a loss, or gone; and whether they are cut off."""
    now, usual = facts.value("length"), facts.course.start("length")
    clipped, rise = facts.value("clipped") or 0.0, facts.rise("clipped")
    ease = facts.ease(Verdict.COLLAPSED)
    cut = clipped >= CLIPPED * ease and rise >= CLIPPED_RISE * ease
    grown = now is not None and usual is not None and now >= LENGTH_TIMES * usual * ease
    gone = now is not None and usual is not None and usual >= 10 and now <= SHRUNK * usual / ease
    fallen = facts.drop >= LENGTH_DROP * ease
    bad = cut and (fallen or grown) and not _gained(facts)
    far = facts.drop >= FAR_DROP * ease and (cut or grown or gone)
    return bad or far, cut and not _gained(facts)


def _gained(facts: Facts) -> bool:
    """True when the reward is better than in the first window, or on its way."""
    first = facts.course.first
    was = first.level(facts.span) if first else None
    if was is None or facts.level is None:
        return False
    return facts.improving or facts.level - was > max(GAIN, 2 * facts.error)


def crash(facts: Facts) -> bool:
    """True when the reward fell far from its best, and little is left to learn from."""
    level, peak = facts.late, facts.peak
    if level is None or peak is None or facts.improving:
        return False
    ease, pooled = facts.ease(Verdict.COLLAPSED), facts.pooled
    floored = wilson(pooled.floor, pooled.judged)[0]
    least = facts.course.extremes.least_floor
    gone = floored >= ALL_GONE * ease and floored - least >= FLOORED_RISE and facts.drop > 0
    if facts.drop < DROP * ease:
        return gone
    return (
        gone or (floored >= FLOORED * ease and floored - least >= FLOORED_RISE) or level <= LEFT * peak / ease
    )


def fallen(facts: Facts) -> bool:
    """True when the reward is well below its best."""
    return facts.drop >= DROP_WARN * facts.ease(Verdict.COLLAPSED, Verdict.WARNING) and not facts.improving
