"""Launch: choose a preset, edit its fields, go."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Input

from grpotui.errors import UserError
from grpotui.tui import keymap, launch_data, style
from grpotui.tui.launch_data import Draft
from grpotui.tui.launch_view import PresetView, find_fields
from grpotui.tui.style import Tone
from grpotui.tui.widgets.field_editor import FieldEditor
from grpotui.tui.widgets.line_table import LineTable
from grpotui.tui.widgets.lines import KeyLine, OneLine, TitleLine
from grpotui.tui.widgets.preset_list import PresetList

if TYPE_CHECKING:
    from grpotui.tui.app import GrpoTui

CLONE = "@clone"


class LaunchScreen(Screen[None]):
    """Presets on the left, the fields of the selected one on the right. Nothing is written before L."""

    KEYS = keymap.LAUNCH
    BINDINGS: ClassVar[list[BindingType]] = [*keymap.bindings(keymap.LAUNCH)]
    AUTO_FOCUS = "#presets"
    DEFAULT_CSS = """
    LaunchScreen {
        #body { height: 1fr; }
        #presets { width: 30; padding-left: 1; }
        #fields-pane { width: 1fr; border-left: solid $rule; padding-left: 1; }
        #summary { height: 1; color: $foreground; }
        #editor { height: 1fr; }
        #help { height: 3; padding: 0 1; border-top: solid $rule; text-wrap: wrap; }
        #state { padding: 0 1; height: auto; max-height: 2; text-wrap: wrap; }
        #find { display: none; border: none; height: 1; padding: 0 1; background: $panel; }
        &.-find #find { display: block; }
    }
    LaunchScreen.-narrow #presets { width: 22; }
    LaunchScreen.-tiny {
        #fields-pane { display: none; border-left: none; }
        #presets { width: 1fr; }
        &.-fields #presets { display: none; }
        &.-fields #fields-pane { display: block; }
        #help { height: 2; }
    }
    """

    app: GrpoTui

    def __init__(self, clone: Draft | None = None) -> None:
        super().__init__()
        self._drafts: dict[str, Draft] = {CLONE: clone} if clone else {}
        self._presets: list[PresetView] = []
        self._everything = False
        self._launching = False

    def compose(self) -> ComposeResult:
        """Title, presets and fields, help of the field, state, keys."""
        yield TitleLine(id="title")
        with Horizontal(id="body"):
            yield PresetList(id="presets")
            with Vertical(id="fields-pane"):
                yield OneLine(id="summary")
                yield FieldEditor(id="editor")
        yield OneLine(id="help")
        yield OneLine(id="state")
        yield Input(placeholder="words of a field's name …", id="find", select_on_focus=False)
        yield KeyLine(keymap.LAUNCH, keymap.EVERYWHERE, id="keys")

    def on_mount(self) -> None:
        """List the presets."""
        if (clone := self._drafts.get(CLONE)) is not None:
            self._presets.append(
                PresetView(
                    CLONE, f"clone of {clone.origin}", f"with its changes to {clone.preset.name}", True
                )
            )
        try:
            self._presets += launch_data.presets(self.app.workspace)
        except (UserError, OSError) as error:
            self.app.complain(error)
        self._list(0)
        self._show(keep=False)
        if clone is not None:
            self.editor.table.focus()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._show())

    # What is in hand

    @property
    def editor(self) -> FieldEditor:
        """The fields of the selected preset."""
        return self.query_one(FieldEditor)

    @property
    def draft(self) -> Draft | None:
        """The draft of the selected preset, or None when it cannot be read."""
        preset = self.query_one(PresetList).selected
        if preset is None or preset.error:
            return None
        if preset.key not in self._drafts:
            try:
                self._drafts[preset.key] = launch_data.draft_of(self.app.workspace, preset.key)
            except UserError:
                return None
        return self._drafts[preset.key]

    def _keep(self, draft: Draft) -> None:
        preset = self.query_one(PresetList).selected
        if preset is not None:
            self._drafts[preset.key] = draft
        self._list(self.query_one(PresetList).index)
        self._show()

    # Showing

    def _list(self, index: int) -> None:
        marked = [
            PresetView(p.key, p.name, p.summary, p.shipped, p.error, bool(d and d.edits) and p.key != CLONE)
            for p in self._presets
            for d in [self._drafts.get(p.key)]
        ]
        self.query_one(PresetList).show(marked, index)

    def _show(self, keep: bool = True) -> None:
        preset, draft = self.query_one(PresetList).selected, self.draft
        words = self.query_one("#find", Input).value if self.has_class("-find") else ""
        views = launch_data.fields(draft, self._everything or bool(words)) if draft else []
        self.editor.show(find_fields(views, words), keep)
        dark = self.app.current_theme.dark
        summary = "" if preset is None else preset.error or preset.summary
        tone = Tone.WARN if preset is not None and preset.error else Tone.DIM
        self.query_one("#summary", OneLine).show(style.text(summary, tone, dark))
        self._show_help()
        self._show_state()

    def _show_help(self) -> None:
        view = self.editor.selected
        dark = self.app.current_theme.dark
        text = style.text("", dark=dark)
        if self.focused is self.query_one(PresetList):
            preset = self.query_one(PresetList).selected
            if preset is not None:
                text = style.text(f"{preset.name}  ", Tone.STRONG, dark)
                text.append_text(style.text(preset.error or preset.summary, Tone.DIM, dark))
        elif view is not None:
            text = style.text(f"{view.path}  ", Tone.STRONG, dark)
            text.append_text(style.text(view.help or "no help for this field", Tone.DIM, dark))
        text.no_wrap = False
        self.query_one("#help", OneLine).show(text)

    def _show_state(self, error: str = "") -> None:
        dark, draft = self.app.current_theme.dark, self.draft
        found = draft.problems() if draft else []
        if error:
            line = style.text(f"✖ {error}   esc keeps the old value", Tone.BAD, dark)
        elif draft is None:
            line = style.text("▲ this preset cannot be launched", Tone.WARN, dark)
        elif found:
            more = f"   (and {len(found) - 1} more)" if len(found) > 1 else ""
            line = style.text(f"▲ {found[0]}{more}", Tone.WARN, dark)
        else:
            line = style.text(f"✓ can be launched: L   {_changes(draft)}", Tone.DIM, dark)
        line.no_wrap = False
        self.query_one("#state", OneLine).show(line)
        name = draft.preset.name if draft else ""
        self.query_one(TitleLine).show_title(["grpotui", "launch", *([name] if name else [])])

    def on_resize(self) -> None:
        """Lines that are cut to the width are made again."""
        self.call_after_refresh(self._show_state)

    def on_descendant_focus(self) -> None:
        """The line of help follows the focus; with little room only one pane is in sight."""
        fields = self.focused is not self.query_one(PresetList)
        self.set_class(fields, "-fields")
        self._show_help()

    @on(LineTable.Moved, "#presets")
    def _other_preset(self) -> None:
        self._show(keep=False)

    @on(LineTable.Chosen, "#presets")
    def _to_fields(self) -> None:
        self.add_class("-fields")
        self.call_after_refresh(self.editor.table.focus)

    @on(LineTable.Moved, "#table")
    def _other_field(self) -> None:
        self._show_help()

    # Editing

    @on(FieldEditor.Entered)
    def _entered(self, event: FieldEditor.Entered) -> None:
        draft = self.draft
        if draft is None:
            return
        try:
            draft = draft.set(event.path, event.text)
        except UserError as error:
            self._show_state(str(error))
            return
        self.editor.close()
        self._keep(draft)

    @on(FieldEditor.Closed)
    def _kept(self) -> None:
        self._show_state()

    def action_edit(self) -> None:
        """Edit the field under the cursor."""
        self.editor.edit()

    def action_reset(self) -> None:
        """Give the field its preset's value again."""
        view, draft = self.editor.selected, self.draft
        if view is not None and draft is not None and not self.editor.editing:
            self._keep(draft.reset(view.path))

    def action_all_fields(self) -> None:
        """Show every field of GRPOConfig, or only the usual ones."""
        self._everything = not self._everything
        self._show()

    def action_pane(self) -> None:
        """Go to the other pane."""
        if self.focused is self.query_one(PresetList):
            self._to_fields()
        else:
            self.remove_class("-fields")
            self.call_after_refresh(self.query_one(PresetList).focus)

    # Filter

    def action_find(self) -> None:
        """Type words; the fields follow."""
        self.add_class("-find", "-fields")
        self.query_one("#find", Input).focus()

    @on(Input.Changed, "#find")
    def _find_changed(self) -> None:
        self._show()

    @on(Input.Submitted, "#find")
    def _find_kept(self) -> None:
        self.editor.table.focus()

    def go_back(self) -> bool:
        """Drop the filter; False when there is none, so that the screen closes."""
        if not self.has_class("-find"):
            return False
        self.query_one("#find", Input).value = ""
        self.remove_class("-find")
        self.editor.table.focus()
        self._show()
        return True

    # Launching

    def action_launch(self) -> None:
        """Queue the run, and open it."""
        draft = self.draft
        if draft is None or self._launching:
            return
        if found := draft.problems():
            self.app.say(found[0], "error")
            return
        self._launching = True
        self.app.do(lambda: self._launch(draft), self._launched)

    def _launch(self, draft: Draft) -> str:
        """Launch, in a thread. Raises UserError."""
        from grpotui.launch.submit import launch

        try:
            return launch(self.app.workspace, draft.request())
        finally:
            self._launching = False

    def _launched(self, run_id: str) -> None:
        if self.is_current:
            self.app.pop_screen()
        self.app.open_run(run_id)


def _changes(draft: Draft) -> str:
    count = len(draft.edits)
    return "as the preset has it" if not count else f"{count} field{'s' if count > 1 else ''} changed"
