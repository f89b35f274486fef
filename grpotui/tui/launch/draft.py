"""A launch in the making: a preset, what was edited in it, and what is wrong with the result."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from grpotui.presets import (
    Preset,
    PresetError,
    apply_overrides,
    available,
    load,
    parse_value,
    problems,
)
from grpotui.presets.overrides import value_of
from grpotui.presets.rows import field_rows
from grpotui.presets.validate import field_problems
from grpotui.records.sweeps import MOST_SEEDS
from grpotui.tui.launch import variants
from grpotui.tui.launch.view import PresetView
from grpotui.workspace import Workspace

if TYPE_CHECKING:
    from grpotui.launch.request import LaunchRequest

NAME = "name"
SEEDS = "seeds"
SEED = "grpo.seed"
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
    seeds: int = 1
    """Runs of each point, with the same seeds in every one."""

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
        """The launches that lists and seeds make, with a name each; itself alone when there are none."""
        if not self.several:
            return [self]
        edits, many = dict(self.edits), self.many
        if len(self.seed_values) > 1:
            edits, many = {**edits, SEED: ", ".join(map(str, self.seed_values))}, many | {SEED}
        name = self.name or self.preset.name
        return [
            replace(
                self, edits={**edits, **chosen}, many=frozenset(), seeds=1, name=variants.named(name, chosen)
            )
            for chosen in variants.combinations(edits, many)
        ]

    @property
    def points(self) -> list[Draft]:
        """The launches that the lists make beside the seed, each with the first seed."""
        first = {SEED: str(self.seed_values[0])} if SEED in self.many else {}
        return replace(self, edits={**self.edits, **first}, many=self.many - {SEED}, seeds=1).variants

    @property
    def several(self) -> bool:
        """True when it makes more than one run."""
        return bool(self.many) or self.seeds > 1

    @property
    def seed_values(self) -> tuple[int, ...]:
        """The seeds that every point is run with; empty for the preset's alone, or seeds that are none."""
        texts = variants.split_list(self.edits[SEED]) if SEED in self.many else ()
        if texts:
            return tuple(int(text) for text in texts)
        if self.seeds < 2:
            return ()
        first = parse_value(self.edits[SEED]) if SEED in self.edits else value_at(self.preset, SEED)
        return tuple(range(int(first), int(first) + self.seeds)) if isinstance(first, int) else ()

    def problems(self) -> list[str]:
        """Everything that is wrong with it as it stands, one line each."""
        try:
            found = [str(problem) for one in self.points for problem in problems(one.edited)]
            found += (
                [str(problem) for problem in problems(self.as_sweep)] if self.several and not found else []
            )
        except PresetError as error:
            return [str(error)]
        return list(dict.fromkeys(found))

    @property
    def as_sweep(self) -> Preset:
        """The preset with the lists as its ``[sweep]``, as far as that can be wrong. Raises PresetError."""
        preset = self.edited
        grid = {p: list(map(parse_value, variants.split_list(self.edits[p]))) for p in self.many - {SEED}}
        own = preset.data.get("sweep")
        table = {key: value for key, value in own.items() if key in ("stop", "metric")} if own else {}
        return replace(preset, data={**preset.data, "sweep": {**table, "grid": grid}})

    def set(self, path: str, text: str) -> Draft:
        """Return the draft with one field edited. Raises UserError when the value cannot be right.

        Fields that have to agree with each other may disagree for a while: :meth:`problems` says so.
        """
        text = text.strip()
        if path == NAME:
            return replace(self, name=text)
        if path == SEEDS:
            return self._few(replace(self, seeds=_count(text)), path)
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
        if not values and parse_value(text) == value_at(self.preset, path):
            return self.reset(path)
        many = self.many | {path} if values else self.many - {path}
        return self._few(replace(self, edits={**self.edits, path: text}, many=many), path)

    @staticmethod
    def _few(new: Draft, path: str) -> Draft:
        runs = variants.count(new.edits, new.many) * (1 if SEED in new.many else new.seeds)
        if runs > variants.MOST:
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
        if path == SEEDS:
            return replace(self, seeds=1)
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


def _count(text: str) -> int:
    if not text:
        return 1
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= MOST_SEEDS):
        raise PresetError(f"seeds: expected how many runs of each point, 1 to {MOST_SEEDS}")
    return int(text)


def value_at(preset: Preset, path: str) -> Any:
    """Return what a form shows at a dotted path, else what stands there, else a default of GRPOConfig's."""
    for row in field_rows(preset):
        if row.path == path:
            return row.value
    return value_of(preset.data, path)


def presets(workspace: Workspace) -> list[PresetView]:
    """Return the list of presets, the workspace's own first."""
    return [
        PresetView(info.name, info.name, info.summary, info.shipped, info.error)
        for info in available(workspace)
    ]


def draft_of(workspace: Workspace, name: str) -> Draft:
    """Return a fresh draft of a preset. Raises PresetError."""
    return Draft(load(name, workspace))
