"""What the preflight says of a launch in the making, as the Launch screen shows it."""

from __future__ import annotations

from grpotui.errors import UserError
from grpotui.settings import Settings
from grpotui.tui.launch.draft import Draft
from grpotui.tui.launch.view import FindingView
from grpotui.workspace import Workspace

MOST = 8
"""Points of one launch that are looked at."""


def findings(workspace: Workspace, draft: Draft, settings: Settings) -> list[FindingView]:
    """Return the errors and warnings of the runs that a draft makes; nothing where it cannot be read.

    Reads files and the registry: not for the app's own thread.
    """
    from grpotui.launch.check.facts import gather
    from grpotui.preflight import check, overrides

    found: dict[tuple[str, str], FindingView] = {}
    try:
        for one in draft.points[:MOST]:
            preset = one.edited
            facts = gather(preset, workspace, settings.device_for(preset.data))
            for finding in check(preset, facts):
                if finding.level == "info":
                    continue
                fix = tuple(overrides(finding.fixes[0])) if finding.fixes else ()
                view = FindingView(
                    str(finding.level), finding.rule, finding.message, finding.why, fix, finding.experience
                )
                found.setdefault((finding.rule, finding.message), view)
    except UserError:
        return []
    return sorted(found.values(), key=lambda view: ("error", "warning").index(view.level))


def mended(draft: Draft, view: FindingView) -> Draft:
    """Return the draft with what a finding proposes. Raises UserError when a value cannot be right."""
    for override in view.fix:
        path, _, value = override.partition("=")
        draft = draft.set(path, value)
    return draft
