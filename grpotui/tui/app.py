"""The app: themes, the first screen, the clock that moves the queue on, and one line for every error."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from rich.text import Text
from textual.app import SystemCommand
from textual.binding import BindingType
from textual.events import Event, Key, MouseDown
from textual.screen import ModalScreen, Screen

from grpotui.errors import UserError
from grpotui.records import Status
from grpotui.registry import connect
from grpotui.registry.queries import Registry
from grpotui.settings import Settings, settings_path
from grpotui.text import clean
from grpotui.tui import clip, keymap, style, theme
from grpotui.tui.deeds import Deeds
from grpotui.tui.looks import Looks
from grpotui.tui.queue_clock import TICK_SECONDS, QueueClock
from grpotui.tui.screens.runs import RunsScreen
from grpotui.tui.trouble import TROUBLE
from grpotui.tui.widgets.runs_table import RunsTable
from grpotui.workspace import Workspace

T = TypeVar("T")


class GrpoTui(Deeds):
    """grpotui in a terminal. It owns no run: whatever it started goes on without it."""

    TITLE = "grpotui"
    BINDINGS: ClassVar[list[BindingType]] = [*keymap.bindings(keymap.EVERYWHERE)]
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (100, "-wide")]  # noqa: RUF012  (Textual's own type)
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (16, "-short"), (30, "-tall")]  # noqa: RUF012
    CSS = """
    CommandPalette SearchIcon { display: none; }
    Toast { max-width: 90%; padding: 0 1; background: $panel; }
    """

    def __init__(
        self, workspace: Workspace, open_run: str | None = None, settings: Settings | None = None
    ) -> None:
        """Raises UserError when the settings name a theme, an action or a key that is none."""
        # Without colours the terminal's own have to do: Textual would send greys.
        no_colour = "NO_COLOR" in os.environ
        super().__init__(ansi_color=True if no_colour else None)
        self.workspace = workspace
        self.settings = settings or Settings()
        self.keys = self.settings.keys
        self.animation_level = "none"
        self.looks = Looks(workspace)
        self._first_run = open_run
        self.clock = QueueClock(self)
        for one in theme.OURS.values():
            self.register_theme(one)
        wanted = "ansi" if no_colour else self.settings.theme
        name = theme.OURS[wanted].name if wanted in theme.OURS else wanted
        if name not in self.available_themes:
            known = ", ".join([*theme.OURS, *sorted(self.available_themes)])
            raise UserError(f"{settings_path()}: no theme {clean(wanted, 40)}; there are: {known}")
        self.theme = name
        style.use_ansi(self.current_theme.ansi)
        keymap.check(self.keys)
        self.set_keymap({action: keymap.named(chosen) for action, chosen in self.keys.items()})

    def run(self, *args: Any, **kwargs: Any) -> None:
        """Run the app; a registry that cannot be read is a UserError before the screen is touched."""
        connect(self.workspace).close()
        super().run(*args, mouse=self.settings.mouse, **kwargs)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give our own colour names a value in themes that do not know them."""
        return theme.FALLBACK

    def get_default_screen(self) -> Screen[None]:
        """Begin with the runs."""
        return RunsScreen()

    def watch_theme(self) -> None:
        """Draw in the colours of the theme, before anybody hears that it changed."""
        style.use_ansi(self.current_theme.ansi)

    def on_mount(self) -> None:
        """Open the wanted run, and start the clock."""
        if self._first_run is not None:
            self.open_run(self._first_run)
        self.set_interval(TICK_SECONDS, self.clock.tick)
        self.call_after_refresh(self.clock.tick)

    # What screens call

    def open_run(self, run_id: str) -> None:
        """Show one run."""
        from grpotui.tui.screens.run import RunScreen

        self.push_screen(RunScreen(run_id))

    def open_sweep(self, sweep_id: str) -> None:
        """Show one sweep."""
        from grpotui.tui.screens.sweep import SweepScreen

        self.push_screen(SweepScreen(sweep_id))

    def select(self, run_id: str) -> None:
        """Put the cursor of the list of runs on one, as soon as it is there."""
        for screen in self.screen_stack:
            if isinstance(screen, RunsScreen):
                screen.query_one(RunsTable).go_to(run_id)
                screen.fetch()

    def copy(self, what: str, text: str) -> None:
        """Hand text to the terminal's clipboard, and keep it in a file; ``what`` says what it is."""
        text = clip.harmless(text)
        if len(text.encode("utf-8", "replace")) <= clip.LIMIT:
            self.copy_to_clipboard(text)

        def kept(path: Path) -> None:
            self.say(f"Copied; kept in {path}")

        self.do(lambda: clip.keep(self.workspace, what, text), kept)

    async def on_event(self, event: Event) -> None:
        """A key or a click: somebody is here."""
        if isinstance(event, (Key, MouseDown)):
            self.looks.touch()
        await super().on_event(event)

    # Keys that work everywhere

    def action_help(self) -> None:
        """Show keys and words."""
        from grpotui.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            section: keymap.Section | None = getattr(self.screen, "KEYS", None)
            self.push_screen(HelpScreen(section.title if section else ""))

    def action_resources(self) -> None:
        """Show devices, disk and checkpoints."""
        from grpotui.tui.screens.resources import ResourcesScreen

        if not isinstance(self.screen, (ResourcesScreen, ModalScreen)):
            self.push_screen(ResourcesScreen())

    def action_journal(self) -> None:
        """Show the log book."""
        from grpotui.tui.screens.journal import JournalScreen

        if not isinstance(self.screen, (JournalScreen, ModalScreen)):
            self.push_screen(JournalScreen())

    def action_write_journal(self) -> None:
        """Bring the log book up to date."""
        from grpotui.tui.actions import journal

        if not isinstance(self.screen, ModalScreen):
            journal.write_it(self, self._journal_changed)

    def action_edit_journal(self) -> None:
        """Open the log book in the person's editor."""
        from grpotui.tui.actions import journal

        if not isinstance(self.screen, ModalScreen):
            journal.edit_it(self, self._journal_changed)

    def _journal_changed(self) -> None:
        from grpotui.tui.screens.journal import JournalScreen

        if isinstance(self.screen, JournalScreen):
            self.screen.fetch()

    async def action_back(self) -> None:
        """Let the screen close what is open in it; else leave the screen; at the top leave the app."""
        go_back = getattr(self.screen, "go_back", None)
        if go_back is not None and go_back():
            return
        if len(self.screen_stack) > 1:
            self.pop_screen()
        else:
            self.leave()

    async def action_quit(self) -> None:
        """Leave from anywhere."""
        self.leave()

    def leave(self) -> None:
        """Exit, and say what goes on without the app."""
        self.looks.keep(at_once=True)
        message = farewell(self.workspace)
        self.exit(message=Text(message) if message else None)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """List the keys of the current screen, then those of the app."""
        section: keymap.Section = getattr(screen, "KEYS", keymap.Section("", ()))
        for key in section.rebound(self.keys).keys:
            yield SystemCommand(key.help, f"{section.title}: {key.face}", _runner(screen, key.action))
        yield SystemCommand("Help: keys and words", "?", self.action_help)
        yield SystemCommand("Theme: light, dark and others", "Change colours", self.action_change_theme)
        yield SystemCommand("Quit: runs continue", "ctrl+q", self.leave)


def _runner(screen: Screen[Any], action: str) -> Callable[[], Any]:
    async def run() -> None:
        await screen.run_action(action)

    return run


def farewell(workspace: Workspace) -> str:
    """Return ``3 runs continue``, or nothing when none does (or none can be counted)."""
    try:
        connection = connect(workspace)
    except TROUBLE:
        return ""
    try:
        registry = Registry(connection, workspace)
        live = len([r for r in registry.live() if r.status is not Status.STOPPING])
        queued = len(registry.queued())
    except sqlite3.Error:
        return ""
    finally:
        connection.close()
    parts = [f"{live} run{'s' if live != 1 else ''} continue{'s' if live == 1 else ''}"] if live else []
    if queued:
        parts.append(f"{queued} queued")
    return ", ".join(parts)
