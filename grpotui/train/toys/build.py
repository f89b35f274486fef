"""Makes a toy from nothing: ``python -m grpotui.train.toys.build words|chars OUT_DIR``.

Same seed, same machine and same torch: same weights. One thread, two to five minutes.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from grpotui.train.toys import text

SPECIAL = ["<pad>", "<s>", "</s>", "<unk>"]


@dataclass(frozen=True)
class Recipe:
    """How one toy is made."""

    vocabulary: list[str]
    samples: Any
    by_word: bool
    steps: int
    batch: int = 64
    learning_rate: float = 3e-3


RECIPES = {
    "words": Recipe(text.WORDS, text.stories, by_word=True, steps=400),
    "chars": Recipe(text.CHARACTERS, text.characters, by_word=False, steps=2200),
}


def tokenizer(recipe: Recipe) -> Any:
    """Return a fast tokenizer over the recipe's vocabulary: one token per word or per character."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    ids = {token: i for i, token in enumerate([*SPECIAL, *recipe.vocabulary])}
    made = Tokenizer(models.WordLevel(ids, unk_token=SPECIAL[3]))
    if recipe.by_word:
        made.normalizer = normalizers.Lowercase()
        made.pre_tokenizer = pre_tokenizers.Whitespace()
        made.decoder = decoders.WordPiece(prefix="##", cleanup=True)  # joins with spaces, none before "."
    else:
        made.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
        made.decoder = decoders.Fuse()
    made.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", ids["<s>"])])
    names = dict(zip(("pad_token", "bos_token", "eos_token", "unk_token"), SPECIAL, strict=True))
    return PreTrainedTokenizerFast(
        tokenizer_object=made, padding_side="left", clean_up_tokenization_spaces=False, **names
    )


def model(vocabulary: int, seed: int) -> Any:
    """Return an untrained Llama of about 0.25 M parameters."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=96,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=4096,
        tie_word_embeddings=True,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
    )
    return LlamaForCausalLM(config)


def train(net: Any, encode: Any, samples: Iterator[str], recipe: Recipe) -> None:
    """Train ``net`` on ``recipe.steps`` batches: one sample per row, padding not learned."""
    import torch

    optimizer = torch.optim.AdamW(net.parameters(), lr=recipe.learning_rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, recipe.learning_rate, total_steps=recipe.steps, pct_start=0.1
    )
    start = time.monotonic()
    for step in range(1, recipe.steps + 1):
        rows = [f"{sample}</s>" for sample in islice(samples, recipe.batch)]
        batch = encode(rows, return_tensors="pt", padding=True, padding_side="right")
        labels = batch["input_ids"].masked_fill(batch["attention_mask"] == 0, -100)
        loss = net(**batch, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            seconds = time.monotonic() - start
            sys.stderr.write(f"step {step} of {recipe.steps}, loss {loss.item():.3f}, {seconds:.0f} s\n")


def build(kind: str, out: Path, seed: int = 0) -> None:
    """Make the toy ``kind`` and write it to ``out`` as ``from_pretrained`` reads it."""
    import torch

    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    recipe = RECIPES[kind]
    encode = tokenizer(recipe)
    net = model(len(encode), seed)
    train(net, encode, recipe.samples(seed), recipe)
    net.save_pretrained(out)
    encode.save_pretrained(out)
    for file in out.iterdir():  # safetensors writes files that only their owner can read
        file.chmod(0o644)


def main() -> None:
    """Read the command line and build."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    parser = argparse.ArgumentParser(prog="python -m grpotui.train.toys.build", description=__doc__)
    parser.add_argument("kind", choices=sorted(RECIPES))
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    build(options.kind, options.out, options.seed)


if __name__ == "__main__":
    main()
