"""Completions outside training: by the same model and limits, and without a trace in the trainer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from transformers import GenerationConfig
from trl import GRPOTrainer
from trl.data_utils import is_conversational

_ONLY_SAMPLING = ("temperature", "top_p", "top_k", "min_p")


def complete(
    trainer: GRPOTrainer, prompts: Sequence[Any], greedy: bool, engine: bool = False
) -> tuple[list[Any], list[list[int]]]:
    """Return the completions and their token ids, one per prompt, as TRL hands them to rewards.

    By transformers' ``generate``, whatever engine trains: the weights are at hand, and it samples from
    torch's random state alone. With ``engine`` by the trainer's own engine and its own settings instead.
    ``prompts`` are texts or conversations.
    """
    with nullcontext() if engine else _generating(trainer, _settings(trainer, greedy)):
        prompt_ids, images, fields = trainer._tokenize_prompts(list(prompts))
        ids, _ = trainer._generate_single_turn(prompt_ids, images, fields, 1)
    texts = trainer.processing_class.batch_decode(ids, skip_special_tokens=True)
    if is_conversational({"prompt": prompts[0]}):
        return [[{"role": "assistant", "content": text}] for text in texts], ids
    return texts, ids


def _settings(trainer: GRPOTrainer, greedy: bool) -> dict[str, Any]:
    """Return what ``generate`` is told: the run's own settings, which a greedy choice needs few of."""
    args = trainer.args
    values = {
        "max_new_tokens": trainer.max_completion_length,
        "do_sample": not greedy,
        "pad_token_id": trainer._tokenizer.pad_token_id,
        "bos_token_id": trainer._tokenizer.bos_token_id,
        "eos_token_id": trainer.eos_token_ids,
        "repetition_penalty": trainer.repetition_penalty,
        "cache_implementation": args.cache_implementation,
        **{name: getattr(trainer, name) for name in _ONLY_SAMPLING},
        **(args.generation_kwargs or {}),
    }
    if greedy:
        values |= {"do_sample": False, "temperature": 1.0, "top_p": 1.0, "top_k": 50, "min_p": None}
    return values


@contextmanager
def _generating(trainer: GRPOTrainer, settings: dict[str, Any]) -> Iterator[None]:
    """Give the trainer other generation settings for a block."""
    other = {
        "generation_config": GenerationConfig(**settings, disable_compile=True),
        "generation_kwargs": settings,
        "use_vllm": False,
        "use_transformers_continuous_batching": False,
    }
    missing = object()
    before = {name: getattr(trainer, name, missing) for name in other}
    vars(trainer).update(other)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is missing:
                delattr(trainer, name)
            else:
                setattr(trainer, name, value)
