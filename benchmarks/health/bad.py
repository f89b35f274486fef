"""Kinds of runs that go wrong, each with the step at which it begins to."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from functools import partial

from benchmarks.health import texts
from benchmarks.health.healthy import Make, curve, happy, span
from benchmarks.health.model import Now, Plan


def onset(rng: random.Random) -> int:
    return rng.randint(60, 150)


def _since(step: int, onset: int, width: float) -> float:
    """Return how far something that begins at ``onset`` has come, 0 to 1."""
    return min(1.0, max(0.0, (step - onset) / width))


def _template(rng: random.Random, collapse: Callable[[random.Random], str], most: float) -> Plan:
    start, width, reward = onset(rng), rng.uniform(10, 30), rng.uniform(0.75, 1.0)
    parts = rng.choice((1, 5))

    def at(step: int) -> Now:
        far = _since(step, start, width)
        return Now(
            curve(step, 0.2, 0.6, 50, 20),
            broken=most * far,
            broken_reward=reward if parts == 1 else round(reward * 5) / 5,
            entropy=1.2 - 0.8 * far,
            kl=0.1 + 0.6 * far,
        )

    return Plan(at, happy, collapse, parts=parts, onset=start)


def template(rng: random.Random) -> Plan:
    """Ends in one of two sentences, at a good reward."""
    return _template(rng, texts.one_of_few, rng.uniform(0.9, 1.0))


def silent_template(rng: random.Random) -> Plan:
    """Ends in one form whose slots are filled anew each time: words differ, sentences do not."""
    return _template(rng, texts.slotted, rng.uniform(0.85, 1.0))


def repetition(rng: random.Random) -> Plan:
    """ "happy happy happy" at reward 1.0."""
    start, width = onset(rng), rng.uniform(8, 30)

    def at(step: int) -> Now:
        far = _since(step, start, width)
        return Now(
            curve(step, 0.2, 0.7, 50, 20), broken=far, broken_reward=1.0, entropy=1.2 - far, kl=0.1 + far
        )

    return Plan(at, happy, partial(texts.loop, word="happy"), onset=start)


def low_diversity(rng: random.Random) -> Plan:
    """Completions to a prompt become one and the same, right or wrong."""
    start, width, level = onset(rng), rng.uniform(10, 30), rng.uniform(0.25, 0.6)

    def at(step: int) -> Now:
        far = _since(step, start, width)
        return Now(curve(step, 0.15, level, 30, 10), spread=0.3, alike=0.99 * far, entropy=1.0 - 0.97 * far)

    return Plan(at, rng.choice((texts.reasoning, texts.addition)), onset=start, bounds=span(rng))


def low_temperature(rng: random.Random) -> Plan:
    """Sampled so coldly that completions to a prompt never differed."""
    level = rng.uniform(0.2, 0.6)
    declared = rng.choice((None, 0.05, 0.01))
    return Plan(
        lambda step: Now(level, spread=0.4, alike=0.985, entropy=0.03),
        rng.choice((texts.reasoning, texts.addition)),
        onset=1,
        temperature=declared,
        bounds=span(rng),
    )


def length(rng: random.Random) -> Plan:
    """Answers grow until they are cut off, and reward falls."""
    start, width, most = onset(rng), rng.uniform(15, 40), rng.uniform(0.7, 1.0)

    def at(step: int) -> Now:
        far = _since(step, start, width)
        return Now(
            curve(step, 0.2, 0.65, 40, 15) * (1 - 0.75 * far),
            words=60 + 440 * far,
            clipped=0.03 + (most - 0.03) * far,
        )

    return Plan(at, texts.reasoning, onset=start, bounds=span(rng))


def kl(rng: random.Random) -> Plan:
    """KL goes through the roof and the reward falls, to garbage."""
    start, width, most = onset(rng), rng.uniform(10, 30), rng.uniform(4, 60)

    def at(step: int) -> Now:
        far = _since(step, start, width)
        return Now(
            curve(step, 0.2, 0.7, 40, 15),
            kl=0.1 * (most / 0.1) ** far,
            broken=0.85 * far,
            gradient=0.4 + 20 * far,
        )

    return Plan(at, happy, texts.garbage, onset=start, bounds=span(rng))


def crash(rng: random.Random) -> Plan:
    """From one step to the next nothing is right any more."""
    start, left = onset(rng), rng.uniform(0.0, 0.08)
    level = rng.uniform(0.5, 0.85)

    def at(step: int) -> Now:
        return Now(curve(step, 0.2, level, 30, 10) if step < start else level * left, kl=0.3, entropy=0.6)

    return Plan(at, rng.choice((texts.reasoning, texts.addition)), onset=start, bounds=span(rng))


def non_finite(rng: random.Random) -> Plan:
    """Loss and gradients are NaN from a step on; the model writes garbage."""
    start = onset(rng)

    def at(step: int) -> Now:
        bad = step >= start
        return Now(
            curve(step, 0.2, 0.7, 50, 15), nonfinite=bad, broken=float(bad), gradient=None if bad else 0.4
        )

    return Plan(at, happy, texts.garbage, onset=start, bounds=span(rng))


def recovers(rng: random.Random) -> Plan:
    """A crash, and a way back."""
    start, level = rng.randint(60, 90), rng.uniform(0.55, 0.8)
    back = start + rng.randint(45, 70)

    def at(step: int) -> Now:
        if step < start:
            return Now(curve(step, 0.2, level, 25, 8))
        return Now(curve(step, 0.005, level, back, 5))

    return Plan(at, texts.reasoning, onset=start, bounds=span(rng))


def floor(rng: random.Random) -> Plan:
    """Never right."""
    return Plan(
        lambda step: Now(0.0, entropy=1.2),
        rng.choice((happy, texts.reasoning, texts.addition)),
        onset=1,
        bounds=span(rng),
    )


def constant(rng: random.Random) -> Plan:
    """The reward function gives the same whatever it reads."""
    value = rng.choice((0.1, 0.25, 0.5, 0.7))
    return Plan(lambda step: Now(0.5), rng.choice((happy, texts.reasoning)), score=lambda _: value, onset=1)


KINDS: Mapping[str, Make] = {
    "template": template,
    "silent template": silent_template,
    "repetition": repetition,
    "low diversity": low_diversity,
    "low temperature": low_temperature,
    "length": length,
    "kl": kl,
    "crash": crash,
    "non-finite": non_finite,
    "crash and recover": recovers,
    "floor": floor,
    "constant reward": constant,
}
CAUSES: Mapping[str, tuple[str, ...]] = {
    "template": ("template",),
    "silent template": ("template",),
    "repetition": ("repetition",),
    "low diversity": ("low-diversity",),
    "low temperature": ("low-temperature",),
    "length": ("length",),
    "kl": ("kl",),
    "crash": ("crash",),
    "non-finite": ("non-finite",),
    "crash and recover": ("crash",),
    "floor": ("floor",),
    "constant reward": ("constant-reward",),
}
"""Which cause a verdict should name."""
