"""What a secret looks like: by the name of its field, by its own look, by being in the environment.

Nothing that grpotui writes (files, ``runs.db``, exports, argv) may hold one. Standard library only.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

REDACTED = "<redacted>"

_NAME = re.compile(
    r"(?i)(?:^|[_.-])(?:(?:token|(?:api|access|private)?keys?|pwd)(?:[_.-]?\d+)?$"
    r"|(?:secrets?|passw(?:or)?ds?|passphrases?|credentials?)(?:[_.-]|$))"
)
_VOCABULARY = re.compile(r"(?i)(?:^|_)(?:bos|eos|pad|unk|sep|cls|mask|start|stop|image|video|audio)_token$")
_LOOK = re.compile(
    r"\bhf_[A-Za-z0-9]{16,}|\bsk-[\w-]{16,}|\bgh[opsu]_[A-Za-z0-9]{16,}|\bgithub_pat_\w{16,}"
    r"|\bglpat-[\w-]{16,}|\bxox[abprs]-[\w-]{10,}|\bA(?:KIA|SIA)[A-Z0-9]{16}|\bAIza[\w-]{30,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"
)
_LOOK_MARKS = (
    *("hf_", "sk-", "gho_", "ghp_", "ghs_", "ghu_", "github_pat_", "glpat-", "xox"),
    *("AKIA", "ASIA", "AIza", "-----BEGIN ", "://"),
)
"""One of these stands in whatever _LOOK finds."""
_ASSIGNED = re.compile(
    r"(?i)((?:token|(?:api|access|private)[_-]?key|secret|passw(?:or)?d|passphrase|credential)s?[\"']?\s*[:=]\s*)"
    r"(?:([\"'])[^\"'\n]{6,}\2|(?<==)[^\s\"',;()\[\]]{8,}(?=\s|$))"
)
_FIELD = re.compile(r"\"([^\"]*)\":\s*[\"\[{]")
_SHORT, _SURE = 8, 12
"""Characters below which a value of the environment is no secret; from which it is one wherever it stands."""


@lru_cache(maxsize=4096)
def names_secret(name: str) -> bool:
    """True for names such as ``hub_token`` or ``WANDB_API_KEY``; not for ``eos_token`` or ``tokenizer``."""
    return bool(_NAME.search(name)) and not _VOCABULARY.search(name)


def holds_secret(text: str) -> bool:
    """True when a text holds what looks like a token, an address with a password, or a secret of ours."""
    return _looks(text) or any(len(value) >= _SURE and value in text for value in _environment())


def may_hold_secret(document: str) -> bool:
    """True when a JSON text has to be gone through by :func:`without_secrets`. Quick: for many documents."""
    return any(map(names_secret, _FIELD.findall(document))) or _looks(document)


def _looks(text: str) -> bool:
    """Search for _LOOK, where it can be: the pattern alone takes a hundred times as long."""
    return any(mark in text for mark in _LOOK_MARKS) and bool(_LOOK.search(text))


def redact(text: str) -> str:
    """Return free text (an error, a diff, a note) without anything in it that is or looks like a secret."""
    return _redact(text, _environment())


def without_secrets(value: Any) -> Any:
    """Return JSON-like data without its secrets: texts under names of secrets, and whatever texts hold."""
    return _without(value, "", _environment())


def _redact(text: str, environment: Sequence[str]) -> str:
    for value in environment:
        text = text.replace(value, REDACTED)
    text = _LOOK.sub(REDACTED, text)
    return _ASSIGNED.sub(rf"\g<1>\g<2>{REDACTED}\g<2>", text)


def _without(value: Any, name: str, environment: Sequence[str]) -> Any:
    if isinstance(value, str):
        return REDACTED if value and names_secret(name) else _redact(value, environment)
    if isinstance(value, Mapping):
        return {key: _without(inner, str(key), environment) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without(inner, name, environment) for inner in value]
    return value


def _names_ours(name: str) -> bool:
    """True for a variable that holds a secret; the shell's working folders only sound like one."""
    return names_secret(name) and name not in ("PWD", "OLDPWD")


def _environment() -> list[str]:
    """Return the values of our own environment whose names say that they are secrets, longest first."""
    found = {value for name, value in os.environ.items() if len(value) >= _SHORT and _names_ours(name)}
    return sorted(found, key=len, reverse=True)
