from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grpotui.presets import Preset, PresetError, apply_overrides, load, problems, validate
from grpotui.presets.fields import GRPO_FIELDS
from grpotui.presets.searching import SEARCH_SECTIONS
from grpotui.presets.validate import field_problems
from grpotui.workspace import Workspace

Write = Callable[[str, str], Path]


def refusal(preset: Preset, *overrides: str) -> str:
    with pytest.raises(PresetError) as caught:
        validate(apply_overrides(preset, overrides))
    message = str(caught.value)
    assert message.isprintable()
    return message


def test_a_good_preset_has_no_problem(good: Preset) -> None:
    assert list(problems(good)) == []
    validate(good)


def test_grpo_beta_abc_is_one_clear_line(good: Preset) -> None:
    line = 'grpo.beta: expected a number, got text "abc" (preset good)'
    assert refusal(good, "grpo.beta=abc") == line


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("grpo.num_generations=8.5", "grpo.num_generations: expected a whole number, got the number 8.5"),
        ("grpo.num_generations=true", "grpo.num_generations: expected a whole number, got true"),
        ("grpo.beta=true", "grpo.beta: expected a number, got true"),
        ("grpo.bf16=1", "grpo.bf16: expected true or false, got the number 1"),
        ("grpo.bf16=True", "write true without quotes, in lower case"),
        ("grpo.learning_rate=.5", 'got text ".5": write 0.5'),
        ('grpo.max_steps="10"', 'got text "10": write 10'),
        ("grpo.run_name=12", "grpo.run_name: expected text, got the number 12: put it in quotes"),
        ("grpo.learning_rate=nan", "grpo.learning_rate: expected a finite number, got nan"),
        ("grpo.learning_rate=-inf", "grpo.learning_rate: expected a finite number, got -inf"),
        ("grpo.seed=99999999999999999999", "grpo.seed: the number is too large"),
        ("grpo.seed=-1", "grpo.seed: expected at least 0, got the number -1"),
        ("grpo.run_name=2024-01-01", "grpo.run_name: dates and times are not supported"),
        ("grpo.generation_kwargs={a=[1, 2024-01-01]}", "grpo.generation_kwargs.a.1: dates and times"),
        ("grpo.run_name=\udc80", "grpo.run_name: the text is not valid UTF-8"),
        ("grpo.reward_weights=[true]", "expected a list of numbers, got true in it"),
        ("grpo.reward_weights=1", "expected a list of numbers, got the number 1"),
        ("grpo.temperature=0", "grpo.temperature: expected more than 0, got the number 0"),
        ("grpo.top_p=1.5", "grpo.top_p: expected at most 1, got the number 1.5"),
        ("grpo.per_device_train_batch_size=0", "expected at least 1, got the number 0"),
        ("grpo.parallelism_config=x", "a preset cannot hold a ParallelismConfig"),
        ("grpo=5", "grpo: expected a table, got the number 5"),
        ("rewards=5", "rewards: expected a list, got the number 5"),
        ("task=[]", "task: expected a table, got the list []"),
        ("model=5", "model: expected text, got the number 5"),
        ('model=""', "got an empty text"),
        ("health.patience=0", "health.patience: expected at least 1, got the number 0"),
        ("health.patience=1.5", "health.patience: expected a whole number, got the number 1.5"),
        ("health.zero_std_bad=1.1", "health.zero_std_bad: expected at most 1"),
        ("health.zero_std_warn=0.9", "health.zero_std_warn: 0.9 is more than zero_std_bad = 0.5"),
        ("health.jaccard_bad=0.2", "health.jaccard_warn: 0.5 is more than jaccard_bad = 0.2"),
        ("health.zero_std_warn=x", 'health.zero_std_warn: expected a number, got text "x"'),
        ("launch.device=tpu", "launch.device: expected one of auto, cpu, cuda"),
        ("launch.tags=a", "launch.tags: expected a list of texts"),
        ("launch.tags=[1]", "launch.tags: expected a list of texts, got the number 1 in it"),
        ("launch.devices=0", "launch.devices: expected at least 1"),
        ("launch.memory=-1", "launch.memory: expected at least 0"),
        (
            "contract.forecast={reward = 0.5}",
            "contract.forecast.reward: expected [low, high], two numbers",
        ),
        ("contract.forecast={reward = [2, 1]}", "contract.forecast.reward: expected [low, high]"),
        ("contract.primary=1", "contract.primary: expected text"),
        ("contract.hypotesis=x", "nearest: hypothesis"),
        ("kind=rollout", 'kind: text "rollout" is no kind of run; known: train, rollouts'),
        ("task.n=abc", 'task.n: expected a whole number, got text "abc"'),
        ("task.name=arithmetc", "nearest: arithmetic"),
        ("rewards.0.corect=2", "rewards.0.corect"),
        ("rewards.0.name=exakt", "nearest: exact"),
        ("rewards=[]", "rewards: expected at least one"),
        ("rewards.0=5", "rewards.0: expected a table"),
    ],
)
def test_a_wrong_value_names_field_expectation_and_finding(good: Preset, override: str, message: str) -> None:
    assert message in refusal(good, override)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("modle=x", "modle: unknown key; nearest: model"),
        ("beta=1", "beta: unknown key: fields of TRL stand in [grpo]"),
        ("name=x", "a preset's name is the name of its file"),
        ("zzz=1", "zzz: unknown key; known: summary, model"),
        ("grpo.num_generation=8", "nearest: num_generations"),
        ("grpo.max_new_tokens=8", "max_completion_length"),
        ("grpo.batch_size=8", "per_device_train_batch_size"),
        ("grpo.epochs=8", "num_train_epochs"),
        ("grpo.lr=8", "learning_rate"),
        ("grpo.kl=8", "beta"),
        ("grpo.kl_coef=8", "beta"),
        ("grpo.reward_function=8", "[[rewards]]"),
        ("grpo.max_prompt_length=8", "TRL removed it"),
        ("grpo.use_liger_loss=true", "use_liger_kernel"),
        ("grpo.patience=8", "it stands in [health]"),
        ("grpo.model=x", "it stands at the top"),
        ("grpo.loss_type=foo", "known: grpo, dr_grpo, dapo, bnpo, cispo, sapo, luspo, vespo"),
        ("grpo.scale_rewards=grup", "known: group, batch, none"),
        ("grpo.optim=adam", "nearest: adamw_torch, adamw_torch_fused"),
        ("grpo.lr_scheduler_type=cosin", "nearest: cosine"),
        ("health.patienc=1", "health.patienc: unknown field; nearest: patience"),
        ("health.beta=1", "it stands in [grpo]"),
        ("health.tags=1", "it stands in [launch]"),
        ("health.q=1", "known: window_groups"),
        ("health.on_collapsed=halt", "expected one of flag, stop, checkpoint-and-stop"),
        ("health.grace=-1", "health.grace: expected at least 0"),
        ("contract.kill=rewrad < 1", "contract.kill: at 1: no metric rewrad; nearest: reward"),
        ("contract.primry=1", "contract.primry: unknown field; nearest: primary"),
        ("contract.primary=0.8", "contract.primary: expected text, got the number 0.8: put it in quotes"),
        ("contract.forecast=5", "contract.forecast: expected a table, got the number 5"),
        ("contract.forecast={ reward = [2, 1] }", "contract.forecast.reward: expected [low, high]"),
        ('notify.command=["{run}"]', "the first text is the program, without placeholders"),
        ('notify.command=["say", "{verdikt}"]', "no placeholder {verdikt}; nearest: verdict"),
        ("notify.command=say hi", "notify.command: expected a list of texts"),
        ("grpo.output_dir=x", "grpotui owns it"),
        ("grpo.resume_from_checkpoint=x", "grpotui resume"),
        ("grpo.eval_strategy=steps", "grpotui evaluates by itself: see [eval]"),
        ("grpo.\x1b[31m=1", "grpo.␛[31m"),
        ("\x1b[31m=1", "␛[31m: unknown key"),
    ],
)
def test_an_unknown_name_tells_what_was_meant(good: Preset, override: str, message: str) -> None:
    assert message in refusal(good, override)


