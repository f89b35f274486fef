"""Runs that only generate stand for all that they generated, with the intervals that they logged."""

from __future__ import annotations

from grpotui.analysis.compare.noise import Estimate, Mark
from grpotui.workspace import Workspace
from tests.analysis.test_compare import compared
from tests.writing import RunWriter


def write_rollouts(
    workspace: Workspace, run_id: str, temperature: float, mean: float, reach: float | None = 0.05
) -> None:
    """Write a run that generated 64 completions in two batches, the last of which was a poor one."""
    config = {"model": "tiny", "grpo": {"temperature": temperature, "seed": 1}}
    writer = RunWriter(workspace.run(run_id))
    writer.asked(config=config, kind="rollouts", seed=1)
    writer.process()
    writer.attempt(config=config, reward_range=[-1.0, 1.0], max_steps=2)
    writer.status("running")
    for at, batch in ((mean + 0.4, mean + 0.4), (mean, mean - 0.4)):
        ends = (
            {} if reach is None else {"rollouts/reward_low": at - reach, "rollouts/reward_high": at + reach}
        )
        writer.log_step(reward=batch, **{"rollouts/reward": at, "rollouts/n": 64}, **ends)
    writer.status("finished")
    writer.ended()
    writer.close()


def test_the_interval_over_prompts_is_what_counts(workspace: Workspace) -> None:
    write_rollouts(workspace, "base-aaaa", 1.0, 0.25)
    write_rollouts(workspace, "cold-bbbb", 0.5, 0.0)
    write_rollouts(workspace, "near-cccc", 0.9, 0.28)
    found = compared(workspace, "base-aaaa", "cold-bbbb", "near-cccc")
    rows = {row.name: row for row in found.rows}
    reward, share = rows["reward"], rows["share of its range"]
    assert reward.cells[0].estimate == Estimate(0.25, 0.2, 0.3)
    assert [cell.mark for cell in reward.cells] == [Mark.NONE, Mark.LOWER, Mark.WITHIN]
    assert share.cells[0].estimate == Estimate(0.625, 0.6, 0.65)
    assert [cell.mark for cell in share.cells] == [Mark.NONE, Mark.LOWER, Mark.WITHIN]
    assert [cell.text for cell in rows["window"].cells] == ["all 64 completions"] * 3
    assert "best reward" not in rows
    assert not [name for name in rows if name.endswith(" at")]
    assert found.conclusions == (
        "B: reward lower by 0.25, beyond the noise of its prompts.",
        "C: reward: no difference shown (+0.03, within the noise).",
    )


def test_one_prompt_tells_no_noise(workspace: Workspace) -> None:
    write_rollouts(workspace, "base-aaaa", 1.0, 0.25, reach=None)
    write_rollouts(workspace, "cold-bbbb", 0.5, 0.0, reach=None)
    found = compared(workspace, "base-aaaa", "cold-bbbb")
    assert found.conclusions == ("B: reward: -0.25, too few prompts to tell it from noise.",)
