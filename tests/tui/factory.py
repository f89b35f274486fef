"""A run's folder that grows step by step, as trainer and runner write it, for the Run screen's tests."""

from __future__ import annotations

import random
import time
from typing import Any

from textual.pilot import Pilot

from grpotui.tui.app import GrpoTui
from grpotui.tui.screens.run import RunScreen
from grpotui.workspace import Workspace
from tests.tui.runs_factory import until
from tests.writing import RunWriter, hold, sample

__all__ = ["RunMaker", "collapsed", "live", "open_run", "press", "sample", "settled"]

WORDS = ("dog", "cat", "sun", "bird", "girl", "boy", "tree", "house", "happy", "sad", "blue", "glad", "red")
OPENINGS = ("once upon a time there was a", "one day a little", "tom had a red", "in the big park a")


class RunMaker(RunWriter):
    """Writes one run. Rewards go up, and from ``collapse_at`` on every text is the same template."""

    def __init__(self, workspace: Workspace, run_id: str = "story-ab2c", **asked: Any) -> None:
        super().__init__(workspace.run(run_id), born=time.time() - 300.0)
        self.max_steps = int(asked.pop("max_steps", 100))
        self.span = asked.pop("reward_range", [0.0, 1.0])
        self.random = random.Random(7)
        config = {"model": "tiny", "task": {"name": "stories"}, "health": asked.pop("health", {})}
        self.config = {**config, "grpo": {"max_steps": self.max_steps, **asked.pop("grpo", {})}}
        self.asked(**{"preset": "demo-collapse", "config": self.config, "seed": 42, **asked})
        self.status("queued")

    def start(self, attempt: int = 1) -> RunMaker:
        """Begin an attempt."""
        self.process(attempt)
        effective = {"max_steps": self.max_steps, "max_epochs": 4.0, "reward_range": self.span}
        self.attempt(attempt, config=self.config, seed=42, **effective)
        self.status("running", attempt)
        if attempt == 1:
            hold(self.run)
        return self

    def end(self, status: str = "finished", reason: str = "") -> RunMaker:
        """End the attempt."""
        self.ended(status, reason)
        return self

    def steps(self, count: int, collapse_at: int = 10**9, groups: int = 4, size: int = 8) -> RunMaker:
        """Write steps with everything that a real one has."""
        for _ in range(count):
            self._story_step(collapse_at, groups, size)
        return self

    def _story_step(self, collapse_at: int, groups: int, size: int) -> None:
        step, rng = self.step + 1, self.random
        share = min(step / self.max_steps, 1.0)
        alike = step >= collapse_at
        flat = 0
        rewards: list[float] = []
        for number in range(groups):
            made = [self._completion(alike, share) for _ in range(size)]
            got = [c["reward"] for c in made]
            mean = sum(got) / size
            for one in made:
                one["advantage"] = one["reward"] - mean
            flat += max(got) - min(got) < 1e-6
            rewards += got
            self.group(number, made, OPENINGS[number % len(OPENINGS)])
        at_max = flat if alike else 0
        self.log_step(
            self.born + step * 0.9,
            reward=sum(rewards) / len(rewards),
            epoch=share * 4,
            kl=2.4 * share**2 + rng.random() * 0.1,
            entropy=2.1 - 1.7 * share + rng.random() * 0.1,
            loss=rng.gauss(0, 0.01),
            grad_norm=0.4 + rng.random(),
            learning_rate=1e-5 * (1 - share),
            **{
                "completions/mean_length": 100 + rng.gauss(0, 6),
                "completions/clipped_ratio": rng.random() * 0.08,
                "grpotui/zero_std": flat / groups,
                "grpotui/zero_std_ceiling": at_max / groups,
                "grpotui/zero_std_floor": 0.0,
                "grpotui/zero_std_other": (flat - at_max) / groups,
            },
        )
        cross = (0.7 + 0.05 * rng.random()) if alike else 0.12 + 0.2 * share + 0.04 * rng.random()
        self.signal(step, jaccard_cross=cross, jaccard_within=min(cross + 0.15, 1.0))

    def _completion(self, alike: bool, share: float) -> dict[str, Any]:
        rng = self.random
        if alike:
            text = f"the {rng.choice(WORDS[:3])} was happy, and the {rng.choice(WORDS[:3])} was sad."
        else:
            text = " ".join(rng.choice(WORDS) for _ in range(rng.randint(6, 30))) + "."
        reward = 1.0 if alike else round(min(max(rng.gauss(share, 0.3), 0.0), 1.0), 1)
        return {
            "text": text,
            "tokens": len(text.split()),
            "truncated": rng.random() < 0.02,
            "reward": reward,
            "rewards": {"length": reward},
        }


def collapsed(workspace: Workspace, steps: int = 100) -> RunMaker:
    """Write an ended run that collapsed at 60 % of its steps."""
    at = steps * 6 // 10
    maker = RunMaker(workspace, max_steps=steps).start().steps(steps, collapse_at=at)
    maker.flag(at - 20, "warn", "warning: answers to different prompts grow alike: Jaccard .34 over .25")
    maker.flag(at - 5, "warn", "zero_std 0.50 over 0.25", "threshold", "zero_std")
    maker.flag(
        at + 5, "bad", "collapsed: answers to different prompts are one template: Jaccard 0.71 over 0.70"
    )
    words = (
        f"answers to different prompts are one template since step {at}: Jaccard 0.71 over 0.70 (0.12 at the "
        "start). Reward 0.31 -> 0.93 looks fine: it cannot see this."
    )
    maker.verdict(at + 5, "collapsed", words, "template")
    return maker.end()


async def open_run(pilot: Pilot[None], run_id: str = "story-ab2c") -> RunScreen:
    """Open a run, and wait until it is shown with its groups and charts."""
    app = pilot.app
    assert isinstance(app, GrpoTui)
    app.open_run(run_id)
    await until(pilot, lambda: isinstance(app.screen, RunScreen) and app.screen.place.snapshot is not None)
    assert isinstance(app.screen, RunScreen)
    await settled(pilot, app.screen)
    return app.screen


async def settled(pilot: Pilot[None], screen: RunScreen) -> None:
    """Wait until groups are read and every chart in sight is drawn."""
    board = screen.board
    await until(pilot, lambda: screen.place.wanted_groups() is None)
    await until(pilot, lambda: not any(chart.stale for chart in board.charts))
    await pilot.pause()


def live(workspace: Workspace, steps: int = 30) -> RunMaker:
    """Write a running run of 100 steps, with the first ones done."""
    return RunMaker(workspace, max_steps=100).start().steps(steps)


async def press(pilot: Pilot[None], screen: RunScreen, *keys: str) -> None:
    """Press keys, and wait until everything is shown."""
    for key in keys:
        await pilot.press(key)
    await settled(pilot, screen)