@pytest.mark.parametrize("section", [*SEARCH_SECTIONS, "rollouts"])
def test_unknown_fields_of_the_tables_about_many_runs_are_refused(good: Preset, section: str) -> None:
    assert refusal(good, f"{section}.every=1").startswith(
        f"{section}.every: unknown field; it stands in [eval]"
    )


def test_what_trl_takes_is_taken(good: Preset) -> None:
    validate(
        apply_overrides(
            good,
            [
                "grpo.learning_rate=1",
                "grpo.scale_rewards=false",
                "grpo.report_to=[]",
                "grpo.report_to=wandb",
                "grpo.model_init_kwargs={dtype = 'bfloat16', tie = {a = 1}}",
                "grpo.generation_kwargs={eos_token = '<x>', eos_token_id = 5}",
                "grpo.include_num_input_tokens_seen=all",
                "grpo.pad_to_multiple_of=8",
                "grpo.lr_scheduler_type=constant",
                "health.window_groups=1",
                "launch.device=cuda",
            ],
        )
    )


@pytest.mark.parametrize(
    "override",
    [
        "grpo.hub_token=SECRET",
        "grpo.wandb_api_key=SECRET",
        "grpo.password=SECRET",
        "grpo.client_secret=SECRET",
        "grpo.model_init_kwargs={token = 'SECRET'}",
        "grpo.generation_kwargs={x = [{api_key = 'SECRET'}]}",
        "summary=see hf_SECRETabcdefghijklmnopqrstuv",
        "task.prompt=sk-SECRETabcdefghijklmnopqrstuv",
    ],
)
def test_secrets_are_refused_and_never_repeated(good: Preset, override: str) -> None:
    message = refusal(good, override)
    assert "set it in the environment" in message
    assert "SECRET" not in message


