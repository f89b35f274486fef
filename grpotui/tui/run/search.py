"""What is typed to search completions: words, /expression/, reward<0.1, step>=100, task:x, mode:watch."""

from __future__ import annotations

import re

from grpotui.errors import UserError
from grpotui.records import Mode
from grpotui.registry.search import Condition, Wanted, pattern_of
from grpotui.text import clean

HINT = "words   /expression/   reward<0.1   step>=100   task:name   mode:watch"
_TERM = re.compile(r"(reward|step)\s*(<=|>=|<|>|==|=)\s*(\S+)|(task|mode):(\S+)")
_EXPRESSION = re.compile(r"(?:^|\s)/(.+)/(?=\s|$)")


def read(typed: str) -> Wanted:
    """Return what to look for. Raises UserError for what cannot be meant."""
    expression = _EXPRESSION.search(typed)
    rest = _EXPRESSION.sub(" ", typed, count=1)
    reward: Condition | None = None
    first: int | None = None
    last: int | None = None
    named: dict[str, str] = {}
    for field, sign, value, name, word in _TERM.findall(rest):
        if name:
            named[name] = word
        elif field == "reward":
            reward = Condition.parse(sign + value)
        else:
            low, high = _steps(sign, value)
            first, last = (low if low is not None else first), (high if high is not None else last)
    if "mode" in named and named["mode"] not in {str(mode) for mode in Mode}:
        raise UserError(f"mode:{clean(named['mode'], 20)}: one of {', '.join(str(mode) for mode in Mode)}")
    text = " ".join(_TERM.sub(" ", rest).split())
    pattern = pattern_of(expression.group(1)) if expression else None
    wanted = Wanted(text, pattern, reward, first, last, named.get("task"), named.get("mode"))
    if wanted == Wanted():
        raise UserError(f"nothing to look for: {HINT}")
    return wanted


def _steps(sign: str, value: str) -> tuple[int | None, int | None]:
    """Return the first and the last step of a comparison."""
    if not (value.isascii() and value.isdigit()):
        raise UserError(f"step{sign}{clean(value, 20)}: expected a whole number")
    step = int(value[:18])
    if sign in ("=", "=="):
        return step, step
    return (step + (sign == ">"), None) if sign.startswith(">") else (None, step - (sign == "<"))
