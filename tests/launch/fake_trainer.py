"""A trainer without torch: writes the real streams, and misbehaves as the run's tags ask.

Tags: steps=N, delay=SECONDS, late=SECONDS (before anything), hold=STEP,STEP (waits there for a file ``go-
STEP`` in the folder), collapse=STEP, recover=STEP, crash=STEP, vanish=STEP (exit code 0, no result),
memory=STEP (it runs out there), mute (trains for ever and writes nothing), save=N (a checkpoint every N
steps), saving=SECONDS (each takes so long), skew=STEP:SECONDS (its clock is set from that step on), stubborn
(ignores TERM), litter (leaves a child in another session that ignores TERM), orphans (short-lived processes
that lose their parent). A tag that ends in ``@N`` is for attempt N.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from grpotui.stream import read_json
from grpotui.workspace import RunDir
from tests.writing import RunWriter, sample

GROUPS, SAMPLES = 4, 4
WORDS = [a + b for a in "bcdfghklmnprst" for b in ("ale", "orn", "ick", "ump", "est", "ard", "ove")]
LITTER = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"


class Trainer:
    def __init__(self, run: RunDir, attempt: int) -> None:
        self.run = run
        self.attempt = attempt
        asked = read_json(run.run_json) or {}
        self.config = asked["config"]
        self.tags: dict[str, str] = {}
        for tag in asked["tags"]:
            name, _, value = tag.partition("=")
            value, _, only = value.partition("@")
            if only in ("", str(attempt)):
                self.tags[name] = value or "1"
        self.stopping = False
        self.writer = RunWriter(run)

    def number(self, tag: str, default: float) -> float:
        return float(self.tags.get(tag, default))

    def stop(self, *_: object) -> None:
        self.stopping = "stubborn" not in self.tags

    def main(self) -> int:
        time.sleep(self.number("late", 0))
        signal.signal(signal.SIGTERM, self.stop)
        if "litter" in self.tags:
            subprocess.Popen([sys.executable, "-c", LITTER], start_new_session=True)
        if "orphans" in self.tags:
            subprocess.run(["sh", "-c", "for i in 1 2 3 4 5 6 7 8; do (sleep 0.0$i &) ; done"], check=True)
        steps = int(self.number("steps", 5))
        self.write_attempt(steps)
        done = self.writer.step = self.last_saved()
        while done < steps and not self.stopping:
            if "mute" in self.tags:
                time.sleep(0.02)
                continue
            done += 1
            self.step(done)
            if "save" in self.tags and done % int(self.tags["save"]) == 0:
                self.save(done)
            if done == self.number("crash", 0) and self.attempt == 1:
                raise RuntimeError("the reward is broken")
            if done == self.number("memory", 0):
                self.writer.result("failed", done, self.attempt, reason="no memory", out_of_memory=True)
                return 1
            if done == self.number("vanish", 0) and self.attempt == 1:
                return 0
        request = read_json(self.run.request_json) or {}
        if not self.stopping or request.get("save") is not False:
            self.save(done)
        status = "stopped" if self.stopping else "finished"
        self.writer.result(status, done, self.attempt)
        return 0

    def write_attempt(self, steps: int) -> None:
        seen = {name: os.environ.get(name) for name in ("CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS")}
        self.writer.attempt(
            self.attempt,
            time=time.time(),
            config=self.config,
            seed=self.config["grpo"].get("seed", 1),
            pid=os.getpid(),
            reward_range=[-1.0, 1.0],
            environment=seen,
            max_steps=steps,
            num_generations=SAMPLES,
            groups_per_step=GROUPS,
        )

    def step(self, step: int) -> None:
        noise = random.Random(step)
        collapsed = self.number("collapse", 10**9) <= step < self.number("recover", 10**9)
        recovered = step >= self.number("recover", 10**9)
        for group in range(GROUPS):
            texts = ["the one answer to every question"] * SAMPLES
            rewards = [0.5] * SAMPLES
            if not collapsed:
                texts = [" ".join(noise.sample(WORDS, 6)) for _ in range(SAMPLES)]
                rewards = [-0.5, 0.3, *(noise.choice((-0.5, 0.0, 0.3)) for _ in range(SAMPLES - 2))]
            if recovered:
                rewards = [reward + 0.6 for reward in rewards]
            both = zip(texts, rewards, strict=True)
            completions = [sample(text, reward, tokens=6, rewards={"fake": reward}) for text, reward in both]
            self.writer.group(group, completions, f"question {step}.{group}", task="fake")
        time.sleep(self.number("delay", 0.01))
        held = str(step) in self.tags.get("hold", "").split(",")
        while held and not (self.run.path / f"go-{step}").exists() and not self.stopping:
            time.sleep(0.01)
        zero = 1.0 if collapsed else 0.0
        self.writer.log_step(
            time.time() + self.skew(step),
            reward=0.5 if collapsed or recovered else -0.1,
            epoch=step / 100,
            **{
                "grpotui/zero_std": zero,
                "grpotui/zero_std_ceiling": 0.0,
                "grpotui/zero_std_floor": 0.0,
                "grpotui/zero_std_other": zero,
                "grpotui/within_group_std": 0.0 if collapsed else 0.3,
            },
        )

    def skew(self, step: int) -> float:
        """Return how far the clock is off at a step."""
        since, _, seconds = self.tags.get("skew", "0:0").partition(":")
        return float(seconds) if step >= int(since) else 0.0

    def save(self, step: int) -> None:
        end = time.monotonic() + self.number("saving", 0)
        folder = self.run.checkpoints / f"checkpoint-{step}"
        while time.monotonic() < end:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / "model.bin").open("ab") as file:
                file.write(b"x" * 1000)
            time.sleep(0.05)
        self.writer.checkpoint(step)

    def last_saved(self) -> int:
        found = self.run.last_checkpoint()
        return int(found.name.removeprefix("checkpoint-")) if found and self.attempt > 1 else 0


if __name__ == "__main__":
    sys.exit(Trainer(RunDir(Path(sys.argv[1])), int(sys.argv[3])).main())
