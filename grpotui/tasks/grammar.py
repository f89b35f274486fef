"""A small grammar of children's stories: what the word-level toy knows, and where story prompts come from.

Every sentence has slots, words in a slot are unevenly likely, and fillings have one to four words: no
template has a fixed length, and there is no formula that a model could fall back on.
"""

from __future__ import annotations

import re
from itertools import accumulate
from random import Random

SLOTS: dict[str, str] = {
    "name": "lily|tom|anna|ben and mia|little sam|max|old mister fox|nora",
    "who": "girl|boy|little dog|cat|tall man|bird|brave young friend|rabbit|kind woman|bear|duck|teacher",
    "adj": "big|very small|tall|happy|kind and quiet|sad|young|so tired|brave|funny|clever|strong",
    "thing": "ball|red kite|book|cake|little blue boat|flower|warm hat|green apple|box|silver bell|drum|coat",
    "place": "garden|forest|old house|river|school|top of the hill|park|quiet lake|bridge|barn",
    "time": "day|sunny morning|evening|cold night|summer|long winter day|spring",
    "did": "played|ran away|laughed|sat down|sang a song|slept|danced|jumped up and down|smiled|cried|waited",
    "took": "found|saw|picked up|made|looked for|lost|wanted|loved|carried|hid",
    "how": "together|very slowly|again|for a long time|softly|all day|loudly|alone",
    "near": "near|by|behind|in front of|in|under|outside",
    "pron": "she|he|they|everybody",
}
"""Fillings of each slot, the likeliest first."""

OPENINGS = (
    "one {time} {name} and a {who} went to the {place}.",
    "once there was a {adj} {who} who {took} a {thing}.",
    "{name} was a {adj} {who} from the {place}.",
    "the {who} {took} a {thing} one {time}.",
    "in the {place} there was a {adj} {thing}.",
    "{name} and {name} {did} {near} the {place}.",
)
LATER = (
    "the {adj} {who} {took} a {thing} {near} the {place}.",
    "every {time} {name} and the {who} {did} {near} the {place}.",
    "{name} {did} {how} with the {adj} {who}.",
    "then the {who} {did} {how} and {pron} {did}.",
    "{pron} {took} the {thing} and {did} {near} the {place}.",
    "{pron} {took} a {adj} {thing} for {name}.",
    "{name} said that the {thing} was {adj}.",
    "but {name} was not {adj} because the {who} {took} the {thing}.",
    "after that {name} was {adj} and {did} {how}.",
    "the {thing} was {near} the {adj} {who}.",
    "that {time} {name} and the {who} were {adj}.",
    "so {pron} {did} {how} with a {thing}.",
)
_SKEW = 0.7
_SLOT = re.compile(r"\{(\w+)\}")
_WEIGHTED = {
    slot: (words.split("|"), list(accumulate((i + 1) ** -_SKEW for i in range(len(words.split("|"))))))
    for slot, words in SLOTS.items()
}


def sentence(template: str, rng: Random) -> str:
    """Return ``template`` with every slot filled at random."""

    def fill(match: re.Match[str]) -> str:
        words, weights = _WEIGHTED[match.group(1)]
        return rng.choices(words, cum_weights=weights)[0]

    return _SLOT.sub(fill, template)


def story(rng: Random) -> str:
    """Return a story of three to five sentences, lower case, words separated by single spaces."""
    templates = [rng.choice(OPENINGS), *rng.sample(LATER, rng.choice((2, 3, 4)))]
    return " ".join(sentence(template, rng) for template in templates)


def first(text: str) -> str:
    """Return the first sentence of a story."""
    return text[: text.index(".") + 1]


def vocabulary() -> list[str]:
    """Return every word and sign of the stories, sorted."""
    fixed = _SLOT.sub(" ", " ".join((*OPENINGS, *LATER)))
    return sorted({*" ".join(SLOTS.values()).replace("|", " ").split(), *fixed.replace(".", " . ").split()})
