"""Which screens a person sees."""

from __future__ import annotations

from typing import Any

from textual.screen import ModalScreen, Screen


def in_sight(screen: Screen[Any]) -> bool:
    """True when nothing but dialogs stands above a screen.

    Textual's ``is_current`` is true of whatever screen is next below, though the one above covers it: that
    one would go on reading, and send all of the upper screen again for each of its own changes.
    """
    stack = screen.app.screen_stack
    if screen not in stack:
        return False
    above = stack[stack.index(screen) + 1 :]
    return all(isinstance(one, ModalScreen) for one in above)
