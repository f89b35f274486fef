from __future__ import annotations

import sys
import unicodedata

import pytest

from grpotui.text import clean, clean_lines

VISIBLE_FORMAT = {
    0x600,
    0x601,
    0x602,
    0x603,
    0x604,
    0x605,
    0x6DD,
    0x70F,
    0x890,
    0x891,
    0x8E2,
    0x110BD,
    0x110CD,
}
"""Format characters (Cf) that have a sign of their own: Arabic and Kaithi number signs."""


def unsafe(char: str) -> bool:
    category = unicodedata.category(char)
    return category in ("Cc", "Cs", "Zl", "Zp") or (category == "Cf" and ord(char) not in VISIBLE_FORMAT)


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[31mred\x1b[0m",
        "\x1b]0;title\x07",
        "\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\",
        "\x1b[2J\x1b[H",
        "\x1bP$q\x1b\\",
        "\x9b31m",
        "a\rb",
        "a\bb",
        "\x00",
        "\x7f",
        "abc\u202egnp.exe",
        "\u2066a\u2069",
        "zero\u200bwidth",
        "\ufeffbom",
        "\u2028line\u2029",
        "\ud800lone",
        "\U000e0041tag",
        "hidden\U000e0100\U000e01ef",
        "\u206ashape",
    ],
)
def test_hostile_text_becomes_one_harmless_line(text: str) -> None:
    shown = clean(text)
    assert not any(unsafe(char) for char in shown)
    assert "\n" not in shown
    shown.encode("utf-8")


def test_every_character_that_acts_instead_of_showing_is_replaced() -> None:
    acting = [char for char in map(chr, range(sys.maxunicode + 1)) if unsafe(char)]
    assert len(acting) > 2000
    survived = [hex(ord(char)) for char in acting if char in clean(char)]
    assert survived == []


def test_plain_text_of_any_language_stays() -> None:
    for text in ("", "plain", "Grüße, 你好, مرحبا, 🙂", "[bold]not markup[/bold]", "a\\b 'c' \"d\""):
        assert clean(text) == text


def test_line_breaks_and_tabs_are_seen() -> None:
    assert clean("a\nb\r\nc\td") == "a⏎b⏎c d"
    assert clean("\x1b") == "␛"


@pytest.mark.parametrize("limit", [0, 1, 2, 10])
def test_long_lines_are_cut_with_a_mark(limit: int) -> None:
    shown = clean("x" * 11, limit)
    assert len(shown) == max(limit, 1)
    assert shown.endswith("…")
    assert clean("x" * limit, limit) == "x" * limit


def test_cutting_never_leaves_half_an_escape() -> None:
    text = "\x1b[31m" * 2000
    for limit in range(1, 12):
        assert "\x1b" not in clean(text, limit)


def test_clean_lines_splits_at_newlines_only() -> None:
    assert clean_lines("a\r\nb\n\nc\x0bd\u2028e") == ["a", "b", "", "c␋d\ufffde"]
    assert clean_lines("") == [""]


def test_a_huge_text_is_cheap() -> None:
    assert len(clean("\x1b" * 50_000_000)) == 4000
