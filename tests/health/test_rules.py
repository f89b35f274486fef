"""Each rule on its own: what it says, what it names, and what it leaves alone."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from grpotui.health.monitor import Judgement, Monitor, VerdictChange
from grpotui.health.signals import compute
from grpotui.records import Completion, Group, HealthContext, RewardRange, Verdict

BINARY = RewardRange(0.0, 1.0)
WORDS = [a + b for a in "bcdfghklmnprst" for b in ("ale", "orn", "ick", "ump", "est", "ard", "ove")]
Write = Callable[[random.Random, int, int], tuple[str, float]]
"""From dice, step and group to a completion and its reward."""


def freely(rng: random.Random, step: int, group: int) -> tuple[str, float]:
    return " ".join(rng.choices(WORDS, k=14)), float(rng.random() < 0.5)


def run(
    write: Write, steps: int = 100, metrics: Any = None, **declared: float
) -> tuple[Monitor, list[Judgement]]:
    rng = random.Random(1)
    monitor = Monitor(HealthContext(BINARY, 8, 4, grpo=declared))
    told = []
    for step in range(1, steps + 1):
        groups = []
        for number in range(4):
            made = (write(rng, step, number) for _ in range(8))
            completions = tuple(Completion(text, reward=reward) for text, reward in made)
            groups.append(
                Group(step, number, "train", f"prompt {step} {number}", completions, answer=str(number))
            )
        rewards = [reward for group in groups for reward in group.rewards]
        line = {"step": step, "reward": sum(rewards) / len(rewards), **(metrics(step) if metrics else {})}
        told.append(monitor.step(line, compute(step, groups, BINARY)))
    return monitor, told


def last(told: list[Judgement]) -> VerdictChange:
    return [j.change for j in told if j.change][-1]


def test_a_template_with_slots_is_quoted_with_its_slots() -> None:
    def write(rng: random.Random, step: int, group: int) -> tuple[str, float]:
        if step < 40:
            return freely(rng, step, group)
        a, b, c, d = rng.sample(WORDS, 4)
        return f"the {a} was {b}, and the {c} was {d}.", 0.9

    _, told = run(write, beta=0.02, temperature=0.5)
    change = last(told)
    assert (change.new, change.cause) == (Verdict.COLLAPSED, "template")
    assert '"the _ was _, and the _ was _"' in change.message
    assert "it cannot see this" in change.message
    assert change.next == ("grpo.beta=0.05", "grpo.temperature=1.0")
    assert len(change.quotes) == 2
    assert all(quote["text"].startswith("the ") for quote in change.quotes)
    assert 30 <= change.since <= 45


def test_happy_happy_happy_at_reward_one_is_a_collapse() -> None:
    def write(rng: random.Random, step: int, group: int) -> tuple[str, float]:
        if step < 40:
            return freely(rng, step, group)
        return " ".join(["happy"] * rng.randint(8, 20)), 1.0

    _, told = run(write)
    change = last(told)
    assert (change.new, change.cause) == (Verdict.COLLAPSED, "repetition")
    assert "mostly at the ceiling: not the trouble" in change.message


def test_a_word_among_others_is_repetition_too() -> None:
    def write(rng: random.Random, step: int, group: int) -> tuple[str, float]:
        if step < 40:
            return freely(rng, step, group)
        return " ".join(f"happy {word}" for word in rng.choices(WORDS, k=8)), 1.0

    assert last(run(write)[1]).cause == "repetition"


@pytest.mark.parametrize("frame", ["the sum of {0} and {1} that we are asked for is clearly {2}"])
def test_a_frame_around_right_answers_is_no_template(frame: str) -> None:
    def write(rng: random.Random, step: int, group: int) -> tuple[str, float]:
        right = rng.random() < min(0.85, 0.2 + step / 100)
        text = frame.format(step, group, group if right else 77)
        return (text if step > 30 else freely(rng, step, group)[0]), float(right)

    monitor, told = run(write)
    assert monitor.verdict in (Verdict.HEALTHY, Verdict.SOLVED, Verdict.WARNING)
    assert Verdict.COLLAPSED not in {j.change.new for j in told if j.change}


def test_kl_that_grows_while_the_reward_falls() -> None:
    def write(rng: random.Random, step: int, group: int) -> tuple[str, float]:
        text, _ = freely(rng, step, group)
        return text, float(rng.random() < (0.7 if step < 50 else 0.3))

    _, told = run(write, metrics=lambda step: {"kl": 0.1 if step < 50 else 9.0}, learning_rate=3e-5)
    change = last(told)
    assert (change.cause, change.next) == ("kl", ("grpo.learning_rate=1.0e-05",))
    assert "KL 0.10 -> 9.00" in change.message


def test_a_single_spike_of_anything_is_no_collapse() -> None:
    def metrics(step: int) -> dict[str, Any]:
        wild = step in (40, 60)
        return {"kl": 500.0 if wild else 0.1, "grad_norm": float("nan") if wild else 1.0}

    monitor, told = run(freely, metrics=metrics)
    assert monitor.verdict is Verdict.HEALTHY
    assert [f.message for j in told for f in j.flags if f.signal == "nonfinite"][::2] == [
        "not a finite number: grad_norm",
        "not a finite number: grad_norm",
    ]


def test_length_that_runs_away() -> None:
    def write(rng: random.Random, step: int, group: int) -> tuple[str, float]:
        text, _ = freely(rng, step, group)
        return text, float(rng.random() < (0.7 if step < 50 else 0.4))

    def metrics(step: int) -> dict[str, Any]:
        far = min(1.0, max(0.0, (step - 50) / 15))
        return {"completions/mean_length": 60 + 400 * far, "completions/clipped_ratio": 0.9 * far}

    change = last(run(write, metrics=metrics)[1])
    assert (change.cause, change.next) == ("length", ("grpo.mask_truncated_completions=true",))


def test_a_plateau_is_a_flag_and_no_verdict() -> None:
    monitor, told = run(freely, steps=160)
    assert monitor.verdict is Verdict.HEALTHY
    found = [f for j in told for f in j.flags if f.signal == "plateau"]
    assert found
    assert "that alone is no collapse" in found[0].message


def test_cold_sampling_is_named_and_warmth_is_advised() -> None:
    def write(rng: random.Random, step: int, group: int) -> tuple[str, float]:
        return f"the answer to number {step} {group} is what it always is", float((step + group) % 3 == 0)

    change = last(run(write, temperature=0.05)[1])
    assert (change.new, change.cause) == (Verdict.NO_SIGNAL, "low-temperature")
    assert "at temperature 0.05" in change.message
    assert change.next == ("grpo.temperature=1.0",)


def test_a_broken_parser_shows_what_it_read() -> None:
    rng = random.Random(2)
    monitor = Monitor(HealthContext(RewardRange(-1, 1), 8, 4))
    told = []
    for step in range(1, 30):
        groups = []
        for number in range(4):
            right = str(rng.randint(0, 40))
            made = tuple(
                Completion(f"{right} {rng.choice(WORDS)}", parsed="" if n else None, reward=-1.0)
                for n in range(8)
            )
            groups.append(Group(step, number, "train", f"p {step} {number}", made, answer=right))
        told.append(monitor.step({"step": step, "reward": -1.0}, compute(step, groups, RewardRange(-1, 1))))
    change = last(told)
    assert (change.new, change.cause, change.next) == (Verdict.NO_SIGNAL, "floor", ())
    assert "no answer was read where" in change.message


def test_one_prompt_a_step_is_compared_with_the_ones_before() -> None:
    def one(step: int) -> list[Group]:
        return [Group(step, 0, "train", f"p{step}", (Completion("they all went home now", reward=1.0),) * 4)]

    alone = compute(2, one(2), BINARY)
    beside = compute(2, one(2), BINARY, one(1))
    assert (alone["jaccard_cross"], beside["jaccard_cross"]) == (None, 1.0)
    assert beside["completions"] == 4
