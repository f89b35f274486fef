"""Seeds that are listed on Launch: the sweep is planned with them, not mended afterwards."""

from __future__ import annotations

import pytest

from grpotui.presets import load
from grpotui.records.sweeps import Sweep
from grpotui.registry import connect, sync
from grpotui.registry.queries import Registry
from grpotui.settings import Settings
from grpotui.tui.launch.draft import Draft
from grpotui.tui.launch.submit import launch
from grpotui.workspace import Workspace
from tests.tui.runs_factory import PRESET


def launched(workspace: Workspace, draft: Draft, own: bool = False) -> Sweep:
    made = launch(workspace, draft, False, Settings(), force=True, own=own)
    connection = connect(workspace)
    sync(connection, workspace)
    sweep = Registry(connection, workspace).sweep(made.sweep)
    connection.close()
    return sweep


@pytest.fixture
def draft(workspace: Workspace) -> Draft:
    """A preset with a grid of its own."""
    grid = '[sweep]\ngrid."grpo.beta" = [0.0, 0.1, 0.2]\nrandom = 2\n'
    (workspace.presets / "arith.toml").write_text(PRESET + grid)
    return Draft(load("arith", workspace))


@pytest.mark.parametrize("own", [False, True])
def test_they_are_the_seeds_of_every_point(
    workspace: Workspace, draft: Draft, taken_cpu: None, own: bool
) -> None:
    changed = draft if own else draft.set("grpo.beta", "0.1, 0.2")
    sweep = launched(workspace, changed.set("seed", "11, 20"), own)
    assert (sweep.seeds, sweep.seed, len(sweep.points)) == ((11, 20), 11, 2)


def test_so_many_seeds_are_counted_from_the_draft_s_own(
    workspace: Workspace, draft: Draft, taken_cpu: None
) -> None:
    sweep = launched(workspace, draft.set("grpo.beta", "0.1, 0.2").set("seed", "30").set("seeds", "3"))
    assert (sweep.seeds, sweep.seed) == ((30, 31, 32), 30)
