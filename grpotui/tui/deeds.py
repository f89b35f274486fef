"""What an app does for its screens: slow things in a thread, and one line for every error."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from textual import work

from grpotui.errors import UserError
from grpotui.launch.trust import UntrustedError
from grpotui.text import clean
from grpotui.tui.actions.trust import ask_trust
from grpotui.tui.keys_in_order import KeysInOrder
from grpotui.tui.trouble import TROUBLE, one_line

T = TypeVar("T")


class Deeds(KeysInOrder):
    """An app that does slow things beside its screens."""

    def say(self, message: str, severity: str = "information") -> None:
        """Show one line for a few seconds, as plain text."""
        level: Any = severity
        self.notify(clean(message), severity=level, markup=False)

    def careful(self, deed: Callable[[T], None]) -> Callable[[T], None]:
        """Return ``deed``, with errors that a user can mend shown as one line."""

        def tried(value: T) -> None:
            try:
                deed(value)
            except UserError as error:
                self.complain(error)

        return tried

    def complain(self, error: Exception) -> None:
        """Show an error as one line."""
        self.say(one_line(error), "error")

    @work(thread=True, group="do")
    def do(self, deed: Callable[[], T], then: Callable[[T], None] | None = None) -> None:
        """Do something slow in a thread; ``then`` gets its result on the app's own thread.

        Errors that a user can mend are shown as one line; code that nobody trusts yet is asked for.
        """
        try:
            result = deed()
        except UntrustedError as error:
            again = partial(self.do, deed, then)
            self.call_from_thread(ask_trust, self, error.files, again)
            return
        except TROUBLE as error:
            self.call_from_thread(self.complain, error)
            return
        if then is not None:
            self.call_from_thread(then, result)

    def ask(self, fetch: Callable[[], T], question: Callable[[T], None]) -> None:
        """Like ``do``, for a ``question`` that opens a dialog: keys wait for it, and go nowhere else."""

        def held() -> T:
            try:
                return fetch()
            except Exception:
                self.call_from_thread(self.pass_keys)
                raise

        def opened(found: T) -> None:
            try:
                question(found)
            finally:
                self.pass_keys()

        self.hold_keys()
        self.do(held, opened)
