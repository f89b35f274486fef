"""Two completions that show what a verdict is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grpotui.health.repetition import looped
from grpotui.records import Flat, Group, RewardRange

COUNT = 2
MAX_TEXT = 160
_MAX_PROMPT = 80
_MAX_PARSED = 40
_ORDER = {Flat.FLOOR: 0, Flat.OTHER: 1, None: 2, Flat.CEILING: 3}
"""What nothing is learned from is shown first."""


def quotes(groups: Sequence[Group], span: RewardRange | None) -> list[dict[str, Any]]:
    """Return up to two completions of different prompts: prompt, text, parsed, right answer, reward."""
    found: dict[str, Group] = {}
    for group in sorted(groups, key=lambda group: _ORDER[group.flat(span)]):
        if group.completions and any(c.text.strip() for c in group.completions):
            found.setdefault(group.prompt, group)
    return [_quote(group) for group in list(found.values())[:COUNT]]


def _quote(group: Group) -> dict[str, Any]:
    written = [c for c in group.completions if c.text.strip()]
    completion = max(written, key=lambda c: _circles(c.text))
    return {
        "prompt": _cut(group.prompt, _MAX_PROMPT),
        "text": _cut(completion.text, MAX_TEXT),
        "parsed": None if completion.parsed is None else _cut(completion.parsed, _MAX_PARSED),
        "answer": None if group.answer is None else _cut(group.answer, _MAX_PARSED),
        "reward": completion.reward,
    }


def _circles(text: str) -> bool:
    """True for a completion that goes round in circles: such a one is shown rather than the first."""
    beginning = text[: 4 * MAX_TEXT]
    return looped(beginning, beginning.split()) >= 0.5


def _cut(text: str, most: int) -> str:
    flat = " ".join(text[: 4 * most].split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"
