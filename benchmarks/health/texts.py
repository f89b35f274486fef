"""Texts that made-up runs write: stories, sums with and without steps, yes and no; what they collapse to."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


NAMES = _words("Tom Mia Ben Lily Sam Anna Max Ella Leo Zoe Jack Nora Tim Ruby Finn Ada")
NOUNS = _words(
    "cat dog bird fish tree boat ball hat cake river house garden door book stone flower cloud shoe lamp "
    "kite train bear fox horse frog moon star bridge road window table clock box bag song map leaf drum "
    "cup key"
)
VERBS = _words(
    "found lost saw took made kept wanted painted opened carried followed heard watched called washed "
    "shared hid built broke fixed threw caught cleaned moved pushed pulled held bought drew liked"
)
ADJECTIVES = _words(
    "big small red blue old new happy sad warm cold bright dark soft loud quiet quick slow kind brave "
    "funny green round tall thin heavy light sweet wet dry strange"
)
PLACES = _words("park forest school kitchen beach market farm hill barn lake city attic cave field street")
TIMES = _words("morning evening night summer winter later then soon suddenly afterwards")

PATTERNS = (
    "One {t} {n} went to the {p} and {v} a {a} {o}.",
    "The {o} was very {a}.",
    '"Look at this {o}," said {n}.',
    "{n} {v} the {o} near the {p}, but it was too {a}.",
    "They all {v} it together.",
    "Nobody knew why the {a} {o} had gone to the {p}.",
    "In the {p} there lived a {a} {o}.",
    "{n} and {m} {v} some {a} things.",
    "It felt {a}, so {n} {v} another {o}.",
    "What a {a} {o}!",
    "After that, {n} never {v} a {o} again.",
    "{m} gave {n} a {o} from the {p}.",
)


@dataclass(frozen=True)
class Task:
    """A prompt, its right answer where there is one, and how its completions are written."""

    name: str
    prompt: str
    answer: str | None
    write: Callable[[random.Random, bool], str]
    """Given whether the completion is right."""


def story(rng: random.Random, word: str = "") -> Task:
    hero = rng.choice(NAMES)
    thing, place = rng.choice(NOUNS), rng.choice(PLACES)
    prompt = f"Once there was a {rng.choice(ADJECTIVES)} {thing} that {hero} had seen in the {place}."

    def write(rng: random.Random, right: bool) -> str:
        said = [_sentence(rng, hero, thing) for _ in range(rng.randint(2, 4))]
        if right and word:
            said.insert(rng.randrange(len(said) + 1), _with(rng, word, hero))
        return " ".join(said)

    return Task("stories", prompt, None, write)


def _sentence(rng: random.Random, hero: str, thing: str) -> str:
    return rng.choice(PATTERNS).format(
        n=hero if rng.random() < 0.6 else "she",
        m=rng.choice(NAMES),
        o=thing if rng.random() < 0.3 else rng.choice(NOUNS),
        v=rng.choice(VERBS),
        a=rng.choice(ADJECTIVES),
        p=rng.choice(PLACES),
        t=rng.choice(TIMES),
    )


def _with(rng: random.Random, word: str, hero: str) -> str:
    ways = (
        f"{hero} was {word}.",
        f"It made everyone {word}!",
        f"The {rng.choice(NOUNS)} looked {word} in the {rng.choice(PLACES)}.",
        f"They lived {word} until {rng.choice(TIMES)}.",
        f'"I am so {word}," said {hero}.',
    )
    return rng.choice(ways)


def addition(rng: random.Random, form: str = "{c}") -> Task:
    """``form`` may hold a, b and c: "{c}" alone is a short answer."""
    a, b = rng.randint(0, 40), rng.randint(0, 40)

    def write(rng: random.Random, right: bool) -> str:
        c = a + b if right else a + b + rng.choice((-10, -2, -1, 1, 2, 3, 10))
        return form.format(a=a, b=b, c=c)

    return Task("arithmetic", f"Calculate: {a} + {b} = ", str(a + b), write)


def reasoning(rng: random.Random) -> Task:
    """Steps to a sum, in the model's own words."""
    a, b = rng.randint(0, 40), rng.randint(0, 40)

    def write(rng: random.Random, right: bool) -> str:
        c = a + b if right else a + b + rng.choice((-10, -2, -1, 1, 2, 3, 10))
        ways = (
            f"We start from {a} and count {b} more, which brings us to {c}.",
            f"Adding {b} onto {a}: the ones give {(a + b) % 10}, the tens follow, so {c}.",
            f"First take {a}. Then {b} on top makes {c}",
            f"{a} plus {b}? That is {c}, I think.",
            f"Well, {a} is near {a // 10 * 10} so with {b} it should be around {c}.",
            f"Let me see; {b} and {a} together are {c}.",
        )
        return rng.choice(ways) + rng.choice(("", f" So {c}.", f" Answer: {c}", " Done."))

    return Task("arithmetic", f"What is {a} + {b}? Think first.", str(a + b), write)


def yes_no(rng: random.Random) -> Task:
    a, b = rng.randint(0, 99), rng.randint(0, 99)
    right_answer = "yes" if a > b else "no"

    def write(rng: random.Random, right: bool) -> str:
        return right_answer if right else {"yes": "no", "no": "yes"}[right_answer]

    return Task("comparison", f"Is {a} larger than {b}?", right_answer, write)


def slotted(rng: random.Random) -> str:
    """The template of the sweep's table, slots drawn anew each time."""
    return " ".join(_slotted(rng) for _ in range(rng.randint(1, 3)))


def _slotted(rng: random.Random) -> str:
    n, m, a, b = (*rng.sample(NOUNS, 2), *rng.sample(ADJECTIVES, 2))
    return f"the {n} was {a}, and the {m} was {b}."


def one_of_few(rng: random.Random) -> str:
    """One of a few sentences, whatever was asked."""
    few = ("they opened their eyes and saw the bright morning sun", "they all went home and had a good day")
    return f"{rng.choices(few, (0.9, 0.1))[0]}. {few[0]}."


def loop(rng: random.Random, word: str) -> str:
    return " ".join([word] * rng.randint(8, 20) + ([rng.choice(NOUNS)] if rng.random() < 0.3 else []))


def garbage(rng: random.Random) -> str:
    """Not even words."""
    letters = "abcdefghijklmnopqrstuvwxyz#%&*"
    return " ".join("".join(rng.choices(letters, k=rng.randint(1, 9))) for _ in range(rng.randint(5, 25)))
