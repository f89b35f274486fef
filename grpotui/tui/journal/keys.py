"""The keys of the journal."""

from __future__ import annotations

from grpotui.tui.key import Key, Section

JOURNAL = Section(
    "Log book",
    (
        Key("journal.pane", "tab,enter", "pane", "page", "The page, or the list again"),
        Key(
            "journal.down", "j,down", "scroll(1)", "scroll", "Scroll the page; in the list: the next one", "j"
        ),
        Key("journal.up", "k,up", "scroll(-1)", "", "Scroll up; in the list: the one before", "k"),
        Key("journal.page_down", "space", "turn(1)", "", "The page on by what one sees"),
        Key("journal.page_up", "minus", "turn(-1)", "", "The page back by what one sees", "-"),
        Key("journal.write", "w", "write_journal", "write", "Write it anew; your words stay"),
        Key("journal.copy", "y", "copy", "copy", "Copy what is read as Markdown"),
    ),
)
