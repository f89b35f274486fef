"""Rules on what is written: templates, loops, and answers that are all the same."""

from __future__ import annotations

from grpotui.health.rules.causes import Caution
from grpotui.health.rules.facts import TINY_WORDS, Facts
from grpotui.records import Verdict

RISE_BAD, RISE_WARN = 0.5, 0.25
"""How far cross-prompt similarity has come from its start towards 1."""
ALIKE = 0.9
"""Cross-prompt similarity at which it does not matter how it began."""
COVERED, COVERED_RISE = 0.6, 0.4
"""Share of the text that is one template, and how far it has come from its start."""
COVERED_WARN = 0.3
DEPENDS = 0.12
"""Share of words that follow from the prompt at which a shared form is a frame for answers."""
INDEPENDENT = 0.05
"""Such a share below which nothing speaks for that, so that it does not matter either."""
ANSWERED = 0.3
"""Share of completions that hold the right answer which shows the same, where right answers differ."""
LOOPED, LOOPED_RISE = 0.5, 0.3
"""Share of words that only repeat a loop, and how far it has come from its start."""
LOOPED_WARN = 0.3
ONE_WORD, ONE_WORD_RISE = 0.35, 0.15
"""Share of words that are a completion's most common one, and how much more than at its start."""
ONE_WORD_WARN, ONE_WORD_WARN_RISE = 0.25, 0.08
SAME = 0.8
"""Share of completions with one text across prompts at which answers ignore the prompt."""


def follows_prompt(facts: Facts) -> bool:
    """True when a shared form holds what the prompt asked for: the right answer, or words of its own."""
    return (facts.value("answered") or 0.0) >= ANSWERED or (facts.value("dependence") or 0.0) >= DEPENDS


def template(facts: Facts) -> tuple[bool, bool]:
    """Return whether answers to different prompts are one template, and whether they come near it."""
    alike = facts.value("jaccard_cross") or 0.0
    if facts.short or (follows_prompt(facts) and alike < ALIKE):
        return False, False
    settings = facts.context.settings
    ease, warn_ease = facts.ease(Verdict.COLLAPSED), facts.ease(Verdict.COLLAPSED, Verdict.WARNING)
    rise, covered = facts.rise("jaccard_cross"), facts.value("template_share") or 0.0
    covered_rise = facts.rise("template_share")
    independent = (facts.value("dependence") or 0.0) < INDEPENDENT
    bad = (
        alike >= ALIKE * ease
        or rise >= RISE_BAD * ease
        or (alike >= settings.jaccard_bad * ease and (rise >= RISE_WARN * ease or independent))
        or (covered >= COVERED * ease and covered_rise >= COVERED_RISE * ease)
    )
    near = (
        alike >= settings.jaccard_warn * warn_ease
        or rise >= RISE_WARN * warn_ease
        or (covered >= COVERED_WARN * warn_ease and covered_rise >= COVERED_WARN * warn_ease)
    )
    return bad, bad or near


def repetition(facts: Facts) -> tuple[bool, bool]:
    """Return whether completions go round in circles, and whether they begin to."""
    looped, rise = facts.value("repetition") or 0.0, facts.rise("repetition")
    ease, warn_ease = facts.ease(Verdict.COLLAPSED), facts.ease(Verdict.COLLAPSED, Verdict.WARNING)
    one, one_start = facts.value("monotony") or 0.0, facts.course.low("monotony") or 0.0
    bad = looped >= LOOPED * ease and rise >= LOOPED_RISE * ease
    bad = bad or (one >= ONE_WORD * ease and one - one_start >= ONE_WORD_RISE * ease)
    near = looped >= LOOPED_WARN * warn_ease and rise >= LOOPED_WARN * warn_ease
    near = near or (one >= ONE_WORD_WARN * warn_ease and one - one_start >= ONE_WORD_WARN_RISE * warn_ease)
    return bad, bad or near


def same_within(facts: Facts) -> bool:
    """True when completions of a group are near-identical: of groups that teach nothing, where known."""
    lately = facts.now.lately
    unique = lately.get("unique_stuck", lately.get("unique"))
    if unique is None:
        return _frozen(facts)
    return _near_identical(facts, unique, lately.get("jaccard_within")) and not (
        # Of two possible answers one is wrong: that a group agrees on it says little, if others differ.
        facts.value("median_words") is not None
        and (facts.value("median_words") or 0.0) < TINY_WORDS
        and (lately.get("entropy") or 0.0) > 0.2
    )


def same_from_the_start(facts: Facts) -> bool:
    """True when they were so from the first steps on."""
    start = facts.course.start
    unique = start("unique")
    if unique is None:
        entropy = start("entropy")
        return entropy is not None and entropy <= 0.1
    return _near_identical(facts, unique, start("jaccard_within"))


def _near_identical(facts: Facts, unique: float, within: float | None) -> bool:
    few = 1.6 / max(facts.context.num_generations, 2) + 0.05
    return unique <= few or (within is not None and within >= 0.8 and unique <= 0.5)


def _frozen(facts: Facts) -> bool:
    """Without texts: True when the entropy has all but gone."""
    entropy, start = facts.value("entropy"), facts.course.start("entropy")
    return entropy is not None and (entropy <= 0.05 or (start is not None and entropy <= 0.1 * start))


def caution(facts: Facts) -> Caution | None:
    """Return what is to be known of a solved run."""
    if (facts.value("same_answer") or 0.0) >= SAME:
        return Caution.IGNORES_PROMPT
    unique = facts.value("unique")
    if unique is not None and _near_identical(facts, unique, facts.value("jaccard_within")):
        return Caution.NEAR_IDENTICAL
    return None
