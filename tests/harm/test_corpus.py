"""The check that the other tests rest on sees what it should."""

from __future__ import annotations

import base64

from tests.hostile import BIDI, C1, ESCAPES, acts_on_terminal


def test_every_sequence_of_the_corpus_is_seen() -> None:
    found = acts_on_terminal(ESCAPES.encode())
    assert {
        "\x1b[31mred",
        "\x1b]0;owned\x07",
        "\x1b]52;c;b3duZWQ=\x1b\\",
        "\x1bP+q\x1b\\",
        "\x1b[6n",
        "\x1bc",
    } <= found
    assert "\x1b[31m" in acts_on_terminal(ESCAPES.encode(), app=False)
    assert set("\x9b\x9d\x9c\x90") <= acts_on_terminal(C1.encode())
    assert acts_on_terminal(b"\x9b7;7H") and acts_on_terminal(BIDI.encode())


def test_what_textual_sends_is_let_through() -> None:
    for shown in (b"\x1b[1;38;2;1;2;3mtext\x1b[0m\x1b[12;40H\r\n", b"\x1b[?1049h\x1b[>25u\x1b[?2026$p"):
        assert acts_on_terminal(shown) == set()


def test_only_copies_that_can_be_pasted_anywhere_are_let_through() -> None:
    def copy(text: bytes) -> bytes:
        return b"\x1b]52;c;" + base64.b64encode(text) + b"\x07"

    assert acts_on_terminal(copy(b"two\nlines")) == set()
    for bad in (copy(b"owned"), copy(b"\x1b[31m"), b"\x1b]52;c;?\x07", b"\x1b]52;p;eA==\x07"):
        assert acts_on_terminal(bad) == {bad.decode()}
