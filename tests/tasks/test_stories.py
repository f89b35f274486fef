from __future__ import annotations

import re
from collections import Counter
from random import Random

import pytest

from grpotui.tasks import TaskError, build_held_out, build_task
from grpotui.tasks.grammar import LATER, OPENINGS, SLOTS, first, story, vocabulary


def test_prompts_are_whole_first_sentences_without_answers() -> None:
    examples = build_task({"name": "stories", "n": 50})
    assert len({example.prompt for example in examples}) == 50
    for example in examples:
        assert example.prompt.count(".") == 1 and example.prompt.endswith(".")
        assert (example.answer, example.task) == (None, "stories")


def test_prompt_words_cut_the_opening() -> None:
    examples = build_task({"name": "stories", "n": 30, "prompt_words": 4})
    assert {len(example.prompt.split(" ")) for example in examples} == {4}


def test_seeds_and_held_out() -> None:
    settings = {"name": "stories", "n": 40, "held_out": 40}
    train = {example.prompt for example in build_task(settings)}
    assert train.isdisjoint(example.prompt for example in build_held_out(settings))
    assert build_task(settings) == build_task(settings)
    assert build_task(settings) != build_task({**settings, "seed": 1})


def test_too_many_prompts_for_so_few_words() -> None:
    with pytest.raises(TaskError, match=r"task\.n: .* 500, but only \d+ different prompts"):
        build_task({"name": "stories", "n": 500, "prompt_words": 1})
    with pytest.raises(TaskError, match=r"task\.prompt_words: expected 0 to 20"):
        build_task({"name": "stories", "prompt_words": -1})


def test_the_grammar_is_broad() -> None:
    templates = (*OPENINGS, *LATER)
    assert len(templates) >= 12
    assert min(len(re.findall(r"\{\w+\}", template)) for template in templates) >= 3
    assert set(re.findall(r"\{(\w+)\}", " ".join(templates))) == set(SLOTS)
    assert 110 <= len(vocabulary()) <= 150


def test_no_template_has_a_fixed_length() -> None:
    lengths = {
        slot: {len(words.split()) for words in fillings.split("|")} for slot, fillings in SLOTS.items()
    }
    for template in (*OPENINGS, *LATER):
        assert any(len(lengths[slot]) > 1 for slot in re.findall(r"\{(\w+)\}", template))


def test_stories_keep_to_the_vocabulary_and_rarely_repeat_a_sentence() -> None:
    told = [story(Random(seed)) for seed in range(500)]
    assert {*" ".join(told).replace(".", " . ").split()} == set(vocabulary())
    sentences = [sentence for text in told for sentence in text.split(".")[:-1]]
    assert len(set(sentences)) > 0.8 * len(sentences)
    assert max(Counter(sentences).values()) < 0.005 * len(sentences)
    assert all(text.startswith(first(text)) for text in told)
