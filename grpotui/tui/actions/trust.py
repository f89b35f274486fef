"""Asks whether code may run that nobody said yes to yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from grpotui.tui.actions import Done
from grpotui.tui.screens.prompt import Confirm

if TYPE_CHECKING:
    from grpotui.launch.trust import Untrusted
    from grpotui.tui.deeds import Deeds


def ask_trust(app: Deeds, files: Sequence[Untrusted], again: Done) -> None:
    """Show code that would run, and do the thing again when a person says yes to it."""
    from grpotui.launch.trust import trust

    def answered(yes: bool | None) -> None:
        if yes:
            app.do(lambda: trust([untrusted.file for untrusted in files]), lambda _: again())

    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    lines = [line for untrusted in files for line in (untrusted.summary, *untrusted.head(), "")]
    app.push_screen(
        Confirm(f"Trust {files[0].name}{more}?", "It will run as you. Read it first.", lines), answered
    )
