"""The presets to choose from, and the drafts that were made of them."""

from __future__ import annotations

from dataclasses import replace

from grpotui.errors import UserError
from grpotui.tui.launch.draft import Draft, draft_of, presets
from grpotui.tui.launch.view import PresetView
from grpotui.workspace import Workspace

CLONE = "@clone"
"""Key of a draft that was made of a run."""


class Drafts:
    """One draft for each preset that was looked at; what was edited stays while one looks at others."""

    def __init__(self, workspace: Workspace, clone: Draft | None = None) -> None:
        self._workspace = workspace
        self._drafts: dict[str, Draft] = {}
        self._listed: list[PresetView] = []
        if clone is not None:
            self._drafts[CLONE] = clone
            said = f"with its changes to {clone.preset.name}"
            kind = "clone" if clone.step is None else f"fork at step {clone.step}"
            self._listed.append(PresetView(CLONE, f"{kind} of {clone.origin}", said, True))

    def read(self) -> None:
        """List the presets. Raises UserError or OSError."""
        self._listed += presets(self._workspace)

    def listed(self) -> list[PresetView]:
        """Every preset; those with edits are marked."""
        return [replace(preset, edited=self._is_edited(preset.key)) for preset in self._listed]

    def _is_edited(self, key: str) -> bool:
        return key != CLONE and key in self._drafts and bool(self._drafts[key].edits)

    def get(self, preset: PresetView | None) -> Draft | None:
        """Return the draft of a preset; None when the preset cannot be read."""
        if preset is None or preset.error:
            return None
        if preset.key not in self._drafts:
            try:
                self._drafts[preset.key] = draft_of(self._workspace, preset.key)
            except UserError:
                return None
        return self._drafts[preset.key]

    def keep(self, preset: PresetView, draft: Draft) -> None:
        """Take an edited draft in place of the one before."""
        self._drafts[preset.key] = draft
