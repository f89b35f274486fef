"""Launch: choose a preset, edit its fields, go."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical

from grpotui.errors import UserError
from grpotui.tui import keymap, style
from grpotui.tui.launch.draft import Draft
from grpotui.tui.launch.drafts import Drafts
from grpotui.tui.launch.fields import fields
from grpotui.tui.launch.preview import preview
from grpotui.tui.launch.view import PresetView, find_fields
from grpotui.tui.screens.launch_checks import LaunchChecks
from grpotui.tui.style import Tone
from grpotui.tui.widgets.field_editor import FieldEditor
from grpotui.tui.widgets.find_line import FindLine
from grpotui.tui.widgets.finding_list import FindingList
from grpotui.tui.widgets.launch_lines import FieldHelp, LaunchState, Preview
from grpotui.tui.widgets.line_table import LineTable
from grpotui.tui.widgets.lines import KeyLine, OneLine, TitleLine
from grpotui.tui.widgets.preset_list import PresetList

_CSS = """
LaunchScreen {
    #body { height: 1fr; }
    #presets { width: 30; padding-left: 1; }
    #fields-pane { width: 1fr; border-left: solid $rule; padding-left: 1; }
    #editor { height: 1fr; }
}
LaunchScreen.-narrow #presets { width: 22; }
LaunchScreen.-short #preview { max-height: 2; border-top: none; }
LaunchScreen.-short #findings { max-height: 3; }
LaunchScreen.-flat #findings { display: none; }
LaunchScreen.-flat #preview { display: none; }
LaunchScreen.-tiny {
    #fields-pane { display: none; border-left: none; }
    #presets { width: 1fr; }
    &.-fields #presets { display: none; }
    &.-fields #fields-pane { display: block; }
    #help { height: 2; }
}
"""


class LaunchScreen(LaunchChecks):
    """Presets on the left, the fields of the selected one on the right. Nothing is written before L."""

    KEYS = keymap.LAUNCH
    BINDINGS: ClassVar[list[BindingType]] = [*keymap.bindings(keymap.LAUNCH)]
    AUTO_FOCUS = "#presets"
    DEFAULT_CSS = _CSS

    def __init__(self, clone: Draft | None = None) -> None:
        super().__init__()
        self._clone = clone
        self._everything = False
        self._unsaved = False

    def compose(self) -> ComposeResult:
        """Title, presets and fields, help of the field, state, keys."""
        yield TitleLine(id="title")
        with Horizontal(id="body"):
            yield PresetList(id="presets")
            with Vertical(id="fields-pane"):
                yield OneLine(id="summary")
                yield FieldEditor(id="editor")
        yield FindingList(id="findings")
        yield Preview(id="preview")
        yield FieldHelp(id="help")
        yield LaunchState(id="state")
        yield FindLine("words of a field's name …", id="find")
        yield KeyLine(keymap.LAUNCH, keymap.EVERYWHERE, id="keys")

    def on_mount(self) -> None:
        """List the presets."""
        self.drafts = Drafts(self.app.workspace, self._clone)
        try:
            self.drafts.read()
        except (UserError, OSError) as error:
            self.app.complain(error)
        self.query_one(PresetList).show(self.drafts.listed(), 0)
        self._show(keep=False)
        if self._clone is not None:
            self._to_fields()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._show())

    # What is in hand

    @property
    def editor(self) -> FieldEditor:
        """The fields of the selected preset."""
        return self.query_one(FieldEditor)

    @property
    def preset(self) -> PresetView | None:
        """The preset under the cursor."""
        return self.query_one(PresetList).selected

    @property
    def draft(self) -> Draft | None:
        """The draft of the selected preset, or None when it cannot be read."""
        return self.drafts.get(self.preset)

    def keep(self, draft: Draft) -> None:
        """Take an edited draft in place of the one in hand."""
        if self.preset is not None:
            self.drafts.keep(self.preset, draft)
            self._unsaved = bool(draft.edits or draft.name or draft.seeds > 1)
        presets = self.query_one(PresetList)
        presets.show(self.drafts.listed(), presets.index)
        self._show()

    # Showing

    def _show(self, keep: bool = True) -> None:
        preset, draft = self.preset, self.draft
        words = self.query_one(FindLine).words
        views = fields(draft, self._everything or bool(words)) if draft else []
        self.editor.show(find_fields(views, words), keep)
        summary = "" if preset is None else preset.error or preset.summary
        tone = Tone.WARN if preset is not None and preset.error else Tone.DIM
        self.query_one("#summary", OneLine).show(style.text(summary, tone, self.app.current_theme.dark))
        self._show_help()
        self.show_state()
        self.look()

    @on(LineTable.Moved, "#table")
    def _show_help(self) -> None:
        if self.focused is self.query_one(PresetList):
            self.query_one(FieldHelp).show_preset(self.preset)
        else:
            self.query_one(FieldHelp).show_field(self.editor.selected)

    @on(FieldEditor.Closed)
    def show_state(self) -> None:
        """Say whether the draft can be launched, and what its data is."""
        draft = self.draft
        found, edits = (draft.problems(), len(draft.edits)) if draft else ([], 0)
        errors = sum(view.level == "error" for view in self.found)
        extent = self.extent
        if draft is not None:
            extent = replace(extent, points=len(draft.points), seeds=max(len(draft.seed_values), 1))
        self.query_one(LaunchState).show_state(draft is not None, found, edits, extent, errors)
        self.query_one(Preview).show_lines(preview(draft))
        crumbs = ["grpotui", "launch", *([draft.preset.name] if draft else [])]
        self.query_one(TitleLine).show_title(crumbs)

    def on_resize(self) -> None:
        """Lines that are cut to the width are made again."""
        self.call_after_refresh(self.show_state)

    def on_descendant_focus(self) -> None:
        """The line of help follows the focus; with little room only one pane is in sight."""
        self.set_class(self.focused is not self.query_one(PresetList), "-fields")
        self._show_help()

    @on(LineTable.Moved, "#presets")
    def _other_preset(self) -> None:
        self._show(keep=False)

    @on(LineTable.Chosen, "#presets")
    def _to_fields(self) -> None:
        self.add_class("-fields")
        self.editor.table.focus()

    # Editing

    @on(FieldEditor.Entered)
    def _entered(self, event: FieldEditor.Entered) -> None:
        draft = self.draft
        if draft is None:
            return
        try:
            draft = draft.set(event.path, event.text)
        except UserError as error:
            self.query_one(LaunchState).show_error(str(error))
            return
        self.editor.close()
        self.keep(draft)

    def action_edit(self) -> None:
        """Edit the field under the cursor."""
        self.editor.edit()

    def action_reset(self) -> None:
        """Give the field its preset's value again."""
        view, draft = self.editor.selected, self.draft
        if view is not None and draft is not None:
            self.keep(draft.reset(view.path))

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
            self.query_one(PresetList).focus()

    # Filter

    def action_find(self) -> None:
        """Type words; the fields follow."""
        self.add_class("-fields")
        self.query_one(FindLine).open()

    def on_find_line_found(self) -> None:
        """Show the fields that have the words."""
        self._show()

    def on_find_line_left(self) -> None:
        """Go on in the fields."""
        self.editor.table.focus()

    def go_back(self) -> bool:
        """Drop the filter; say once that edits would be lost; then False, so that the screen closes."""
        if self.query_one(FindLine).drop():
            return True
        if self._unsaved:
            self._unsaved = False
            self.app.say("What you changed is not written down: d makes a draft, again leaves it", "warning")
            return True
        return False
