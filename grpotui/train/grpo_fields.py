"""Generates ``presets/grpo_fields.json``: what the installed TRL's GRPOConfig takes, readable without torch.

Run ``python -m grpotui.train.grpo_fields`` after TRL or transformers changed.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import re
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grpotui.presets.fields import TABLE

HELP_LIMIT = 300
"""Characters of help that are kept: whole sentences, at least the first."""

CHOICES: dict[str, tuple[str, ...]] = {
    "importance_sampling_level": ("token", "sequence"),
    "loss_type": ("grpo", "dr_grpo", "dapo", "bnpo", "cispo", "sapo", "luspo", "vespo"),
    "multi_objective_aggregation": ("sum_then_normalize", "normalize_then_sum"),
    "scale_rewards": ("group", "batch", "none"),
    "vllm_importance_sampling_mode": ("token_truncate", "token_mask", "sequence_truncate", "sequence_mask"),
    "vllm_mode": ("server", "colocate"),
    "vllm_model_impl": ("transformers", "vllm"),
}
"""Choices that TRL states only in a field's help; :func:`build` fails when one is no longer named there."""

EXTRA_KINDS = {"scale_rewards": "bool", "fsdp": "bool"}
"""Kinds that TRL and transformers convert in ``__post_init__`` but do not annotate."""

_SCALARS = {bool: "bool", int: "int", float: "float", str: "str"}


def _parts(hint: Any) -> Iterator[Any]:
    """Yield the members of a union, flattened; any other type is its own only member."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        for part in typing.get_args(hint):
            yield from _parts(part)
    else:
        yield hint


def _kind(part: Any) -> str | None:
    """Return the kind of TOML value that a type takes; None for one that no TOML value can be."""
    if part in _SCALARS:
        return _SCALARS[part]
    origin = typing.get_origin(part) or part
    if origin is typing.Literal:
        return _SCALARS.get(type(typing.get_args(part)[0]))
    if origin in (list, dict):
        return str(origin.__name__)
    return "str" if isinstance(part, type) and issubclass(part, enum.Enum) else None


def _items(parts: list[Any]) -> list[str]:
    """Return the kinds that members of a list may have; empty when anything may stand there."""
    lists = [part for part in parts if typing.get_origin(part) is list]
    kinds = [_kind(item) for part in lists for item in typing.get_args(part)]
    return [kind for kind in kinds if kind is not None]


def _type_text(parts: list[Any]) -> str:
    """Return the types as a person writes them: ``float | None``."""
    names = []
    for part in parts:
        if part is types.NoneType:
            continue
        if isinstance(part, type) and issubclass(part, enum.Enum):
            name = "str"
        else:
            name = part.__name__ if isinstance(part, type) and not typing.get_args(part) else str(part)
        names.append(name.replace("typing.", ""))
    none = ["None"] if types.NoneType in parts else []
    return " | ".join([*dict.fromkeys(names), *none])


def _choices(field: dataclasses.Field[Any], parts: list[Any], text: str) -> list[str]:
    if field.name in CHOICES:
        missing = [choice for choice in CHOICES[field.name] if choice not in text]
        if missing:
            raise SystemExit(f"GRPOConfig.{field.name}: its help no longer names {', '.join(missing)}")
        return list(CHOICES[field.name])
    if any(typing.get_origin(part) is list for part in parts):
        return []
    enums = [part for part in parts if isinstance(part, type) and issubclass(part, enum.Enum)]
    return [str(member.value) for part in enums for member in part] or list(
        field.metadata.get("choices") or ()
    )


def _help(text: str) -> str:
    """Return the first sentences of a help text as plain words."""
    text = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", text.replace("%%", "%"))
    text = re.sub(r"\s+", " ", text).strip()
    kept = ""
    for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z`'])", text):
        if kept and len(kept) + len(sentence) >= HELP_LIMIT:
            break
        kept = f"{kept} {sentence}".strip()
    return kept


def _default(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default.value if isinstance(field.default, enum.Enum) else field.default


def build() -> dict[str, Any]:
    """Return the table: the TRL version, and for each field its type, kinds, choices, default and help."""
    import trl

    hints = typing.get_type_hints(trl.GRPOConfig)
    fields = {}
    for field in dataclasses.fields(trl.GRPOConfig):
        parts = list(_parts(hints[field.name]))
        text = str(field.metadata.get("help") or "")
        kinds = [kind for kind in map(_kind, parts) if kind is not None]
        if field.name in EXTRA_KINDS:
            kinds.append(EXTRA_KINDS[field.name])
        fields[field.name] = {
            "type": _type_text(parts),
            "kinds": list(dict.fromkeys(kinds)),
            "items": _items(parts),
            "choices": _choices(field, parts, text),
            "default": _default(field),
            "help": _help(text),
        }
    return {"trl": trl.__version__, "fields": fields}


def text() -> str:
    """Return the table as the text of the JSON file, a line per field."""
    table = build()
    lines = (f"  {json.dumps(name)}: {json.dumps(entry)}" for name, entry in table["fields"].items())
    return f'{{"trl": {json.dumps(table["trl"])}, "fields": {{\n' + ",\n".join(lines) + "\n}}\n"


def main() -> None:
    """Write the table into the presets package."""
    Path(TABLE).write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
