"""Signals of one logged step, from its groups: one line of ``signals.jsonl``."""

from __future__ import annotations

import re
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from grpotui.health import repetition, similarity, templates
from grpotui.health.choice import MAX_COMPLETIONS, MAX_PER_GROUP, MIN_PROMPTS, Sample, samples
from grpotui.health.quotes import quotes
from grpotui.records import Completion, Flat, Group, RewardRange

SHORT_ANSWER_WORDS = 4
"""Below this many words in the median completion, shared words say nothing: digits and yes/no are alike."""
BEFORE = MIN_PROMPTS
"""Groups of earlier steps that a step may be compared with."""
MANY_ANSWERS = 0.5
"""Different right answers per group, at least, for their presence to say something."""
_END = 2000
"""Characters at the end of a completion, where its answer is."""
_ATOM = re.compile(r"-?\d+(?:\.\d+)?|\w+")
_VALUES = 8
"""Different rewards of flat groups that are kept."""


def compute(
    step: int, groups: Sequence[Group], span: RewardRange | None, before: Iterable[Group] = ()
) -> dict[str, Any]:
    """Return the signals of ``step``; None where one does not apply. Takes under 30 ms at 64 x 500 words.

    ``before`` holds the last groups of earlier steps, up to BEFORE: with one prompt a step there is nothing
    else to compare across prompts. Texts are of at most 64 completions.

    - ``groups``: groups with at least two rewards; ``flat`` of them have no spread, at the reward's
      ``ceiling``, its ``floor`` or at some ``other`` value. Where ``span`` is unknown all are ``other``, and
      ``flat_at`` holds [reward, groups] pairs. ``reward_low``, ``reward_high``: of completions.
    - ``zero_std/<function>``: share of groups in which that reward function gave all the same.
    - ``completions``: their number; ``unique``: distinct texts per completion, mean over groups;
      ``unique_stuck``: the same over groups flat below the ceiling; ``truncated``: share cut off.
    - ``jaccard_cross``, ``jaccard_within``: mean similarity of word sets between answers to different
      prompts, and within groups; ``dependence``: share of words that follow from the prompt.
    - ``same_answer``: largest share of completions with one and the same text, where prompts differ;
      ``answered``: share of completions that hold the right answer, where right answers differ.
    - ``template_share``, ``template``; ``repetition``; ``monotony``; ``compression``; ``median_words``.
    - ``quotes``: two completions of different prompts, cut, for the eye.
    """
    measured = [g for g in groups if len(g.rewards) > 1]
    places = [(g, where) for g in measured if (where := g.flat(span)) is not None]
    flat = Counter(where for _, where in places)
    chosen = samples(groups, before)
    rewards = [reward for g in groups for reward in g.rewards]
    return {
        "step": step,
        "groups": len(measured),
        "flat": flat.total(),
        "ceiling": flat[Flat.CEILING],
        "floor": flat[Flat.FLOOR],
        "other": flat[Flat.OTHER],
        **({"flat_at": _flat_at(measured)} if span is None else {}),
        "reward_low": min(rewards, default=None),
        "reward_high": max(rewards, default=None),
        **_by_function(measured),
        "completions": sum(len(g.completions) for g in groups),
        "unique": _unique(groups),
        "unique_stuck": _unique(g for g, where in places if where is not Flat.CEILING),
        "truncated": _mean([float(c.truncated) for g in groups for c in g.completions]),
        **_alike(chosen),
        "answered": _answered([*list(before)[-1:], *groups] if len(groups) == 1 else groups),
        **_repeated(chosen),
        "quotes": quotes(groups, span),
    }


def _alike(chosen: Sequence[Sample]) -> dict[str, float | None]:
    """Return how alike the texts are; words that short answers share say nothing across prompts."""
    alike = similarity.measure(chosen)
    too_short = alike.median_words is None or alike.median_words < SHORT_ANSWER_WORDS
    return {
        "jaccard_cross": None if too_short else _rounded(alike.cross),
        "jaccard_within": _rounded(alike.within),
        "dependence": _rounded(alike.dependence),
        "median_words": alike.median_words,
        "same_answer": _same_answer(chosen),
    }


def _repeated(chosen: Sequence[Sample]) -> dict[str, Any]:
    """Return what the texts repeat: a template among them, and themselves within."""
    fresh = [sample for sample in chosen if sample.fresh]
    share, template = templates.find(chosen)
    return {
        "template_share": _rounded(share),
        "template": template,
        "repetition": _rounded(repetition.repetition(fresh)),
        "monotony": _rounded(repetition.monotony(fresh)),
        "compression": _rounded(repetition.compression(chosen)),
    }


def _flat_at(groups: Sequence[Group]) -> list[list[float]]:
    counts = Counter(round(g.rewards[0], 6) for g in groups if g.flat(None) is not None)
    return [[value, count] for value, count in counts.most_common(_VALUES)]


def _by_function(groups: Sequence[Group]) -> dict[str, float]:
    """Return the share of flat groups of each of several reward functions: a sum can hide them."""
    seen: defaultdict[str, list[bool]] = defaultdict(list)
    for group in groups:
        values: defaultdict[str, list[float]] = defaultdict(list)
        for completion in group.completions:
            for name, value in completion.rewards.items():
                if value is not None:
                    values[name].append(value)
        for name, given in values.items():
            if len(given) > 1:
                one = Group(0, 0, group.mode, "", tuple(Completion("", reward=value) for value in given))
                seen[name].append(one.flat(None) is not None)
    if len(seen) < 2:
        return {}
    return {f"zero_std/{name}": round(statistics.fmean(flat), 6) for name, flat in sorted(seen.items())}


def _unique(groups: Iterable[Group]) -> float | None:
    return _mean(
        [
            len({c.text.strip() for c in group.completions}) / len(group.completions)
            for group in groups
            if group.completions
        ]
    )


def _same_answer(chosen: Sequence[Sample]) -> float | None:
    """Return the share of the most common text, where several prompts were asked."""
    if len({sample.prompt for sample in chosen}) < 2:
        return None
    counts = Counter(" ".join(sample.words) for sample in chosen)
    return round(max(counts.values()) / len(chosen), 6)


def _answered(groups: Sequence[Group]) -> float | None:
    """Return the share of completions that hold the right answer, where right answers differ."""
    asked = [g for g in groups if g.answer is not None]
    if len({g.answer for g in asked}) < max(2, MANY_ANSWERS * len(asked)):
        return None
    held = []
    for group in asked[:MAX_COMPLETIONS]:
        wanted = f" {' '.join(_ATOM.findall((group.answer or '').lower()))} "
        for completion in group.completions[:MAX_PER_GROUP]:
            said = _ATOM.findall(completion.text[-_END:].lower())
            held.append(float(wanted in f" {' '.join(said)} "))
    return _mean(held)


def _mean(values: Sequence[float]) -> float | None:
    return round(statistics.fmean(values), 6) if values else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
