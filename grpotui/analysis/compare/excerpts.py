"""One prompt in every run, as rows of text and as JSON: identical completions folded."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from grpotui.analysis.compare.subject import Subject
from grpotui.analysis.compare.told import KINDS, Excerpt, Told
from grpotui.analysis.folds import Fold, folded, glyph, glyphs, mean_reward, prompt_end, score
from grpotui.analysis.series import spread
from grpotui.records import Group, Mode, RewardRange
from grpotui.text import clean

VISITS = 5
"""Times that a prompt was used that are named in a table."""
FOLDS = 5
"""Distinct texts that are quoted in a table."""
QUOTED = 80
"""Characters of a text in a table."""


def title(excerpt: Excerpt) -> str:
    """Return ``watch prompt: Calculate: 17 * 6 = (102)``."""
    group = excerpt.first
    kind = KINDS.get(Mode(excerpt.mode), excerpt.mode)
    if group is None:
        return f"{kind}: gone from the files"
    gold = f" ({group.answer})" if group.answer is not None else ""
    return clean(f"{kind}: {prompt_end(group)}{gold}", 200)


def excerpt_rows(excerpt: Excerpt, subjects: Sequence[Subject]) -> list[list[str]]:
    """Return lines of cells: how it did at which step, glyphs, distinct texts, how it did over time."""
    columns = [_column(told, one.span) for told, one in zip(excerpt.told, subjects, strict=True)]
    heads = [title(excerpt)]
    rows = [list(cells) for cells in zip_longest(heads, *columns, fillvalue="")]
    history = [history_text(told, one.span) for told, one in zip(excerpt.told, subjects, strict=True)]
    return [*rows, ["over time", *history]] if any(history) else rows


def _column(told: Told, span: RewardRange | None) -> list[str]:
    group = told.group
    if group is None:
        return ["has it nowhere"]
    count = len(group.completions)
    folds = folded(group)
    shown = [fold_text(fold, span) for fold in folds[:FOLDS]]
    others = [others_text(folds[FOLDS:])] if len(folds) > FOLDS else []
    head = f"{score(mean_reward(group), count, span)} at step {group.step}  {glyphs(group, span)}"
    return [head, *shown, *others]


def fold_text(fold: Fold, span: RewardRange | None) -> str:
    """Return ``x12 ● 102``."""
    return clean(f"x{fold.count} {glyph(fold.first, span)} {fold.opening(QUOTED)}", QUOTED)


def others_text(folds: Sequence[Fold]) -> str:
    """Return what is said of texts that there is no room for."""
    return f"x{sum(fold.count for fold in folds)} {len(folds)} others"


def history_text(told: Told, span: RewardRange | None, most: int = VISITS) -> str:
    """Return ``s1 3/16  >s300 9/16``: how the prompt did over time, ``>`` at the step that is quoted."""
    if told.group is None or len(told.visits) < 2:
        return ""
    count = len(told.group.completions)
    shown = spread(len(told.visits), told.place, max(most, 3))
    signs = [">" if place == told.place else "" for place in shown]
    visits = [told.visits[place] for place in shown]
    texts = [f"s{visit.step} {score(visit.mean, count, span)}" for visit in visits]
    return "  ".join(sign + text for sign, text in zip(signs, texts, strict=True))


def excerpt_json(excerpt: Excerpt, subjects: Sequence[Subject]) -> dict[str, Any]:
    """Return the public JSON form, with all distinct texts and every time that it was used."""
    first = excerpt.first
    return {
        "mode": excerpt.mode,
        "prompt": first.prompt if first is not None else None,
        "answer": first.answer if first is not None else None,
        "values": {
            one.letter: _told_json(told.group, told) for told, one in zip(excerpt.told, subjects, strict=True)
        },
    }


def _told_json(group: Group | None, told: Told) -> dict[str, Any] | None:
    if group is None:
        return None
    return {
        "step": group.step,
        "n": len(group.completions),
        "reward": mean_reward(group),
        "texts": [{"text": f.text, "count": f.count, "reward": f.reward} for f in folded(group)],
        "history": [{"step": visit.step, "reward": visit.mean} for visit in told.visits],
    }
