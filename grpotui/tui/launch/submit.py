"""Makes the runs of a draft."""

from __future__ import annotations

from grpotui.errors import UserError
from grpotui.settings import Settings
from grpotui.tui.launch.draft import Draft
from grpotui.workspace import Workspace


def launch(
    workspace: Workspace, draft: Draft, as_draft: bool, settings: Settings, force: bool = False
) -> list[str]:
    """Queue or write down every run that a draft makes; return their ids. Raises UserError.

    ``force`` launches what the preflight calls an error.
    """
    from grpotui.launch import lineage, submit

    made: list[str] = []
    wanted = draft.variants
    for one in wanted:
        try:
            asked = one.request(settings.device_for(one.edited.data), as_draft, force)
            if one.origin:
                asked = lineage.adopted(workspace, asked, one.origin, one.step)
            made.append(submit.launch(workspace, asked))
        except UserError as error:
            if not made:
                raise
            raise UserError(f"{len(made)} of {len(wanted)} runs were made, then: {error}") from error
    return made
