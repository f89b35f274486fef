"""Says what is wrong with a preset: field, what was expected, what stands there, the nearest name."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from grpotui import contract
from grpotui.presets import accelerate, eval_rules, grpo_rules, ladder, rollouts, search_rules, stages
from grpotui.presets.accelerate import processes
from grpotui.presets.code import remote_code
from grpotui.presets.fields import GRPO_FIELDS, Field
from grpotui.presets.hints import MISTAKES
from grpotui.presets.kinds import mismatch, unusable
from grpotui.presets.notify import notify_problems
from grpotui.presets.preset import Preset, PresetError, Problem, located
from grpotui.presets.resolve import launch_settings
from grpotui.presets.secrecy import secrets_in
from grpotui.presets.sections import (
    DECLARED,
    KINDS,
    LIMITS,
    ORDERED,
    REQUIRED,
    TOP_LEVEL,
    annotated_kinds,
)
from grpotui.records import RunKind
from grpotui.tasks import TaskError, prompt_count, validate_rewards, validate_task
from grpotui.tasks.files import rewards_with_files, with_files
from grpotui.tasks.settings import nearest, shown

OWNED: Mapping[str, str] = {
    "output_dir": "grpotui owns it: checkpoints go into the run's own folder",
    "resume_from_checkpoint": "grpotui owns it: 'grpotui resume RUN' goes on from the last checkpoint",
    "local_rank": "grpotui owns it: the launcher of the processes sets it",
}
"""GRPOConfig's fields that no preset may set."""

_Checked = Generator[Problem, None, Mapping[str, Any] | None]
"""Problems of a table, and in the end the table when it has none."""

_OTHER_TOP = {
    "name": "a preset's name is the name of its file",
    "seed": "it stands in [grpo], or is given with --seed",
    "reward": "rewards stand in [[rewards]], one table each",
    "tags": "it stands in [launch]",
    "device": "it stands in [launch]",
}


def validate(preset: Preset) -> None:
    """Raise PresetError with the first problem of ``preset``, if it has any."""
    for problem in problems(preset):
        raise PresetError(f"{problem} (preset {preset.name})")


def problems(preset: Preset) -> Iterator[Problem]:
    """Yield everything that is wrong with ``preset``, secrets first, then in the order of its sections."""
    data = preset.data
    yield from secrets_in("", data)
    yield from remote_code("grpo", data.get("grpo"))
    yield from unusable("", data)
    yield from _top(data)
    trains = data.get("kind") != RunKind.ROLLOUTS
    task = yield from _task(data, preset.folders)
    grpo = yield from _grpo(data, trains)
    if grpo is not None and not trains:
        yield from rollouts.problems(data, task)
    elif task is not None and grpo is not None:
        yield from _prompts(task, grpo, processes(data))
    if isinstance(data.get("curriculum"), list) and trains:
        yield from stages.problems(data, grpo, preset.folders)
    for name, section in DECLARED.items():
        if isinstance(data.get(name), dict):
            yield from _section(name, section, data[name])
            yield from _written(name, data[name], data.get("sweep"))
    yield from _launch(data, preset.folders)
    yield from search_rules.problems(preset, field_problems)
    if trains and task is not None and isinstance(data.get("eval"), dict):
        yield from eval_rules.problems(data["eval"], task, data.get("curriculum"))


def field_problems(path: str, value: object) -> Iterator[Problem]:
    """Yield what is wrong with one value of grpo, health or launch by itself, whatever else is set."""
    section, _, name = path.partition(".")
    if section == "grpo":
        yield from _grpo_field(name, value)
    elif section in DECLARED:
        found = [
            *_section(section, DECLARED[section], {name: value}),
            *_written(section, {name: value}, {"baseline": {"": 0}}),
        ]
        yield from (problem for problem in found if problem.path == path)


def _written(section: str, values: object, sweep: object) -> Iterator[Problem]:
    """Yield what is wrong with texts that have a language of their own; ``sweep`` is that table, if any."""
    if section == "contract":
        of_runs, of_sweep = contract.parted(values) if isinstance(sweep, dict) else (values, {})
        found = [*contract.check(of_runs), *contract.check(of_sweep, of_sweep=True)]
        yield from (Problem(path, message) for path, message in found)
        if isinstance(sweep, dict) and not sweep.get("baseline"):
            texts = [of_sweep.get(name) for name in contract.CRITERIA] + [*(of_sweep.get("forecast") or {})]
            if any("baseline" in contract.names_of_sweep(text) for text in texts):
                yield Problem("contract", "names baseline: say which point that is, in sweep.baseline")
    elif section == "notify":
        yield from notify_problems(values)


def _top(data: Mapping[str, Any]) -> Iterator[Problem]:
    for key, value in data.items():
        if key not in TOP_LEVEL:
            yield Problem(key, _unknown_top(key))
        elif problem := mismatch(key, value, TOP_LEVEL[key]):
            yield problem
    for key in REQUIRED:
        if key not in data:
            yield Problem(key, "is missing")
    if data.get("model") == "":
        yield Problem("model", 'expected "tiny", a folder or a hub id, got an empty text')
    kind = data.get("kind", KINDS[0])
    if isinstance(kind, str) and kind not in KINDS:
        yield Problem("kind", f"{shown(kind)} is no kind of run; known: {', '.join(KINDS)}")


def _unknown_top(key: str) -> str:
    if key in _OTHER_TOP:
        return f"unknown key: {_OTHER_TOP[key]}"
    if key in GRPO_FIELDS or key in MISTAKES:
        return "unknown key: fields of TRL stand in [grpo]"
    return f"unknown key{nearest(key, [*TOP_LEVEL, 'extends']) or '; known: ' + ', '.join(TOP_LEVEL)}"


