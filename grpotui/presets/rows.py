"""A preset as rows of a form: one editable value each, the most telling first."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from grpotui.presets.fields import GRPO_FIELDS
from grpotui.presets.overrides import parse_value
from grpotui.presets.preset import Preset
from grpotui.presets.sections import SECTIONS
from grpotui.presets.validate import OWNED
from grpotui.tasks import TaskError, reward_names, task_names
from grpotui.tasks.library import find_reward, find_task
from grpotui.tasks.model import TaskSettings

USUAL = (
    "num_generations",
    "per_device_train_batch_size",
    "gradient_accumulation_steps",
    "max_steps",
    "num_train_epochs",
    "learning_rate",
    "lr_scheduler_type",
    "warmup_steps",
    "beta",
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "repetition_penalty",
    "max_completion_length",
    "loss_type",
    "scale_rewards",
    "epsilon",
    "epsilon_high",
    "num_iterations",
    "steps_per_generation",
    "importance_sampling_level",
    "mask_truncated_completions",
    "entropy_coef",
    "max_grad_norm",
    "weight_decay",
    "optim",
    "bf16",
    "save_steps",
    "save_total_limit",
    "seed",
)
"""Fields of GRPOConfig that are offered whether the preset sets them or not."""

_SCALARS = (str, int, float, bool)


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One editable field. ``value`` and ``default`` are None where nothing is set."""

    path: str
    value: Any
    default: Any
    changed: bool
    """True when the preset sets it to something else than the default."""
    help: str


def field_rows(preset: Preset) -> list[FieldRow]:
    """Return the editable fields: model, task, rewards, TRL's (the preset's own first), stages, sections."""
    data = preset.data
    rows = [FieldRow("model", data.get("model"), None, "model" in data, '"tiny", a folder or a hub id')]
    known = f"one of {', '.join(task_names())}"
    rows += _named("task", data.get("task"), lambda name: find_task(name).settings, known)
    rows += _parts(data.get("task"))
    rewards = data.get("rewards")
    known = f"one of {', '.join(reward_names())}"
    for index, reward in enumerate(rewards if isinstance(rewards, list) else []):
        rows += _named(f"rewards.{index}", reward, lambda name: find_reward(name, "").settings, known)
    rows += _grpo(data.get("grpo"))
    rows += _stages(data.get("curriculum"))
    for name, section in SECTIONS.items():
        rows += _declared(name, data.get(name), section)
    return rows


def edit_text(value: object) -> str:
    """Return ``value`` as a person would type it into a form; :func:`parse_value` reads it back the same."""
    if value is None:
        return ""
    if isinstance(value, str):
        same = parse_value(value) == value and isinstance(parse_value(value), str)
        return value if same else json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_quoted(item) for item in value)}]"
    return str(value)


def _quoted(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return text if isinstance(value, str) else edit_text(value)


def _editable(value: object) -> bool:
    """True for scalars and lists of scalars."""
    return isinstance(value, _SCALARS) or (
        isinstance(value, list) and all(isinstance(item, _SCALARS) for item in value)
    )


def _named(path: str, table: object, settings: Callable[[object], type], known: str) -> Iterator[FieldRow]:
    """Rows of a table that says by its ``name`` which settings it takes; ``known`` tells which there are."""
    name = table.get("name") if isinstance(table, Mapping) else None
    yield FieldRow(f"{path}.name", name, None, name is not None, known)
    try:
        declared = settings(name)
    except TaskError:
        return
    yield from _declared(path, table, declared)


def _parts(task: object) -> Iterator[FieldRow]:
    """Rows of the parts of a mixed task: weight and settings of each."""
    parts = task.get("parts") if isinstance(task, Mapping) else None
    common = {field.name for field in dataclasses.fields(TaskSettings)}
    for label, part in parts.items() if isinstance(parts, Mapping) else ():
        path, help_ = f"task.parts.{label}", "how much of the whole, beside the other parts' weights"
        if not isinstance(part, Mapping):
            yield FieldRow(path, part, None, True, help_)
            continue
        yield FieldRow(f"{path}.weight", part.get("weight", 1.0), 1.0, "weight" in part, help_)
        try:
            declared = find_task(part.get("name", label)).settings
        except TaskError:
            continue
        rows = _declared(path, part, declared)
        yield from (row for row in rows if row.path.rpartition(".")[2] not in common)


def _stages(curriculum: object) -> Iterator[FieldRow]:
    """Rows of the stages of a curriculum: how long each is, and what its task differs in."""
    for index, stage in enumerate(curriculum if isinstance(curriculum, list) else []):
        if not isinstance(stage, Mapping):
            continue
        path, name = f"curriculum.{index}", stage.get("name") or f"stage {index + 1}"
        yield FieldRow(f"{path}.steps", stage.get("steps"), None, True, f"Optimizer steps of {name}.")
        task = stage.get("task")
        for key, value in task.items() if isinstance(task, Mapping) else ():
            if _editable(value):
                yield FieldRow(
                    f"{path}.task.{key}", value, None, True, f"What {name} has in place of [task]."
                )


def _grpo(table: object) -> Iterator[FieldRow]:
    values = table if isinstance(table, Mapping) else {}
    own = [name for name in values if name in GRPO_FIELDS and name not in OWNED and _editable(values[name])]
    for name in [*own, *(name for name in USUAL if name not in values)]:
        field = GRPO_FIELDS[name]
        value = values.get(name, field.default)
        yield FieldRow(f"grpo.{name}", value, field.default, value != field.default, field.help)


def _declared(path: str, table: object, section: type) -> Iterator[FieldRow]:
    """Rows of a table whose fields a dataclass declares, set or not."""
    values = table if isinstance(table, Mapping) else {}
    helps = attribute_docs(section)
    for field in dataclasses.fields(section):
        default = list(field.default) if isinstance(field.default, tuple) else field.default
        value = values.get(field.name, default)
        if _editable(value):
            help_ = helps.get(field.name, "")
            yield FieldRow(f"{path}.{field.name}", value, default, value != default, help_)


@cache
def attribute_docs(section: type) -> dict[str, str]:
    """Return the text below each field of a dataclass; empty where the source is not at hand."""
    docs: dict[str, str] = {}
    for cls in reversed(section.__mro__[:-1]):
        try:
            body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
        except (OSError, SyntaxError):
            continue
        docs.update(_docs_below(body))
    return docs


def _docs_below(body: ast.stmt) -> dict[str, str]:
    docs, name = {}, ""
    for node in body.body if isinstance(body, ast.ClassDef) else []:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name = node.target.id
        elif name and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            docs[name] = " ".join(str(node.value.value).split())
    return docs
