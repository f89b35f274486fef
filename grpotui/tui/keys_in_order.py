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

PATIENCE = 0.5
"""Seconds after which a key is given up for handled: its widget went away and cannot say so."""
ROUNDS = 4
"""As many messages may follow from each other before the focus moves: submitted, left, focus."""


class KeysInOrder(App[None]):
    """An app that hands on one key at a time.

    A marker follows the key through the same queues: when it is back, the key was handled. What that caused
    may be messages in turn, so the marker goes round until the focus has stayed for some rounds.
    """

    class Passed(Message):
        """The marker."""

        def __init__(self, key: int, rounds: int) -> None:
            super().__init__()
            self.key = key
            self.rounds = rounds

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._typed: deque[Event] = deque()
        self._key = 0
        self._handling = False
        self._target: Widget | None = None
        self._patience: asyncio.TimerHandle | None = None

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
        loop = asyncio.get_running_loop()
        self._patience = loop.call_later(PATIENCE, self.call_later, self._handled, self._key)
        await super().on_event(self._typed.popleft())
        self._follow(ROUNDS)

    def _follow(self, rounds: int) -> None:
        self._target = self.focused or self.screen
        self._target.post_message(self.Passed(self._key, rounds))

    async def on_keys_in_order_passed(self, message: Passed) -> None:
        """Go round once more, or let the next key go."""
        message.stop()
        if message.key != self._key or not self._handling:
            return
        moved = self._target is not (self.focused or self.screen)
        if moved or message.rounds:
            self._follow(ROUNDS if moved else message.rounds - 1)
        else:
            await self._handled(message.key)

    async def _handled(self, key: int) -> None:
        if key == self._key and self._handling:
            self._handling = False
            if self._patience is not None:
                self._patience.cancel()
            await self._next_key()