def _task(data: Mapping[str, Any], folders: Sequence[Path]) -> _Checked:
    task, rewards = data.get("task"), data.get("rewards")
    good = None
    try:
        if isinstance(task, dict):
            validate_task(task := with_files(task, folders))
            good = task
    except TaskError as error:
        yield located(error)
    try:
        if isinstance(rewards, list):
            validate_rewards(rewards_with_files(rewards, folders), good)
    except TaskError as error:
        yield located(error)
    return good


def _launch(data: Mapping[str, Any], folders: Sequence[Path]) -> Iterator[Problem]:
    settings, grpo = launch_settings(data), data.get("grpo", {})
    if settings.accelerate:
        yield from accelerate.problems(settings.accelerate, folders)
    if settings.on_oom and isinstance(grpo, dict):
        yield from ladder.problems(settings.on_oom, grpo)


def _prompts(task: Mapping[str, Any], grpo: Mapping[str, Any], world: int) -> Iterator[Problem]:
    """Each generation takes different prompts: with too few of them TRL ends well and has trained no step."""
    size, group = grpo_rules.generation_size(grpo, world), grpo_rules.group_size(grpo)
    have, need = prompt_count(task), size // group
    if have is not None and have < need:
        counts = f"{need} different prompts ({size} completions / {group} of each)"
        yield Problem(
            "task.n",
            f"one generation takes {counts}, and there are {have}: TRL would train no step",
            "enough-prompts",
        )


def _grpo(data: Mapping[str, Any], trains: bool) -> _Checked:
    grpo = data.get("grpo", {})
    if not isinstance(grpo, dict):
        return None
    found = [problem for name, value in grpo.items() for problem in _grpo_field(name, value)]
    if not found:
        found = [
            *_weights(grpo.get("reward_weights"), data.get("rewards")),
            *grpo_rules.refusals(grpo, trains, processes(data)),
        ]
    yield from found
    return None if found else grpo


def _weights(weights: object, rewards: object) -> Iterator[Problem]:
    path = "grpo.reward_weights"
    if not isinstance(weights, list) or not isinstance(rewards, list):
        return
    if any(isinstance(reward, dict) and "weight" in reward for reward in rewards):
        yield Problem(path, "the rewards have a weight of their own: remove one of the two")
    elif len(weights) != len(rewards):
        yield grpo_rules.weights_refusal(len(weights), len(rewards))


def _grpo_field(name: str, value: object) -> Iterator[Problem]:
    path, field = f"grpo.{name}", GRPO_FIELDS.get(name)
    if name in OWNED:
        yield Problem(path, OWNED[name])
    elif field is None:
        mistake = f"; {MISTAKES[name]}" if name in MISTAKES else _elsewhere("grpo", name)
        yield Problem(path, f"TRL's GRPOConfig has no such field{mistake or nearest(name, GRPO_FIELDS)}")
    elif not field.kinds:
        yield Problem(path, f"a preset cannot hold a {field.type}")
    elif problem := mismatch(path, value, field.kinds, field.items) or _choice(path, value, field):
        yield problem
    elif name in grpo_rules.ONLY and value != grpo_rules.ONLY[name]:
        yield Problem(path, "grpotui evaluates by itself: see [eval] every, n and best")
    elif name in grpo_rules.LIMITS and (wanted := grpo_rules.LIMITS[name].broken(value)):
        yield Problem(path, f"{wanted}, got {shown(value)}")


def _choice(path: str, value: object, field: Field) -> Problem | None:
    if not isinstance(value, str) or not field.choices or value in field.choices:
        return None
    parts = [choice for choice in field.choices if value and value.lower() in choice]
    if len(field.choices) <= 10:
        known = f"; known: {', '.join(field.choices)}"
    else:
        known = f"; nearest: {', '.join(parts[:3])}" if parts else nearest(value, field.choices)
    rule = "loss-type" if path == "grpo.loss_type" else ""
    return Problem(path, f"TRL knows no {shown(value)}{known}", rule)


def _section(name: str, section: type, values: Mapping[str, Any]) -> Iterator[Problem]:
    declared = {field.name: field for field in dataclasses.fields(section)}
    for key, value in values.items():
        path = f"{name}.{key}"
        if key not in declared:
            meant = _elsewhere(name, key) or nearest(key, declared) or f"; known: {', '.join(declared)}"
            yield Problem(path, f"unknown field{meant}")
        elif problem := mismatch(path, value, *annotated_kinds(declared[key].type)):
            yield problem
        elif path in LIMITS and (wanted := LIMITS[path].broken(value)):
            yield Problem(path, f"{wanted}, got {shown(value)}")
    yield from _order(name, declared, values)


def _order(
    name: str, declared: Mapping[str, dataclasses.Field[Any]], values: Mapping[str, Any]
) -> Iterator[Problem]:
    for pair in ORDERED:
        low, high = (path.removeprefix(f"{name}.") for path in pair)
        if low in declared:
            first, second = (values.get(key, declared[key].default) for key in (low, high))
            numbers = (int, float)
            if isinstance(first, numbers) and isinstance(second, numbers) and first > second:
                yield Problem(pair[0], f"{first} is more than {high} = {second}")


def _elsewhere(section: str, key: str) -> str:
    """Return where a field that is unknown in ``section`` belongs, if it is some other section's."""
    for name, other in DECLARED.items():
        if name != section and key in {field.name for field in dataclasses.fields(other)}:
            return f"; it stands in [{name}]"
    if section != "grpo" and key in GRPO_FIELDS:
        return "; it stands in [grpo]"
    return "; it stands at the top, before the first table" if key in TOP_LEVEL else ""
