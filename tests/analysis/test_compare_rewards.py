"""Means of different rewards are shown, and nothing is concluded from them."""

from __future__ import annotations

from typing import Any

from grpotui.analysis.compare.noise import Mark
from grpotui.workspace import Workspace
from tests.analysis.test_compare import compared, write
from tests.analysis.test_compare_pools import held_out

EXACT: dict[str, Any] = {"rewards": [{"name": "exact", "wrong": -1.0}]}
OTHER: dict[str, Any] = {"rewards": [{"name": "exact", "wrong": 0.0}]}
SAID = "Rewards differ: their means say little beside each other."


def test_other_rewards_get_no_marks_and_no_conclusion(workspace: Workspace) -> None:
    write(workspace, "base-aaaa", level=0.2, asked=EXACT)
    write(workspace, "other-bbbb", level=0.9, asked=OTHER)
    write(workspace, "same-cccc", {"beta": 0.2}, level=0.9, asked=EXACT)
    found = compared(workspace, "base-aaaa", "other-bbbb")
    assert found.conclusions == (SAID,)
    rows = {row.name: row for row in found.rows}
    assert rows["reward"].cells[1].estimate is not None
    assert {cell.mark for cell in rows["reward"].cells} == {Mark.NONE}
    (reached,) = [row for name, row in rows.items() if name.startswith("reward 0.")]
    assert (reached.cells[0].step is None, reached.cells[1].text) == (False, "")
    both = compared(workspace, "base-aaaa", "other-bbbb", "same-cccc")
    assert both.conclusions[0] == SAID
    assert both.conclusions[1].startswith("C: reward higher by 0.7")
    (reward,) = [row for row in both.rows if row.name == "reward"]
    assert [cell.mark for cell in reward.cells] == [Mark.NONE, Mark.NONE, Mark.HIGHER]


def test_held_out_accuracy_is_compared_all_the_same(workspace: Workspace) -> None:
    for run_id, asked, accuracy in (("base-aaaa", EXACT, 0.2), ("other-bbbb", OTHER, 0.8)):
        write(workspace, run_id, asked=asked)
        held_out(workspace, run_id, 0.1, accuracy)
    found = compared(workspace, "base-aaaa", "other-bbbb")
    assert found.conclusions[0] == SAID
    assert found.conclusions[1].startswith("B: held-out higher by 0.60")
    assert "reward" not in found.conclusions[1]


def test_seeds_of_other_rewards_say_nothing_of_the_noise_of_the_first(workspace: Workspace) -> None:
    for seed in (1, 2):
        write(workspace, f"base-{seed}", {"seed": seed}, asked=EXACT)
        write(workspace, f"other-{seed}", {"seed": seed}, level=0.1 + 0.4 * seed, asked=OTHER)
    found = compared(workspace, "base-1", "base-2", "other-1", "other-2")
    first, other = found.pools
    assert first.reward is not None
    assert other.reward is not None
    assert other.reward.mark is Mark.NONE
    alone = compared(workspace, "base-1", "base-2").pools[0].reward
    assert alone is not None
    assert first.reward.estimate == alone.estimate
