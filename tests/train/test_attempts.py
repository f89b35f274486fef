"""How attempts begin and end: results, reasons, checkpoints, resume."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import pytest

from grpotui import format as fmt
from grpotui.presets import planned_steps
from grpotui.stream import read_json, write_json
from grpotui.workspace import RunDir
from tests.train.conftest import ROOT, Scenes, environment
from tests.train.scenes import BASE, COMBINATIONS, PROMPTS, asked

pytestmark = pytest.mark.xdist_group("train")


def test_the_attempt_tells_the_whole_effective_config(scenes: Scenes) -> None:
    attempt = json.loads(scenes.run("whole").attempt_json(1).read_text())
    config = attempt["config"]
    assert config["task"] == {"name": "arithmetic", "n": 16, "operands": [0, 9]}
    grpo = config["grpo"]
    assert (grpo["epsilon"], grpo["loss_type"], grpo["save_strategy"]) == (0.2, "dapo", "steps")
    assert grpo["generation_batch_size"] == 8
    assert grpo["report_to"] in ([], "none", ["none"])
    assert not grpo["logging_nan_inf_filter"]
    assert grpo["output_dir"] == str(scenes.run("whole").checkpoints)
    assert (attempt["attempt"], attempt["seed"], grpo["seed"]) == (1, 11, 11)
    assert (attempt["max_steps"], attempt["max_epochs"], attempt["groups_per_step"]) == (4, 0.5, 2)
    assert (attempt["num_generations"], attempt["reward_range"]) == (4, [-1.0, 1.0])
    assert {"python", "torch", "trl", "transformers", "accelerate", "datasets", "grpotui"} <= attempt[
        "versions"
    ].keys()
    assert attempt["argv"][0] == sys.executable


@pytest.mark.parametrize("name", COMBINATIONS)
def test_an_epoch_is_as_long_as_was_planned(scenes: Scenes, name: str) -> None:
    attempt = json.loads(scenes.run(name).attempt_json(1).read_text())
    grpo = {**BASE, **COMBINATIONS[name], "max_steps": -1, "num_train_epochs": 1.0}
    planned = planned_steps({"task": {"name": "arithmetic", "n": PROMPTS}, "grpo": grpo})
    assert planned == round(attempt["max_steps"] / attempt["max_epochs"])


def test_the_attempt_identifies_its_model(scenes: Scenes) -> None:
    attempt = json.loads(scenes.run("whole").attempt_json(1).read_text())
    weights = (scenes.root / "model" / "model.safetensors").read_bytes()
    named = hashlib.sha256(f"model.safetensors\0{len(weights)}\0".encode() + weights).hexdigest()
    config = hashlib.sha256((scenes.root / "model" / "config.json").read_bytes()).hexdigest()
    assert attempt["model_identity"] == {
        "weights_sha256": named,
        "weights_hashed": "whole files",
        "weights_bytes": len(weights),
        "config_sha256": config,
    }


def test_a_preset_for_a_gpu_trains_on_the_cpu_and_says_so(scenes: Scenes) -> None:
    attempt = json.loads(scenes.run("whole").attempt_json(1).read_text())
    grpo = attempt["config"]["grpo"]
    assert attempt["device"] == "cpu"
    assert grpo["use_cpu"] is True
    assert not (grpo["bf16"] or grpo["gradient_checkpointing"] or grpo["activation_checkpointing"])


def test_no_secret_is_recorded(scenes: Scenes) -> None:
    text = scenes.run("whole").attempt_json(1).read_text()
    assert '"hub_token": "<redacted>"' in text
    assert "a" * 30 not in text


def test_finish_resume_and_nothing_left(scenes: Scenes) -> None:
    first, second, third = (scenes.ends[f"whole-{n}"] for n in (1, 2, 3))
    assert (first["status"], first["step"], first["code"]) == ("finished", 4, 0)
    assert (second["status"], second["step"], second["code"]) == ("finished", 4, 0)
    assert "nothing left" in second["reason"]
    assert (third["status"], third["step"]) == ("finished", 6)
    assert [line["step"] for line in scenes.metrics("whole")] == [1, 2, 3, 4, 5, 6]
    assert scenes.run("whole").last_checkpoint() == scenes.run("whole").checkpoints / "checkpoint-6"


def test_save_strategy_no_leaves_no_checkpoint(scenes: Scenes) -> None:
    assert scenes.run("equal").last_checkpoint() is None


def test_a_stop_finishes_its_step_saves_and_is_resumed(scenes: Scenes) -> None:
    stopped, resumed = scenes.ends["stopped"], scenes.ends["resumed"]
    assert (stopped["status"], stopped["step"], stopped["reason"]) == ("stopped", 2, "seen enough")
    assert (scenes.run("stopped").checkpoints / "checkpoint-2" / "trainer_state.json").is_file()
    assert (resumed["status"], resumed["step"]) == ("finished", 4)
    assert [line["step"] for line in scenes.lines("stopped")] == [2, 2, 4]
    assert sorted({group["step"] for group in scenes.groups("stopped")}) == [1, 2, 3, 4]


def test_a_stop_asked_for_while_loading_trains_nothing(scenes: Scenes) -> None:
    end = scenes.ends["requested-1"]
    assert (end["status"], end["step"], end["code"], end["reason"]) == ("stopped", 0, 0, "stopped on request")
    assert not scenes.run("requested").metrics.exists()


@pytest.mark.parametrize(
    ("name", "step", "reason"),
    [
        ("raising", 0, "reward 'mine' raised ValueError: no such word"),
        ("infinite", 0, "reward 'r' raised ValueError: it returned inf"),
        ("memory", 0, "out of memory at step 1: lower grpo.per_device_train_batch_size"),
        ("nan", 3, "loss became NaN at step 3: lower grpo.learning_rate"),
        ("nan-logits", 2, "the model's probabilities became NaN at step 3: lower grpo.learning_rate"),
        ("few", 0, "0 steps trained: the task has 4 prompts, each generation needs 8"),
        ("refused-1", 0, "generation_batch_size (8) must be divisible by num_generations (3)."),
        ("unknown-1", 0, "got an unexpected keyword argument 'no_such_field'"),
        ("cuda-1", 0, "device cuda was asked for, but torch"),
        ("folder-1", 0, "model /no/such/model: there is no such folder"),
    ],
)
def test_a_failure_tells_its_cause_in_one_line(scenes: Scenes, name: str, step: int, reason: str) -> None:
    end = scenes.ends[name]
    assert (end["status"], end["step"]) == ("failed", step)
    assert reason in end["reason"]
    assert "\n" not in end["reason"]
    assert end["error"]["type"]
    assert end.get("code", 1) == 1


def test_the_step_of_a_nan_loss_is_logged_as_such(scenes: Scenes) -> None:
    last = scenes.metrics("nan")[-1]
    assert (last["step"], last["loss"]) == (3, None)
    assert "loss" in last["nonfinite"]
    assert scenes.run("nan").last_checkpoint() is None


def start(run: RunDir, attempt: int = 1) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "grpotui.train", str(run.path), "--attempt", str(attempt)],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def read_until(output: IO[str] | None, beginning: str) -> None:
    assert output is not None
    for line in output:
        if line.startswith(beginning):
            return
    raise AssertionError(f"no line began with {beginning!r}")


@pytest.fixture
def long_run(scenes: Scenes, tmp_path: Path) -> RunDir:
    run = RunDir(tmp_path / "long-run")
    run.path.mkdir()
    write_json(run.run_json, asked(str(scenes.root / "model"), max_steps=100_000))
    return run


def test_term_finishes_the_step_saves_and_exits_0(long_run: RunDir) -> None:
    with start(long_run) as process:
        read_until(process.stdout, "step 2/100000")
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    result = read_json(long_run.result_json) or {}
    assert (result["status"], result["reason"]) == ("stopped", "stopped by TERM")
    assert long_run.last_checkpoint() == long_run.checkpoints / f"checkpoint-{result['step']}"
    assert f"step {result['step']}/100000" in output or result["step"] == 2


def test_term_while_loading_ends_at_once(long_run: RunDir) -> None:
    with start(long_run) as process:
        read_until(process.stdout, "loading torch")
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert time.monotonic() - began < 20
    result = read_json(long_run.result_json) or {}
    assert (result["status"], result["step"]) == ("stopped", 0)


def test_a_folder_that_is_no_run_fails_without_loading_torch(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    with start(run) as process:
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "run.json is missing" in (read_json(run.result_json) or {})["reason"]
    assert "loading torch" not in output


def test_the_entry_is_free_of_torch_and_sets_the_environment_first() -> None:
    code = (
        "import os, sys\n"
        "from grpotui.train import device, entry\n"
        "assert not {'torch', 'trl', 'transformers', 'datasets'} & sys.modules.keys()\n"
        "device.prepare_environment('cpu')\n"
        "names = ('HF_HUB_DISABLE_TELEMETRY', 'DO_NOT_TRACK', 'TOKENIZERS_PARALLELISM', 'OMP_NUM_THREADS')\n"
        "print(*(os.environ[name] for name in names), repr(os.environ['CUDA_VISIBLE_DEVICES']))\n"
    )
    plain = {k: v for k, v in os.environ.items() if k != "OMP_NUM_THREADS"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=plain)
    assert done.stdout.split() == ["1", "1", "false", "1", "''"], done.stderr


def test_on_fake_gpus_a_run_that_insists_on_one_trains_on_the_cpu() -> None:
    code = (
        "from grpotui.train import device\n"
        "device.prepare_environment('cuda')\n"
        "found = device.resolve('cuda')\n"
        "print(found.kind, found.is_cpu, found.label)\n"
    )
    fake = {**os.environ, "GRPOTUI_FAKE_DEVICE": "fake 0+1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=fake)
    assert done.stdout.strip() == "cpu True cpu (fake 0+1)", done.stderr
    assert fmt.device("cpu (fake 0+1)") == "fake 0+1"
