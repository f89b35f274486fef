"""The fields of a draft as they are shown: value, where it comes from, what it was."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from grpotui.presets import PresetError, parse_value
from grpotui.presets.fields import GRPO_FIELDS
from grpotui.presets.rows import edit_text, field_rows
from grpotui.presets.validate import OWNED
from grpotui.text import clean
from grpotui.tui.launch.draft import NAME, SEEDS, TOP, Draft
from grpotui.tui.launch.view import FieldView, Origin


def fields(draft: Draft, everything: bool = False) -> list[FieldView]:
    """Return the fields of a draft, the run's own first; ``everything`` adds all of GRPOConfig's."""
    before = {row.path: row for row in field_rows(draft.preset)}
    try:
        now = {row.path: row for row in field_rows(draft.edited)}
    except PresetError:
        now = before
    moved = {path for path, _ in TOP.values()}
    views = [_name_view(draft)]
    for short, (path, help_) in TOP.items():
        row = now.get(path)
        was = before.get(path)
        views.append(
            _view(short, draft, path, row and row.value, was and was.value, row and row.default, help_)
        )
    views.insert(2, _seeds_view(draft))
    for path, row in now.items():
        if path not in moved:
            was = before.get(path)
            value_before = was.value if was else row.default
            views.append(_view(path, draft, path, row.value, value_before, row.default, row.help))
    if everything:
        views += _rest(draft, {*now, *moved})
    return views


def _name_view(draft: Draft) -> FieldView:
    origin = Origin.EDITED if draft.name else Origin.DEFAULT
    return FieldView(NAME, draft.name, "", "the run's id", origin, "free text, shown instead of the id")


def _seeds_view(draft: Draft) -> FieldView:
    origin = Origin.EDITED if draft.seeds > 1 else Origin.DEFAULT
    help_ = "runs of each point, each with the next seed; the same seeds in every point"
    return FieldView(SEEDS, str(draft.seeds), "1", "1", origin, help_)


def _view(
    shown: str, draft: Draft, path: str, value: Any, before: Any, default: Any, help_: str
) -> FieldView:
    origin = Origin.DEFAULT if value == default else Origin.PRESET
    if path in draft.edits:
        origin = Origin.EDITED
    as_text = _words if shown == "tags" else typed
    if path in draft.many:
        return FieldView(
            shown,
            clean(draft.edits[path]),
            as_text(before),
            as_text(default),
            origin,
            f"{_kind(path)}{help_}",
        )
    return FieldView(
        shown, as_text(value), as_text(before), as_text(default), origin, f"{_kind(path)}{help_}".strip()
    )


def typed(value: object) -> str:
    """Return ``value`` as one would type it, with no character in it that a terminal could act on."""
    text = edit_text(value)
    if clean(text, len(text)) == text:
        return text
    quoted = json.dumps(value)
    return quoted if parse_value(quoted) == value else clean(text, len(text))


def _words(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return " ".join(clean(str(word)) for word in value)
    return typed(value)


def _kind(path: str) -> str:
    known = GRPO_FIELDS.get(path.removeprefix("grpo.")) if path.startswith("grpo.") else None
    if known is None:
        return ""
    choices = f": {', '.join(known.choices)}" if known.choices else ""
    return f"({known.type}{choices})  "


def _rest(draft: Draft, shown: Iterable[str]) -> list[FieldView]:
    there = set(shown)
    views = []
    for name, known in GRPO_FIELDS.items():
        path = f"grpo.{name}"
        if path not in there and name not in OWNED and known.kinds and "dict" not in known.kinds:
            views.append(_view(path, draft, path, known.default, known.default, known.default, known.help))
    return views
