"""Sentences that are one template, its slots found: "the _ was _, and the _ was _"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from grpotui.health.choice import Sample

MAX_CHARACTERS = 600
"""Of one completion: a template shows early."""
MAX_TOKENS = 24
"""Of one sentence; longer ones are cut into several."""
FIXED = (0.3, 0.5, 0.7)
"""A word that such a share of sentences has may be part of the template; others are slots. The share that
finds the largest template counts: fillings of a slot may be few, and templates several."""
MIN_FIXED = 3
"""Words that a template has at least, and..."""
MIN_PART = 0.3
"""...their part of the sentence at least: three words among twenty slots are no template."""
SLOT = "_"
_TAG = re.compile(r"<[^<>]{0,40}>")
_TOKEN = re.compile(r"\w+(?:['’]\w+)*|[,;:]")
_END = re.compile(r"[.!?\n]+")
_MARKS = frozenset(",;:")

Skeleton = tuple[str, ...]


def find(chosen: Sequence[Sample]) -> tuple[float | None, str]:
    """Return the share of the text (0 to 1) that is the most common template, and the template.

    None where nothing was written. Every completion counts the same, however long; tags such as ``<answer>``
    do not count, as models are asked for them.
    """
    texts = [found for sample in chosen if (found := _sentences(sample.text))]
    if not texts:
        return None, ""
    shares = _shares(texts)
    covered: defaultdict[Skeleton, float] = defaultdict(float)
    for least in FIXED:
        fixed = frozenset(token for token, share in shares.items() if share >= least)
        if len(fixed - _MARKS) < MIN_FIXED:
            break
        for skeleton, share in _covered(texts, fixed).items():
            covered[skeleton] = max(covered[skeleton], share)
    if not covered:
        return 0.0, ""
    best = max(covered, key=lambda skeleton: (covered[skeleton], skeleton))
    return covered[best], written(best)


def written(skeleton: Skeleton) -> str:
    """Return a template as text."""
    return re.sub(r" ([,;:])", r"\1", " ".join(skeleton))


def _sentences(text: str) -> list[list[str]]:
    bare = _TAG.sub(" ", text[:MAX_CHARACTERS].lower())
    found = []
    for part in _END.split(bare):
        tokens = _TOKEN.findall(part)
        found += [tokens[at : at + MAX_TOKENS] for at in range(0, len(tokens), MAX_TOKENS)]
    return found


def _shares(texts: Sequence[Sequence[Sequence[str]]]) -> dict[str, float]:
    """Return the share of sentences that have a token, each completion counting the same."""
    shares: defaultdict[str, float] = defaultdict(float)
    for text in texts:
        part = 1 / (len(text) * len(texts))
        for sentence in text:
            for token in set(sentence):
                shares[token] += part
    return shares


def _covered(texts: Sequence[Sequence[Sequence[str]]], fixed: frozenset[str]) -> dict[Skeleton, float]:
    """Return each skeleton's share of the text."""
    covered: defaultdict[Skeleton, float] = defaultdict(float)
    for text in texts:
        size = sum(map(len, text)) * len(texts)
        for sentence in text:
            skeleton = _skeleton(sentence, fixed)
            if skeleton is not None:
                covered[skeleton] += len(sentence) / size
    return covered


def _skeleton(sentence: Sequence[str], fixed: frozenset[str]) -> Skeleton | None:
    """Return a sentence with runs of slots as one, None where too little of it is fixed.

    Slots before the first fixed word are left out, so that "then" at the beginning makes no other template.
    """
    words = sum(token in fixed and token not in _MARKS for token in sentence)
    if words < MIN_FIXED or words < MIN_PART * len(sentence):
        return None
    found: list[str] = []
    for token in sentence:
        if token in fixed:
            found.append(token)
        elif found and found[-1] != SLOT:
            found.append(SLOT)
    return tuple(found)