@pytest.mark.parametrize(
    "override",
    [
        "grpo.trust_remote_code=true",
        "grpo.model_init_kwargs={trust_remote_code = true}",
        """grpo.model_init_kwargs='{"trust_remote_code": true}'""",
    ],
)
def test_code_of_a_models_repository_is_never_run(good: Preset, override: str) -> None:
    assert "runs no code of a model's repository" in refusal(good, override)


def test_what_a_preset_must_have_is_told(workspace: Workspace, write: Write) -> None:
    write("empty", "")
    found = [str(problem) for problem in problems(load("empty", workspace))]
    assert found == ["model: is missing", "task: is missing", "rewards: is missing"]


def test_all_problems_are_found_not_only_the_first(good: Preset) -> None:
    overrides = ["grpo.beta=abc", "grpo.lr=1", "health.patience=0", "task.n=x", "zzz=1"]
    found = [problem.path for problem in problems(apply_overrides(good, overrides))]
    assert found == ["zzz", "task.n", "grpo.beta", "grpo.lr", "health.patience"]


def test_one_field_can_be_checked_alone() -> None:
    assert [p.path for p in field_problems("grpo.beta", "x")] == ["grpo.beta"]
    assert list(field_problems("grpo.num_generations", 7)) == []
    assert [p.path for p in field_problems("health.patience", 0)] == ["health.patience"]
    assert list(field_problems("model", 5)) == []


@pytest.mark.parametrize("value", [None, True, 1, 1.5, "x", [], [[]], {}, {"a": [{}]}])
def test_no_table_of_wrong_shape_crashes(good: Preset, value: object) -> None:
    for key in (
        "summary",
        "model",
        "kind",
        "task",
        "rewards",
        "grpo",
        "health",
        "launch",
        "eval",
        "curriculum",
        "x",
    ):
        list(problems(Preset("p", good.path, {**good.data, key: value})))
    for stage in ({"steps": value}, {"steps": 1, "task": value}, {"steps": 1, "name": value}, value):
        staged = {**good.data, "curriculum": [stage], "eval": {"every": 1, "best": value}}
        list(problems(Preset("p", good.path, staged)))
    for name in GRPO_FIELDS:
        changed = Preset("p", good.path, {**good.data, "grpo": {name: value}})
        assert all(problem.message for problem in problems(changed))


def test_reading_and_validating_is_light() -> None:
    code = (
        "import sys\n"
        "from grpotui.presets import load, validate\n"
        "validate(load(sys.argv[1], None))\n"
        "heavy = {'torch', 'trl', 'transformers', 'datasets', 'textual', 'rich', 'sqlite3', 'asyncio'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    path = Path(__file__).parent / "baseline.toml"
    command = [sys.executable, "-c", code, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_journals_baseline_is_valid() -> None:
    validate(load(str(Path(__file__).parent / "baseline.toml"), None))
