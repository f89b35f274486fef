"""clean(): no control character, escape sequence or bidi trick from data ever reaches a terminal."""

from __future__ import annotations

import re

MAX_LINE = 4000
"""Characters of one shown line; longer ones are cut with a mark."""

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"
_INVISIBLE = "\u00ad\u180e\u200b-\u200d\u2028\u2029\u2060-\u2065\ufeff\ufff9-\ufffb"
_FORMAT = "\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
_UNSAFE = re.compile(f"[\x00-\x1f\x7f-\x9f{_BIDI}{_INVISIBLE}\ud800-\udfff{_FORMAT}]")


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"


def clean(text: str, limit: int = MAX_LINE) -> str:
    """Return ``text`` as one harmless line.

    Control characters become their Unicode pictures (ESC reads ␛, newline ⏎), tabs a space, C1, bidi,
    invisible and surrogate characters U+FFFD; beyond ``limit`` characters the line is cut and ends in ``…``.
    The result still has to be shown as plain text, never as markup.
    """
    if len(text) > limit:
        text = text[: max(limit - 1, 0)] + "…"
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\n", "⏎").replace("\t", " ")
    return _UNSAFE.sub(_picture, text)


def clean_lines(text: str, limit: int = MAX_LINE) -> list[str]:
    """Return ``text`` as harmless lines, split at newlines only."""
    return [clean(line, limit) for line in text.replace("\r\n", "\n").split("\n")]


def last_state(line: str) -> str:
    """Return what a terminal would end up showing of a log line in which a progress bar went back with CR."""
    return line.rstrip("\r").rpartition("\r")[2].rstrip()
