"""What no honest person or program wrote: texts, lines of streams, names of files.

And how to see that they did nothing to a terminal.
"""

from __future__ import annotations

import base64
import json
import os
import re

from grpotui.stream import MAX_LINE

ESCAPES = "\x1b[31mred\x1b[7;7Hhere\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x1b\\\x1bP+q\x1b\\\x1b[6n\x1bc\x1b[?47l"
C1 = "\x9b31mred\x9b7;7Hhere\x9d52;c;b3duZWQ=\x9c\x90+q544e\x9c\x85\x8d"
BIDI = "\u202egnp.exe\u2066\u200f\u061c\u200b\ufeff\U000e0041"
MARKUP = "[bold red]x[/bold red][/][/bold]"
ACTION = "[@click=app.quit]press[/] [@click=app.evil('rm')]"
SHELL = "$(touch x) `touch x` ;touch x; | touch x & ../../../x"
LINES_WITHIN = "one\ntwo\r\nthree\rover\tten\x0b\x0c\u2028\u2029"
LONG_NAME = "n" * 300

TEXTS = (
    ESCAPES,
    C1,
    BIDI,
    MARKUP,
    ACTION,
    SHELL,
    LINES_WITHIN,
    LONG_NAME,
    "nul\x00del\x7fbell\x07back\x08",
    "\ud800lone\udfff",
    "[" * 300,
    "../../../../../../tmp/x",
    "👩‍👩‍👧‍👦" * 40 + "e\u0301" * 100,
    "\\[red] %s {0} {run.id!r} %(x)s",
    "'\"`--device=cuda -rf",
)
"""For every place where a person or a file may put a word."""

FILE_NAMES = tuple(text.replace("/", "")[:60] for text in TEXTS if "\0" not in text and "\ud800" not in text)
"""Those that a file can have."""

_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[PX^_].*?\x1b\\|\x1b.", re.DOTALL
)
_OF_TEXTUAL = re.compile(
    r"\x1b\[(?:[\d;]*m|\d+;\d+H|>\d+u|<u|\?(?:2026|2048)\$p|\?(?:7|25|1000|1003|1004|1006|1015|1049|2004|2026)[hl])"
    r"|\x1b\]22;default\x07"
)
_UNSAFE = re.compile(
    "[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
_PAINT = ("\x1b[31mred", "\x1b[7;7Hhere")
"""Of the corpus: what looks like a sequence of Textual's."""


def acts_on_terminal(output: bytes, app: bool = True) -> set[str]:
    """Return all in what a terminal got that it would act on, less what Textual itself sends if it is an app.

    That the app's sequences are its own is seen by their form: data holds others, or others' parameters.
    """
    text = output.decode("utf-8", errors="surrogateescape")
    sequences = set(_SEQUENCE.findall(text))
    found = {one for one in sequences if not (app and (_OF_TEXTUAL.fullmatch(one) or _copies(one)))}
    found |= {paint for paint in _PAINT if paint in text}
    return found | set(_UNSAFE.findall(_SEQUENCE.sub("", text)))


def _copies(sequence: str) -> bool:
    """True for text that a person had the app hand to the clipboard, and that may be pasted anywhere."""
    copied = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07", sequence)
    text = base64.b64decode(copied[1]) if copied else b"owned"
    return text != b"owned" and not acts_on_terminal(text, app=False)


TORN = b'{"step": 7, "reward": 0.'
BINARY = bytes(range(256)).replace(b"\n", b"") * 40
DEEP = b'{"step": 7, "type": "flag", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
HALF_DEEP = b'{"step": 7, "type": "note", "text": ' + b'{"a":' * 60 + b"1" + b"}" * 60 + b"}"
HUGE = b'{"step": 7, "type": "note", "text": "' + b"x" * (MAX_LINE + 10) + b'"}'
LONG = b'{"step": 7, "type": "note", "text": "' + b"y" * 200_000 + b'"}'
NAN = b'{"step": NaN, "reward": Infinity, "time": -Infinity, "type": "flag", "value": NaN, "groups": NaN}'
NUMBERS = (
    b'{"step": 1e400, "reward": 1e308, "time": 1e308, "type": "flag", "group": -1e300, "groups": 1e300}',
    b'{"step": 99999999999999999999999, "reward": 1' + b"0" * 400 + b', "type": "status"}',
    b'{"step": -3, "reward": 0.5, "time": -1e18, "type": "verdict", "to": "collapsed", "step_": 1}',
    b'{"step": 1.5e3, "time": "yesterday", "type": "tag", "add": {"a": [1]}, "remove": 7}',
    b'{"step": 7, "reward": ' + b"9" * 5000 + b"}",
)
KEYS = json.dumps({"step": 8, "type": "status", **{f"key/{n}": n for n in range(10_000)}}).encode()
TYPES = tuple(
    json.dumps(line).encode()
    for line in (
        {"step": [1], "group": {}, "mode": 5, "prompt": 7, "completions": "none", "type": ["flag"]},
        {"step": "7", "completions": [[], None, 3, {"text": 5, "rewards": [1], "reward": "high"}], "type": 0},
        {"step": True, "type": "status", "status": ["running"], "attempt": "first"},
        {"step": 7, "type": "status", "status": "dancing", "attempt": 1e300},
        {"step": 7, "type": "flag", "kind": {}, "level": [], "signal": 5, "value": "x", "message": ["m"]},
        {"step": 7, "type": "verdict", "to": {"a": 1}, "cause": 3, "message": None},
        {"step": 7, "type": "name", "name": "\ud800\x00\x1b[2J"},
        {"": 1, "\ud800": 2, "step": None, "reward": None, "nonfinite": 5},
        {"step": 7, "jaccard_cross": "alike", "groups": -5, "flat": "all", "unique": [1]},
    )
)
OTHERS = (b"[1, 2]", b'"text"', b"null", b"true", b"{", b"}" * 50, b"\xff\xfe{\x00}\x00", b"   ", b"\r")

LINES = (TORN, BINARY, DEEP, HALF_DEEP, LONG, NAN, *NUMBERS, KEYS, *TYPES, *OTHERS, HUGE)


def pour(path: os.PathLike[str], torn_end: bool = False) -> None:
    """Append every hostile line to a stream; the last one without an end, as of a killed writer, if asked."""
    with open(path, "ab") as file:  # noqa: PTH123
        for line in LINES:
            file.write(line + b"\n")
        if torn_end:
            file.write(TORN)
