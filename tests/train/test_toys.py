from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from grpotui.tasks import build_task
from grpotui.train.toys import text, toy_path

TOYS = {"words": toy_path("stories"), "chars": toy_path("arithmetic")}
LARGEST = 2 * 1024 * 1024


def load(folder: Path) -> tuple[Any, Any]:
    os.environ["HF_HUB_OFFLINE"] = "1"
    from transformers import AutoModelForCausalLM, AutoTokenizer

    return AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)


def test_every_task_has_a_toy() -> None:
    assert toy_path("stories").name == "words"
    assert toy_path("arithmetic").name == toy_path("anything").name == "chars"


def test_finding_a_toy_needs_no_torch() -> None:
    code = (
        "import sys, grpotui.train.toys as t; t.toy_path('stories'); "
        "sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize("name", TOYS)
def test_toys_are_small_and_readable_by_everybody(name: str) -> None:
    weights = TOYS[name] / "model.safetensors"
    assert weights.stat().st_size <= LARGEST
    assert sum(file.stat().st_size for file in TOYS[name].iterdir()) <= LARGEST
    for file in TOYS[name].iterdir():
        assert file.stat().st_mode & 0o444 == 0o444, file


@pytest.mark.parametrize("name", TOYS)
def test_toys_load_offline_and_answer(name: str) -> None:
    import torch

    torch.set_num_threads(1)
    model, tokenizer = load(TOYS[name])
    assert 200_000 < sum(p.numel() for p in model.parameters()) < 300_000
    assert model.dtype is torch.float32
    assert tokenizer.padding_side == "left"
    assert (tokenizer.pad_token_id, tokenizer.bos_token_id, tokenizer.eos_token_id) == (0, 1, 2)
    assert len(tokenizer) == model.config.vocab_size
    task = "stories" if name == "words" else "arithmetic"
    prompts = [example.prompt for example in build_task({"name": task, "n": 4})]
    batch = tokenizer(prompts, return_tensors="pt", padding=True)
    assert batch["input_ids"][:, -1].ne(tokenizer.pad_token_id).all()
    with torch.no_grad():
        out = model.generate(**batch, max_new_tokens=40, do_sample=False)
    answers = tokenizer.batch_decode(out[:, batch["input_ids"].shape[1] :], skip_special_tokens=True)
    assert all(answer.strip() for answer in answers)
    if name == "chars":
        assert all(answer.lstrip("-").isdigit() for answer in answers)
    else:
        assert all("." in answer for answer in answers)


def test_chars_knows_all_of_printable_ascii() -> None:
    _, tokenizer = load(TOYS["chars"])
    everything = "".join(text.CHARACTERS)
    ids = tokenizer(everything, add_special_tokens=False)["input_ids"]
    assert tokenizer.unk_token_id not in ids
    assert len(ids) == len(everything) == 96
    assert tokenizer.decode(ids) == everything


def test_words_knows_the_grammar_and_writes_it_as_it_reads_it() -> None:
    _, tokenizer = load(TOYS["words"])
    assert 110 <= len(text.WORDS) <= 150
    for told, _ in zip(text.stories(7), range(50), strict=False):
        ids = tokenizer(told, add_special_tokens=False)["input_ids"]
        assert tokenizer.unk_token_id not in ids
        assert tokenizer.decode(ids) == told


def test_text_is_the_same_for_the_same_seed() -> None:
    for kind in (text.stories, text.characters):
        first, second, other = kind(1), kind(1), kind(2)
        lines = [next(first) for _ in range(200)]
        assert lines == [next(second) for _ in range(200)]
        assert lines != [next(other) for _ in range(200)]


def test_sums_in_the_text_are_right_at_first_and_often_wrong_later() -> None:
    source = text.characters(0)
    assert _right(islice(source, 2000)) == 1.0
    assert 0.4 < _right(islice(source, text._CLEAN, text._CLEAN + 2000)) < 0.7


def _right(lines: Iterable[str]) -> float:
    """Return the share of right sums among the sums in ``lines``."""
    sums = [line for line in lines if line.startswith("Calculate: ")]
    return sum(str(_value(line)) == line.split("= ")[1] for line in sums) / len(sums)


def _value(line: str) -> int:
    _, a, sign, b, *_ = line.split(" ")
    return {"+": int(a) + int(b), "-": int(a) - int(b), "*": int(a) * int(b)}[sign]


def test_the_build_script_makes_what_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import dataclasses

    from grpotui.train.toys import build

    short = {name: dataclasses.replace(recipe, steps=3, batch=4) for name, recipe in build.RECIPES.items()}
    monkeypatch.setattr(build, "RECIPES", short)
    for name in TOYS:
        build.build(name, tmp_path / "one" / name)
        shipped = {file.name for file in TOYS[name].iterdir()}
        assert {file.name for file in (tmp_path / "one" / name).iterdir()} == shipped
        tokens = (tmp_path / "one" / name / "tokenizer.json").read_text()
        assert tokens == (TOYS[name] / "tokenizer.json").read_text()
    build.build("words", tmp_path / "two" / "words")
    one, two = ((tmp_path / n / "words" / "model.safetensors").read_bytes() for n in ("one", "two"))
    assert one == two
