"""A launch in the making: a preset, what was edited in it, and what is wrong with the result."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grpotui.errors import UserError
from grpotui.presets import (
    Preset,
    PresetError,
    apply_overrides,
    available,
    load,
    parse_value,
    problems,
)
from grpotui.presets.fields import GRPO_FIELDS
from grpotui.presets.rows import edit_text, field_rows
from grpotui.presets.validate import OWNED, field_problems
from grpotui.stream import read_json
from grpotui.text import clean
from grpotui.tui import variants
from grpotui.tui.launch_view import FieldView, Origin, PresetView
from grpotui.workspace import Workspace

if TYPE_CHECKING:
    from grpotui.launch.request import LaunchRequest

NAME = "name"
TOP = {
    "seed": ("grpo.seed", "random seed of training; the data stays the same"),
    "device": ("launch.device", "auto (the GPU where there is one), cpu or cuda"),
    "tags": ("launch.tags", "words to find the run by, parted by blanks or commas"),
}
"""Fields of the preset that stand at the top under a short name."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A preset and what a person changed in it. ``edits`` maps dotted paths to text as typed."""

    preset: Preset
    edits: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    origin: str = ""
    """The run that this is a clone or fork of; empty for none."""
    step: int | None = None
    """Of the checkpoint that a fork begins with; None for a clone."""
    many: frozenset[str] = frozenset()
    """Edited paths that hold a list of values, one run for each."""

    @property
    def overrides(self) -> list[str]:
        """The edits as ``launch`` and ``--set`` take them."""
        return [f"{path}={text}" for path, text in self.edits.items()]

    @property
    def edited(self) -> Preset:
        """The preset with the edits applied; of several runs, the first one. Raises PresetError."""
        return apply_overrides(self.preset, self.variants[0].overrides if self.many else self.overrides)

    @property
    def variants(self) -> list[Draft]:
        """The launches that the lists make, with a name each; itself alone when there is no list."""
        if not self.many:
            return [self]
        name = self.name or self.preset.name
        return [
            replace(self, edits={**self.edits, **chosen}, many=frozenset(), name=variants.named(name, chosen))
            for chosen in variants.combinations(self.edits, self.many)
        ]

    def problems(self) -> list[str]:
        """Everything that is wrong with it as it stands, one line each."""
        try:
            found = [str(problem) for one in self.variants for problem in problems(one.edited)]
        except PresetError as error:
            return [str(error)]
        return list(dict.fromkeys(found))

    def set(self, path: str, text: str) -> Draft:
        """Return the draft with one field edited. Raises UserError when the value cannot be right.

        Fields that have to agree with each other may disagree for a while: :meth:`problems` says so.
        """
        text = text.strip()
        if path == NAME:
            return replace(self, name=text)
        if path == "tags":
            text = json.dumps(text.replace(",", " ").split(), ensure_ascii=False)
        path = TOP[path][0] if path in TOP else path
        if not text:
            return self.reset(path)
        wrong = self._wrong(path, text)
        values = variants.split_list(text) if wrong else []
        if len(values) > 1:
            wrong = next((said for value in values if (said := self._wrong(path, value))), "")
        if wrong:
            raise PresetError(wrong)
        if not values and parse_value(text) == _value(self.preset, path):
            return self.reset(path)
        many = self.many | {path} if values else self.many - {path}
        new = replace(self, edits={**self.edits, path: text}, many=many)
        if (runs := variants.count(new.edits, many)) > variants.MOST:
            raise PresetError(f"{path}: that would be {runs} runs, at most {variants.MOST} are made at once")
        return new

    def _wrong(self, path: str, text: str) -> str:
        """Return why one value cannot be right for a field; empty when it can."""
        for problem in field_problems(path, parse_value(text)):
            return problem.message
        if path.partition(".")[0] not in ("model", "task", "rewards"):
            return ""
        before = self.problems()
        new = replace(self, edits={**self.edits, path: text}, many=self.many - {path})
        return next((message for message in new.problems() if message not in before), "")

    def reset(self, path: str) -> Draft:
        """Return the draft with one field as the preset has it."""
        if path == NAME:
            return replace(self, name="")
        path = TOP[path][0] if path in TOP else path
        edits = {p: text for p, text in self.edits.items() if p != path}
        return replace(self, edits=edits, many=self.many - {path})

    def request(self, device: str = "auto", as_draft: bool = False, force: bool = False) -> LaunchRequest:
        """Return what ``launch`` wants; of a draft with lists, ask each of its variants."""
        from grpotui.launch.request import LaunchRequest

        return LaunchRequest(
            preset=self.preset,
            overrides=tuple(self.overrides),
            seed=None,
            name=self.name or None,
            tags=(),
            model=None,
            device=device,
            draft=as_draft,
            force=force,
        )


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


def _value(preset: Preset, path: str) -> Any:
    """Return what a form shows at a dotted path, else what stands there, else a default of GRPOConfig's."""
    for row in field_rows(preset):
        if row.path == path:
            return row.value
    here: Any = preset.data
    for part in path.split("."):
        if isinstance(here, dict):
            here = here.get(part)
        elif isinstance(here, list) and part.isdecimal() and int(part) < len(here):
            here = here[int(part)]
        else:
            here = None
    if here is None and path.startswith("grpo."):
        known = GRPO_FIELDS.get(path.removeprefix("grpo."))
        return known.default if known else None
    return here


def presets(workspace: Workspace) -> list[PresetView]:
    """Return the list of presets, the workspace's own first."""
    return [
        PresetView(info.name, info.name, info.summary, info.shipped, info.error)
        for info in available(workspace)
    ]


def draft_of(workspace: Workspace, name: str) -> Draft:
    """Return a fresh draft of a preset. Raises PresetError."""
    return Draft(load(name, workspace))


def clone_of(workspace: Workspace, run_id: str) -> Draft:
    """Return a draft that would launch what a run launched: its preset with its overrides.

    When that preset has gone or changed its shape: the config that the run wrote down. Raises UserError.
    """
    asked = read_json(workspace.run(run_id).run_json)
    if asked is None:
        raise UserError(f"{run_id}: its run.json cannot be read")
    config = asked.get("config")
    name = str(asked.get("preset") or run_id)
    overrides = [text for text in asked.get("overrides") or () if isinstance(text, str) and "=" in text]
    try:
        preset = load(str(asked.get("preset_file") or name), workspace)
        draft = Draft(preset, dict(_split(text) for text in overrides), origin=run_id)
        draft = _with_choices(draft, asked)
        draft.edited  # noqa: B018  (raises when an override fits no more)
    except PresetError:
        if not isinstance(config, dict):
            raise
        return Draft(Preset(name, Path(workspace.run(run_id).run_json), config), origin=run_id)
    return draft


def _split(text: str) -> tuple[str, str]:
    path, _, value = text.partition("=")
    return path.strip(), value.strip()


def _with_choices(draft: Draft, asked: Mapping[str, Any]) -> Draft:
    """Take over what the run was given beside its overrides: seed, device, tags, model."""
    edits = dict(draft.edits)
    config = asked.get("config")
    wanted = {
        "grpo.seed": asked.get("seed"),
        "launch.device": asked.get("device"),
        "launch.tags": asked.get("tags"),
        "model": config.get("model") if isinstance(config, dict) else None,
    }
    for path, value in wanted.items():
        if (
            path not in edits
            and isinstance(value, (str, int, list))
            and value not in ("", [])
            and value != _value(draft.preset, path)
        ):
            edits[path] = edit_text(value)
    return replace(draft, edits=edits)
