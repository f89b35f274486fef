from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from grpotui.presets.fields import GRPO_FIELDS, TABLE
from grpotui.presets.grpo_rules import LIMITS, ONLY, RULES, refusals, weights_refusal
from grpotui.presets.hints import MISTAKES
from grpotui.presets.kinds import fits
from grpotui.presets.rows import USUAL
from grpotui.presets.validate import OWNED

CASES: list[dict[str, Any]] = [
    {},
    {"logging_steps": 0},
    {"logging_steps": 1.5},
    {"logging_steps": 0.5},
    {"save_steps": 2.5},
    {"save_steps": 2.5, "save_strategy": "no"},
    {"fp16": True, "bf16": True},
    {"warmup_steps": -1},
    {"dataloader_prefetch_factor": 2},
    {"lr_scheduler_type": "reduce_lr_on_plateau"},
    {"lr_scheduler_type": "greedy"},
    {"log_completions_hub_repo": "a/b"},
    {"auto_find_batch_size": True},
    {"vllm_importance_sampling_clip_min": 4.0},
    {"vllm_importance_sampling_clip_min": 1.0, "vllm_importance_sampling_clip_max": 1.0},
    {"scale_rewards": False, "report_to": [], "model_init_kwargs": {"a": 1}},
]
_GRID = {
    "num_generations": (1, 2, 6, 8),
    "per_device_train_batch_size": (1, 8, 12),
    "gradient_accumulation_steps": (1, 2),
    "generation_batch_size": (None, 8, 12, 24),
    "steps_per_generation": (None, 1, 3),
}
CASES += [
    {key: value for key, value in zip(_GRID, values, strict=True) if value is not None}
    for values in itertools.product(*_GRID.values())
]

SCRIPT = """
import ast, inspect, json, sys, warnings
warnings.simplefilter("ignore")
from trl import GRPOConfig
from trl.trainer import grpo_trainer
from grpotui.train.grpo_fields import text

def refusal(case):
    base = {"output_dir": sys.argv[1], "use_cpu": True, "bf16": False, "gradient_checkpointing": False}
    try:
        GRPOConfig(**{**base, **case})
    except ValueError as error:
        return str(error)
    return None

tree = ast.parse(inspect.getsource(grpo_trainer))
texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
refusals = [refusal(case) for case in json.load(sys.stdin)]
print("\\n" + json.dumps({"table": text(), "refusals": refusals, "texts": texts}))
"""


@pytest.fixture(scope="module")
def trl(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the installed TRL says, from one process that imports it."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path_factory.mktemp("trl"))],
        input=json.dumps(CASES),
        env={**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_the_table_is_what_the_installed_trl_gives(trl: dict[str, Any]) -> None:
    assert TABLE.read_text(encoding="utf-8") == trl["table"], "run: python -m grpotui.train.grpo_fields"


def test_trls_refusals_are_foretold_in_its_words(trl: dict[str, Any]) -> None:
    refused = 0
    for case, theirs in zip(CASES, trl["refusals"], strict=True):
        ours = [problem.message for problem in refusals(case)]
        if theirs is None:
            assert ours == [], case
        else:
            refused += 1
            assert any(theirs in message for message in ours), (case, theirs, ours)
    assert refused > 100
    assert len(CASES) - refused > 20


def test_messages_and_choices_of_the_trainer_itself_are_still_there(trl: dict[str, Any]) -> None:
    texts = set(trl["texts"])
    (sync,) = refusals({"sync_ref_model": True})
    assert any(text in sync.message for text in texts if text.startswith("You passed `sync_ref_model=True`"))
    assert list(refusals({"sync_ref_model": True, "beta": 0.1})) == []
    assert {"Number of reward weights (", ") must match number of reward functions ("} <= texts
    assert set(GRPO_FIELDS["loss_type"].choices) <= texts
    assert set(GRPO_FIELDS["scale_rewards"].choices) <= texts


def test_a_refusal_names_our_fields_and_their_values() -> None:
    (problem,) = refusals({"num_generations": 6})
    assert problem.path == "grpo.num_generations"
    assert problem.message == (
        "TRL refuses num_generations = 6, per_device_train_batch_size = 8, gradient_accumulation_steps = 1: "
        "generation_batch_size (8) must be divisible by num_generations (6)."
    )
    assert str(weights_refusal(2, 1)) == (
        "grpo.reward_weights: TRL refuses it: Number of reward weights (2) must match number of reward "
        "functions (1)"
    )


@pytest.mark.parametrize("count", [0, -1, -8])
def test_counts_that_make_trl_divide_by_zero_are_refused(count: int) -> None:
    (problem,) = refusals({"num_generations": count})
    assert "GRPO requires at least 2 generations" in problem.message


def test_every_default_is_of_a_kind_that_its_field_takes() -> None:
    for field in GRPO_FIELDS.values():
        assert field.type
        assert field.help
        if field.default is None:
            assert field.type.endswith("None")
        else:
            assert fits(field.default, field.kinds, field.items), field.name
        if field.choices and isinstance(field.default, str):
            assert field.default in field.choices


def test_known_defaults_are_as_measured() -> None:
    assert json.loads(TABLE.read_text())["trl"].startswith("1.16.")
    expected = {
        "num_generations": 8,
        "beta": 0.0,
        "loss_type": "dapo",
        "learning_rate": 1e-6,
        "report_to": "none",
    }
    assert {name: GRPO_FIELDS[name].default for name in expected} == expected
    assert GRPO_FIELDS["beta"].type == "float"
    assert GRPO_FIELDS["epsilon_high"].type == "float | None"
    assert GRPO_FIELDS["lr_scheduler_type"].choices[0] == "linear"


def test_every_name_that_the_rules_use_is_a_field() -> None:
    names = {name for rule in RULES for name in rule.fields} | {*LIMITS, *ONLY, *OWNED, *USUAL}
    assert names <= set(GRPO_FIELDS)
    assert not set(MISTAKES) & set(GRPO_FIELDS)
    for hint in MISTAKES.values():
        words = hint.replace("=", " ").split()
        assert "[[rewards]]," in words or "prompts" in words or any(word in GRPO_FIELDS for word in words)


def test_the_table_is_read_late_and_small() -> None:
    assert Path(TABLE).stat().st_size < 100_000
    code = (
        "import sys; from grpotui.presets import fields; "
        "assert fields._table.cache_info().currsize == 0; assert 'beta' in fields.GRPO_FIELDS; "
        "assert fields._table.cache_info().currsize == 1; print(len(fields.GRPO_FIELDS))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) == len(GRPO_FIELDS) > 150
