"""Keys that are typed faster than the app draws, as over a slow line: each goes where the one before it led.

Textual hands a key at once to the widget that has the focus. The key before it may be about to open a line
or a dialog, and would have taken the focus there: then text meant for a filter would stop or delete runs.
"""

from __future__ import annotations

import asyncio
from collections import deque

from textual.app import App
from textual.events import Event, Key, Paste
from textual.message import Message
from textual.widget import Widget

PATIENCE = 0.1
"""Seconds between two looks whether the marker got lost, with a widget that closed over it."""
ROUNDS = 4
"""As many messages may follow from each other before the focus moves: submitted, left, focus."""


class KeysInOrder(App[None]):
    """An app that hands on one key at a time.

    A marker follows the key through the same queues: when it is back, the key was handled. What that caused
    may be messages in turn, so the marker goes round until the focus has stayed for some rounds.
    """

    class Passed(Message):
        """The marker."""

        def __init__(self, number: int, rounds: int) -> None:
            super().__init__()
            self.number = number
            self.rounds = rounds

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._typed: deque[Event] = deque()
        self._key = self._marker = 0
        self._handling = False
        self._awaited = 0
        self._target: Widget | None = None

    async def on_event(self, event: Event) -> None:
        """Put keys and pasted text in a row; let everything else through."""
        if isinstance(event, (Key, Paste)) and not event.is_forwarded:
            self._typed.append(event)
            await self._next_key()
        else:
            await super().on_event(event)

    async def _next_key(self) -> None:
        if self._handling or not self._typed:
            return
        self._handling = True
        self._key += 1
        await super().on_event(self._typed.popleft())
        self._follow(ROUNDS)
        self._watch_over(self._key)

    def hold_keys(self) -> None:
        """Keep keys until ``pass_keys``: a thread fetches the dialog that they are meant for."""
        self._awaited += 1

    def pass_keys(self) -> None:
        """Let keys go again, to where they lead now."""
        self._awaited -= 1
        if not self._awaited and self._handling:
            self._follow(ROUNDS)

    def _watch_over(self, key: int) -> None:
        """Send another marker when the one there was went to a widget that is gone by now."""
        if key == self._key and self._handling and self.is_running:
            if self._target is not self._place():
                self._follow(ROUNDS)
            asyncio.get_running_loop().call_later(PATIENCE, self._watch_over, key)

    def _follow(self, rounds: int) -> None:
        self._target = self._place()
        self._marker += 1
        if self._target is not None:
            self._target.post_message(self.Passed(self._marker, rounds))

    def _place(self) -> Widget | None:
        """Return where a key would go now; None while the app closes."""
        return self.focused or self.screen if self._screen_stack else None

    async def on_keys_in_order_passed(self, message: Passed) -> None:
        """Go round once more, or let the next key go."""
        message.stop()
        if message.number != self._marker or not self._handling:
            return
        moved = self._target is not self._place()
        if moved or message.rounds:
            self._follow(ROUNDS if moved else message.rounds - 1)
        elif not self._awaited:
            self._handling = False
            await self._next_key()
