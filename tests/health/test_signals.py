from __future__ import annotations

import json
import random

import pytest

from grpotui.health.choice import MAX_COMPLETIONS, choose, samples
from grpotui.health.signals import compute
from grpotui.health.similarity import measure
from grpotui.records import Completion, Group, RewardRange

BINARY = RewardRange(0.0, 1.0)


def group(
    number: int, texts: list[str], rewards: list[float | None] | None = None, prompt: str = ""
) -> Group:
    values = rewards or [float(n % 2) for n in range(len(texts))]
    completions = tuple(Completion(text, reward=reward) for text, reward in zip(texts, values, strict=True))
    return Group(1, number, "train", prompt or f"prompt {number}", completions)


def slow_jaccard(texts: list[tuple[int, str]], within: bool) -> float:
    values = []
    for i, (place, text) in enumerate(texts):
        for other, other_text in texts[:i]:
            if (place == other) is within:
                a, b = set(text.lower().split()), set(other_text.lower().split())
                values.append(len(a & b) / len(a | b))
    return sum(values) / len(values)


def test_flat_groups_are_told_apart() -> None:
    rewards: list[list[float | None]] = [[1, 1, 1], [0, 0, 0], [0.5, 0.5, 0.5], [0, 1, 0], [None, None, None]]
    groups = [group(n, ["a b c d"] * 3, values) for n, values in enumerate(rewards)]
    found = compute(7, groups, BINARY)
    assert found["step"] == 7
    assert (found["groups"], found["flat"]) == (4, 3)
    assert (found["ceiling"], found["floor"], found["other"]) == (1, 1, 1)
    assert found["completions"] == 15
    unknown = compute(7, groups, None)
    assert (unknown["flat"], unknown["other"]) == (3, 3)


def test_float_error_is_no_spread() -> None:
    nearly: list[float | None] = [0.1 * 3, 0.3, 0.3 + 1e-9, 0.1 + 0.2]
    found = compute(1, [group(0, ["a"] * 4, nearly)], RewardRange(0.0, 0.3))
    assert (found["flat"], found["ceiling"]) == (1, 1)
    assert compute(1, [group(0, ["a"] * 2, [0.3, 0.3001])], BINARY)["flat"] == 0


def test_a_lone_completion_is_no_flat_group() -> None:
    assert compute(1, [group(0, ["a b c d"], [1.0])], BINARY)["groups"] == 0


def test_jaccard_is_exact() -> None:
    rng = random.Random(4)
    words = [f"w{n}" for n in range(40)]
    groups = [group(g, [" ".join(rng.choices(words, k=25)) for _ in range(6)]) for g in range(5)]
    found = compute(1, groups, BINARY)
    texts = [(g.group, c.text) for g in groups for c in g.completions]
    assert found["jaccard_cross"] == pytest.approx(slow_jaccard(texts, within=False), abs=1e-6)
    assert found["jaccard_within"] == pytest.approx(slow_jaccard(texts, within=True), abs=1e-6)
    assert found["unique"] == 1.0
    assert found["median_words"] == 25


def test_words_compare_without_case_and_order() -> None:
    groups = [group(0, ["The cat sat down", "a B c D"]), group(1, ["down sat THE cat", "d c b a"])]
    found = measure(samples(groups))
    assert found.within == 0.0
    assert found.cross == 0.5


def test_answers_to_the_same_prompt_are_not_across_prompts() -> None:
    same = [group(n, ["one two three four"] * 2, prompt="same") for n in range(2)]
    assert compute(1, same, BINARY)["jaccard_cross"] is None
    other = group(2, ["five six seven eight"] * 2)
    assert compute(1, [*same, other], BINARY)["jaccard_cross"] == 0.0


@pytest.mark.parametrize("texts", [["23"] * 4, ["yes", "no", "yes"], [""] * 4, ["x = 3"] * 4])
def test_short_answers_have_no_cross_prompt_similarity(texts: list[str]) -> None:
    found = compute(1, [group(0, texts), group(1, texts)], BINARY)
    assert found["jaccard_cross"] is None
    assert found["jaccard_within"] is not None


def test_nothing_to_measure() -> None:
    found = compute(1, [], BINARY)
    assert (
        found["jaccard_cross"] is found["jaccard_within"] is found["unique"] is found["median_words"] is None
    )
    assert (found["groups"], found["completions"]) == (0, 0)


def test_unique_is_a_mean_over_groups() -> None:
    groups = [group(0, ["a", "a ", "a", "a"]), group(1, ["a", "b", "c", "d"])]
    assert compute(1, groups, BINARY)["unique"] == (0.25 + 1.0) / 2


def test_the_choice_is_fixed_and_spread_over_groups() -> None:
    many = [group(g, [f"{g} {n}" for n in range(16)]) for g in range(4)]
    chosen = choose(many)
    assert len(chosen) == 32
    assert chosen == choose(many)
    assert [sum(place == g for place, _ in chosen) for g in range(4)] == [8] * 4
    crowd = [group(g, ["a b", "c d"]) for g in range(200)]
    places = [place for place, _ in choose(crowd)]
    assert len(places) == len(set(places)) == MAX_COMPLETIONS
    assert places[0] == 0
    assert places[-1] > 190


def test_signals_survive_json() -> None:
    found = compute(1, [group(0, ["a b c d", "e f g h"]), group(1, ["a b c e", "x y z w"])], BINARY)
    assert json.loads(json.dumps(found)) == found


def test_of_a_huge_completion_only_the_ends_are_read() -> None:
    text, middle = "word " * 1_000_000, "other " * 1_000_000
    found = compute(1, [group(0, [text] * 4), group(1, [text + middle + text] * 4)], BINARY)
    assert found["jaccard_cross"] == 1.0
