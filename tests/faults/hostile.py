"""Lines that no honest writer wrote."""

from __future__ import annotations

import json
import os

from grpotui.stream import MAX_LINE

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
