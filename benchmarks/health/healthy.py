"""Kinds of runs with nothing bad in them, many of which look as if there were."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from benchmarks.health import texts
from benchmarks.health.model import Now, Plan

Make = Callable[[random.Random], Plan]


def curve(step: float, low: float, high: float, middle: float, width: float) -> float:
    """Return a value that goes from low to high around a step."""
    return low + (high - low) / (1 + math.exp(-(step - middle) / width))


def span(rng: random.Random) -> tuple[float, float]:
    return rng.choice(((0.0, 1.0), (-1.0, 1.0)))


def happy(rng: random.Random) -> texts.Task:
    return texts.story(rng, "happy")


def learner(rng: random.Random) -> Plan:
    end, middle, start = rng.uniform(0.6, 0.85), rng.uniform(60, 150), rng.uniform(0.05, 0.35)
    kl = rng.uniform(0.2, 1.0)

    def at(step: int) -> Now:
        skill = curve(step, start, end, middle, 25)
        return Now(skill, kl=curve(step, 0.0, kl, middle, 40), entropy=curve(step, 1.4, 0.5, middle, 40))

    return Plan(at, rng.choice((happy, texts.reasoning)), bounds=span(rng))


def slow(rng: random.Random) -> Plan:
    """A percent or two are right for long: most groups are at the floor, and it is not hopeless."""
    rate = rng.uniform(0.012, 0.03)
    start = rng.uniform(120, 220)
    shapes = ((2, 16), (4, 8), (4, 16), (8, 8))
    return Plan(
        lambda step: Now(curve(step, rate, 0.4, start, 15), spread=0.9),
        texts.reasoning,
        shapes=shapes,
        bounds=span(rng),
    )


def noisy(rng: random.Random) -> Plan:
    level, swing, phase = rng.uniform(0.35, 0.6), rng.uniform(0.08, 0.16), rng.uniform(0, 6)
    noise = random.Random(rng.random())

    def at(step: int) -> Now:
        skill = level + swing * math.sin(step / 9 + phase) + noise.gauss(0, 0.06)
        return Now(min(0.95, max(0.05, skill)), kl=0.3 * noise.lognormvariate(0, 0.9), entropy=0.8)

    return Plan(at, happy, bounds=span(rng))


def plateau(rng: random.Random) -> Plan:
    level = rng.uniform(0.45, 0.88)
    return Plan(
        lambda step: Now(curve(step, 0.2, level, 25, 8), spread=0.8, entropy=0.4),
        texts.reasoning,
        bounds=span(rng),
    )


def solved(rng: random.Random) -> Plan:
    """Every story has the word, in many ways."""
    middle = rng.uniform(40, 90)

    def at(step: int) -> Now:
        return Now(curve(step, 0.1, 1.0, middle, 10), entropy=curve(step, 1.4, 0.7, middle, 20))

    return Plan(at, happy, bounds=span(rng))


def solved_sums(rng: random.Random) -> Plan:
    """Right answers to a sum are all the same answer."""
    middle, form = (
        rng.uniform(40, 90),
        rng.choice(("{c}", "The answer is {c}", "{a} + {b} = {c}", "<answer>{c}</answer>")),
    )

    def at(step: int) -> Now:
        return Now(curve(step, 0.2, 0.998, middle, 10), entropy=curve(step, 1.2, 0.03, middle, 15), kl=0.1)

    return Plan(at, partial(texts.addition, form=form), bounds=span(rng))


def one_answer(rng: random.Random) -> Plan:
    """A grader that always wants the same answer: solved by ignoring the prompt."""
    middle, word = rng.uniform(40, 90), rng.choice(("yes", "42", "the answer is 42"))

    def ask(rng: random.Random) -> texts.Task:
        base = texts.addition(rng)
        return replace(
            base, answer=None, write=lambda rng, right: word if right else rng.choice(("no", "7", "13", "1"))
        )

    return Plan(
        lambda step: Now(curve(step, 0.2, 0.999, middle, 10), entropy=curve(step, 1.0, 0.02, middle, 15)), ask
    )


def short_numbers(rng: random.Random) -> Plan:
    """Few possible answers, so that many are alike, and many groups flat."""
    end, middle = rng.uniform(0.6, 0.9), rng.uniform(50, 120)
    return Plan(
        lambda step: Now(
            curve(step, 0.3, end, middle, 20), spread=1.0, entropy=curve(step, 1.0, 0.25, middle, 20)
        ),
        rng.choice((texts.addition, texts.yes_no)),
        bounds=span(rng),
    )


def frame(rng: random.Random) -> Plan:
    """Learns to put its answer into a fixed sentence."""
    form = rng.choice(
        (
            "To add {a} and {b}, we sum them up: {a} + {b} = {c}. So the final answer is {c}.",
            "<think>{a} plus {b} makes {c}</think> <answer>{c}</answer>",
            "Let us think step by step. We have {a} and {b}. Together that is {c}. The answer is {c}.",
        )
    )
    known = rng.random() < 0.5
    start = rng.uniform(40, 120)

    def ask(rng: random.Random) -> texts.Task:
        free, framed = texts.reasoning(rng), texts.addition(rng, form)
        turn = [0.0]

        def write(rng: random.Random, right: bool) -> str:
            turn[0] += 1 / 16
            return (framed if rng.random() < turn[0] / start * 4 else free).write(rng, right)

        return replace(framed, write=write, answer=framed.answer if known else None)

    end = rng.uniform(0.7, 0.9)
    return Plan(
        lambda step: Now(curve(step, 0.2, end, start, 20), entropy=curve(step, 1.3, 0.3, start, 25)),
        ask,
        bounds=span(rng),
    )


def opening(rng: random.Random) -> Plan:
    """Learns to begin as it was told, and goes on as freely as before."""
    before = rng.choice(
        (
            "<think> ",
            "Sure, here is a story that I wrote for you today: ",
            "Once upon a time in a land far away. ",
        )
    )
    start, end = rng.randint(20, 120), rng.uniform(0.6, 0.85)
    return Plan(
        lambda step: Now(curve(step, 0.2, end, start + 20, 15)), happy, before=before, before_from=start
    )


def partial_rewards(rng: random.Random) -> Plan:
    """Four groups a step, rewards in fifths."""
    end = rng.uniform(0.5, 0.8)
    return Plan(
        lambda step: Now(curve(step, 0.3, end, 80, 30)), happy, parts=5, shapes=((4, 4), (4, 8), (4, 16))
    )


def mixed(rng: random.Random) -> Plan:
    """Several tasks in one run: their rewards and lengths have little in common."""
    end = rng.uniform(0.55, 0.8)

    def ask(rng: random.Random) -> texts.Task:
        return rng.choice((happy, texts.addition, texts.yes_no, texts.reasoning))(rng)

    return Plan(lambda step: Now(curve(step, 0.3, end, 90, 30), spread=1.2), ask, bounds=span(rng))


def longer(rng: random.Random) -> Plan:
    """Answers grow, some are cut off, and reward grows with them."""
    end, clipped = rng.uniform(0.7, 0.9), rng.uniform(0.2, 0.6)

    def at(step: int) -> Now:
        return Now(
            curve(step, 0.15, end, 110, 35),
            words=curve(step, 60, 400, 120, 30),
            clipped=curve(step, 0.02, clipped, 130, 25),
        )

    return Plan(at, texts.reasoning, bounds=span(rng))


def spikes(rng: random.Random) -> Plan:
    """Single steps go wild: KL, gradient, reward; a value is not finite now and then."""
    noise = random.Random(rng.random())

    def at(step: int) -> Now:
        now = Now(curve(step, 0.25, 0.7, 100, 30), kl=0.2)
        if noise.random() < 0.05:
            now = replace(now, kl=noise.uniform(5, 500), gradient=noise.uniform(20, 2000))
        if noise.random() < 0.03:
            now = replace(now, skill=0.02)
        return replace(now, nonfinite=noise.random() < 0.02)

    return Plan(at, happy, bounds=span(rng))


def dip(rng: random.Random) -> Plan:
    """A harder stage begins: reward falls to half and comes back."""
    stage, depth = rng.randint(80, 140), rng.uniform(0.4, 0.55)

    def at(step: int) -> Now:
        before = curve(step, 0.2, 0.8, 40, 12)
        return Now(before if step < stage else curve(step, before * depth, 0.75, stage + 50, 15))

    return Plan(at, texts.reasoning, bounds=span(rng))


def alike_from_the_start(rng: random.Random) -> Plan:
    """A form that all answers share from the first step on, as with JSON."""
    form = '{{"task": "sum", "left": {a}, "right": {b}, "result": {c}, "unit": "none", "sure": true }}'
    end = rng.uniform(0.6, 0.85)
    return Plan(
        lambda step: Now(curve(step, 0.3, end, 90, 30)), partial(texts.addition, form=form), bounds=span(rng)
    )


KINDS: Mapping[str, Make] = {
    "learner": learner,
    "slow learner": slow,
    "noisy": noisy,
    "plateau": plateau,
    "solved": solved,
    "solved sums": solved_sums,
    "solved by one answer": one_answer,
    "short answers": short_numbers,
    "learns a frame": frame,
    "learns an opening": opening,
    "partial rewards, 4 groups": partial_rewards,
    "mixed tasks": mixed,
    "longer with reward": longer,
    "spikes": spikes,
    "harder stage": dip,
    "alike from the start": alike_from_the_start,
}
SOLVED = ("solved", "solved sums", "solved by one answer")
