"""The Run screen of a run that only generates: figures and prompts in place of curves."""

from __future__ import annotations

import pytest

from grpotui.analysis.rollout_reader import RolloutReader
from grpotui.tui.app import GrpoTui
from grpotui.workspace import Workspace
from tests.hostile import TEXTS
from tests.support import Cli
from tests.tui.factory import RunMaker, collapsed, open_run, press, sample
from tests.tui.runs_factory import screen_text, until

WIDE, NARROW, TINY = (120, 35), (80, 24), (40, 10)


def rolled(workspace: Workspace, batches: int = 3) -> RunMaker:
    """A probe of six prompts with four completions each, two a batch: 0, 1, 2, 3, 4 and 4 of them right."""
    maker = RunMaker(workspace, kind="rollouts", max_steps=3).start()
    for batch in range(batches):
        more_batch(maker, batch)
    return maker


def more_batch(maker: RunMaker, batch: int) -> None:
    for number in range(2):
        right = 2 * batch + number
        rewards = [float(place < min(right, 4)) for place in range(4)]
        completions = [sample(f"text {reward}", reward, tokens=5) for reward in rewards]
        maker.group(number, completions, f"question {right}", mode="rollout")
    maker.log_step(reward=0.5, **{"rollouts/reward": 0.25 * batch, "rollouts/tokens_per_second": 1234.0})


async def test_figures_stand_where_a_training_run_has_curves(workspace: Workspace) -> None:
    rolled(workspace).end()
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        await open_run(pilot)
        text = screen_text(pilot)
        assert "nothing is trained, so there is nothing to judge" in text
        assert "24 rollouts of 6 prompts" in text
        assert "mean reward      0.583  " in text
        assert "not 0          58.33 %" in text
        assert "passed         58.33 %" in text
        assert "no signal         50 %" in text
        assert "learnable         50 %" in text
        assert "tokens a completion, 1.23k tokens/s" in text
        assert "1.00 █" in text
        assert "█ 14" in text
        assert "█ 10" in text
        assert "2 all highest, 3 differ, 1 all the same below" in text
        assert "   ●●●●               1.00  question 4" in text
        assert " ~ ●○○○               0.25  question 1" in text
        assert "zero-std" not in text
        assert "jaccard" not in text
        assert "step 3 (last) rollouts" in text


async def test_the_groups_are_gone_through_as_ever(workspace: Workspace) -> None:
    rolled(workspace).end()
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        screen = await open_run(pilot)
        await press(pilot, screen, "[")
        assert [group.prompt for group in screen.place.groups_data().groups] == ["question 2", "question 3"]
        await press(pilot, screen, ".")
        assert "question 3" in screen_text(pilot)


async def test_what_comes_in_fills_the_screen(workspace: Workspace) -> None:
    maker = rolled(workspace, batches=1)
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        await open_run(pilot)
        assert "8 rollouts of 2 prompts" in screen_text(pilot)
        more_batch(maker, 1)
        await until(pilot, lambda: "16 rollouts of 4 prompts" in screen_text(pilot))


async def test_one_pane_at_a_time_where_there_is_less_room(workspace: Workspace) -> None:
    rolled(workspace).end()
    async with GrpoTui(workspace).run_test(size=NARROW) as pilot:
        screen = await open_run(pilot)
        text = screen_text(pilot)
        assert "1 figures  2 rewards  3 prompts  4 groups  5 text  6 flags" in text
        assert "mean reward      0.583" in text
        assert "█ 14" in text
        await press(pilot, screen, "3")
        text = screen_text(pilot)
        assert "question 0" in text
        assert "mean reward" not in text


async def test_a_training_run_has_none_of_it(workspace: Workspace) -> None:
    collapsed(workspace)
    async with GrpoTui(workspace).run_test(size=WIDE) as pilot:
        screen = await open_run(pilot)
        assert not any(screen.query_one(f"#{name}").display for name in ("figures", "rewards", "prompts"))


@pytest.mark.parametrize("size", [WIDE, NARROW, TINY])
async def test_nothing_and_nonsense_are_shown_calmly(workspace: Workspace, size: tuple[int, int]) -> None:
    maker = RunMaker(workspace, kind="rollouts", max_steps=3, reward_range=None).start()
    async with GrpoTui(workspace).run_test(size=size) as pilot:
        screen = await open_run(pilot)
        assert "nothing was generated yet" in screen_text(pilot)
        for number, text in enumerate(TEXTS):
            rewards = [None, float(number) * 1e6, -1.0] if number % 2 else [None]
            completions = [{**sample(text), "reward": reward} for reward in rewards]
            maker.group(number, completions, text, mode="rollout")
        maker.log_step(reward=0.1)
        await until(pilot, lambda: "nothing was generated yet" not in screen_text(pilot))
        for pane in ("1", "2", "3", "4"):
            await press(pilot, screen, pane)
            shown = screen_text(pilot)
            assert "\x1b" not in shown


def test_a_batch_that_was_asked_again_counts_once(workspace: Workspace) -> None:
    maker = rolled(workspace)
    reader = RolloutReader(maker.run)
    assert len(reader.read()) == 6
    maker.step = 1
    more_batch(maker, 1)
    assert sorted(prompt.prompt for prompt in reader.read()) == [f"question {n}" for n in range(4)]
    more_batch(maker, 2)
    assert sorted(prompt.prompt for prompt in reader.read()) == [f"question {n}" for n in range(6)]
    assert len(RolloutReader(maker.run).read()) == 6


def test_show_tells_the_same(workspace: Workspace, cli: Cli) -> None:
    rolled(workspace).end()
    shown = cli("show", "story-ab2c").out
    assert "mean reward  0.583 (" in shown
    assert "learnable    50 % of prompts" in shown
    assert "prompts      2 all highest, 3 differ, 1 all the same below" in shown
    assert "  ~    0.25  question 1" in shown
    found = cli("show", "story-ab2c", "--json").json
    assert found["verdict"] is None
    assert found["rollouts"]["histogram"] == [
        {"low": 1.0, "high": 1.0, "count": 14},
        {"low": 0.0, "high": 0.0, "count": 10},
    ]
    assert found["rollouts"]["prompts"][0]["pass_rate"] == 1.0
    assert [prompt["learnable"] for prompt in found["rollouts"]["prompts"]] == [
        *(False, False),
        *(True, True, True),
        False,
    ]
