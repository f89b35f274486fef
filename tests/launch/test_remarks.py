"""What a person says of a run: written to its events, and in the registry at once."""

from __future__ import annotations

import pytest

from grpotui.errors import UserError
from grpotui.launch.remarks import judge, note, tag
from grpotui.records import NO_HUMAN, HumanVerdict
from grpotui.registry import connect
from grpotui.registry.queries import Registry
from grpotui.workspace import Workspace
from tests.support import write_run


def test_note_tags_and_verdict(workspace: Workspace) -> None:
    run = write_run(workspace)
    registry = Registry(connect(workspace), workspace)
    note(workspace, run.id, "one template since step 5")
    tag(workspace, run.id, ["keep", "odd"])
    tag(workspace, run.id, [], ["odd"])
    judge(workspace, run.id, HumanVerdict.DEGENERATE)
    found = registry.run(run.id)
    assert (found.note, found.tags, found.human) == ("one template since step 5", ("keep",), "degenerate")
    judge(workspace, run.id, NO_HUMAN)
    assert registry.run(run.id).human is None


def test_nobody_speaks_of_a_run_that_is_none_or_to_a_full_disk(workspace: Workspace) -> None:
    with pytest.raises(UserError, match="no run nothing"):
        note(workspace, "nothing", "x")
    run = write_run(workspace)
    run.events.unlink()
    run.events.mkdir()
    with pytest.raises(UserError, match="disk full"):
        note(workspace, run.id, "x")
