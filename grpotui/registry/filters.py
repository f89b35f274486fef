"""The filter language of the Runs screen: words, ``status:``, ``verdict:``, ``tag:``, ``field>=value``.

Every term must hold. A term that is half typed or names nothing asks for nothing and is said in ``problem``.
"""

from __future__ import annotations

import difflib
import operator
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace

from grpotui.records import HumanVerdict, RunKind, Status, Verdict, as_float
from grpotui.registry import fields
from grpotui.text import clean

NUMBERS = {
    "step": "step",
    "max_steps": "max_steps",
    "reward": "reward",
    "zero_std": "zero_std",
    "flat": "zero_std",
    "jaccard": "jaccard",
    "jacc": "jaccard",
    "accuracy": "eval_accuracy",
    "seed": "seed",
    "epoch": "epoch",
    "attempt": "attempt",
}
"""Names of numbers and their columns in ``runs``; any other name with a dot is a field of the config."""
CHOICES = {
    "status": tuple(Status),
    "verdict": tuple(Verdict),
    "human": tuple(HumanVerdict),
    "kind": tuple(RunKind),
}
TEXTS = (
    "name",
    "id",
    "preset",
    "status",
    "verdict",
    "human",
    "cause",
    "note",
    "device",
    "stage",
    "parent",
    "sweep",
)
"""Columns, beside the tags, that a word is looked for in."""
COLUMNS = ("preset", "device", "name", "note", "id", "sweep")
LABELS = (*CHOICES, "tag", *COLUMNS)
"""What may stand before a colon."""
FOLD = "grpotui_fold"
MATCH = "grpotui_match"

_TERM = re.compile(r"([a-z_][a-z0-9_.-]*)(:|>=|<=|!=|==|=|>|<)(.*)", re.IGNORECASE)
_COMPARE = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class Filter:
    """A condition on the table ``runs``, as SQL with its values; empty when every run fits."""

    where: str = ""
    values: tuple[object, ...] = ()
    problem: str = ""
    """What cannot be understood of it, in one line for people; the rest still holds."""


def functions(conn: sqlite3.Connection) -> None:
    """Teach a connection what the conditions call."""
    conn.create_function(FOLD, 1, _fold, deterministic=True)
    conn.create_function(MATCH, 4, _match, deterministic=True)


def parse(text: str) -> Filter:
    """Return the condition that ``text`` writes."""
    found = [_term(word) for word in text.split()]
    parts = [f"({part.where})" for part in found if part.where]
    values = tuple(value for part in found for value in part.values)
    return Filter(" AND ".join(parts), values, next((part.problem for part in found if part.problem), ""))


def _term(word: str) -> Filter:
    match = _TERM.fullmatch(word)
    if match is None:
        return _words([word])
    name, sign, value = match[1].lower(), match[2], match[3]
    if sign == ":":
        return _labelled(name, value, word)
    name = name.replace("-", "_")
    sign = "=" if sign == "==" else sign
    if name in NUMBERS:
        return _number(name, sign, value)
    if "." in name or name == "model":
        return _config(match[1].lower(), sign, value)
    if name in (*CHOICES, "tag", "preset", "device"):
        return Filter(problem=f"{name}: write {name}:{clean(value, 30) or 'word'}")
    return Filter(problem=_unknown(name))


def _words(words: Iterable[str]) -> Filter:
    columns = " || char(10) || ".join(TEXTS)
    tags = "coalesce((SELECT group_concat(tag, char(10)) FROM tags WHERE run = rid), '')"
    hay = f"instr({FOLD}({columns} || char(10) || {tags}), ?)"
    folded = tuple(_fold(word) for word in words)
    return Filter(" AND ".join([hay] * len(folded)), folded)


def _labelled(name: str, value: str, word: str) -> Filter:
    """Return the condition of ``name:value``; several values are parted by commas, any of them will do."""
    wanted = [part for part in _fold(value).split(",") if part]
    if name in CHOICES:
        return _choice(name, wanted)
    if name == "tag":
        if not wanted:
            return Filter("EXISTS (SELECT 1 FROM tags WHERE run = rid)")
        any_of = " OR ".join([f"instr({FOLD}(tag), ?) = 1"] * len(wanted))
        where = f"EXISTS (SELECT 1 FROM tags WHERE run = rid AND ({any_of}))"  # noqa: S608
        return Filter(where, tuple(wanted))
    if name in COLUMNS:
        any_of = " OR ".join([f"instr({FOLD}({name}), ?)"] * len(wanted))
        return Filter(any_of, tuple(wanted))
    near = difflib.get_close_matches(name, LABELS, n=1, cutoff=0.7)
    return replace(_words([word]), problem=f"{clean(name, 40)}: did you mean {near[0]}:?" if near else "")


def _choice(name: str, wanted: list[str]) -> Filter:
    fits: list[str] = []
    for part in wanted:
        found = [str(choice) for choice in CHOICES[name] if choice.startswith(part)]
        if not found and not (name == "human" and part == "none"):
            return Filter(problem=f"{name}: one of {', '.join(CHOICES[name])}")
        fits += found or [""]
    if not fits:
        return Filter()
    return Filter(f"{name} IN ({', '.join('?' * len(fits))})", tuple(fits))


def _number(name: str, sign: str, value: str) -> Filter:
    number = _to_float(value)
    if number is None:
        return Filter(problem=f"{name}{sign}: write a number behind it")
    return Filter(f"{NUMBERS[name]} {sign} ?", (number,))


def _config(path: str, sign: str, value: str) -> Filter:
    """Return the condition on a field of the config: what was asked, else what the trainer made of it."""
    if not value:
        return Filter(problem=f"{path}{sign}: write a value behind it")
    if not all(part and part.replace("_", "").replace("-", "").isalnum() for part in path.split(".")):
        return Filter(problem=f"{clean(path, 40)} is no field")
    where = f"{MATCH}((SELECT body FROM fields WHERE run = rid), ?, ?, ?)"  # noqa: S608
    return Filter(where, (path, sign, value))


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, NUMBERS, n=1)
    hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(NUMBERS)}, or such as grpo.beta"
    return f"no field {clean(name, 40)}: {hint}"


def _to_float(text: object) -> float | None:
    try:
        return as_float(float(str(text)))
    except ValueError:
        return None


def _fold(text: object) -> str:
    return str(text).casefold()


def _match(body: str | None, path: str, sign: str, wanted: str) -> int:
    """Compare a field of a config with what was typed: as numbers where both are, else as text."""
    found = fields.value(body, path)
    if found is None:
        return int(sign == "!=" or (sign == "=" and wanted.lower() in ("none", "null")))
    left, right = _to_float(found), _to_float(wanted)
    if left is not None and right is not None:
        return int(_COMPARE[sign](left, right))
    if wanted.lower() in ("true", "false"):
        wanted = str(int(wanted.lower() == "true"))
    return int(_COMPARE[sign](_fold(found), _fold(wanted))) if sign in ("=", "!=") else 0
