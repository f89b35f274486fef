"""Makes the runs of a draft."""

from __future__ import annotations

from dataclasses import dataclass

from grpotui.errors import UserError
from grpotui.settings import Settings
from grpotui.tui.launch import sweeping
from grpotui.tui.launch.draft import Draft
from grpotui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a launch: a sweep, or runs."""

    run_ids: tuple[str, ...] = ()
    sweep: str = ""


def launch(
    workspace: Workspace,
    draft: Draft,
    as_draft: bool,
    settings: Settings,
    force: bool = False,
    own: bool = False,
) -> Made:
    """Queue or write down every run that a draft makes. Raises UserError.

    Several runs are a sweep, unless they are only written down or begin with a checkpoint. ``own`` launches
    the preset's ``[sweep]``; ``force`` what the preflight calls an error.
    """
    if own or (draft.several and not as_draft and draft.step is None):
        device = settings.device_for(draft.edited.data)
        return Made(sweep=sweeping.launch(workspace, draft, device, force, own))
    return Made(tuple(_runs(workspace, draft, as_draft, settings, force)))


def _runs(workspace: Workspace, draft: Draft, as_draft: bool, settings: Settings, force: bool) -> list[str]:
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
