"""check --exact: the real child; what it measures goes into the same rules."""

from __future__ import annotations

import pytest

from grpotui.launch.check.exact import fields_named, findings, measured
from grpotui.launch.check.facts import gather
from grpotui.preflight import Severity
from grpotui.presets import apply_overrides, load
from grpotui.workspace import Workspace
from tests.support import Cli

OWN = """
def short(completions, **columns):
    return [1.0 / (1 + len(c)) for c in completions]


def broken(completions, **columns):
    return [float(c.split()[9] == "x") for c in completions]
"""


@pytest.fixture(autouse=True)
def _own_trust(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))


def test_a_good_preset_is_measured(cli: Cli, workspace: Workspace) -> None:
    done = cli("check", "demo-arithmetic", "--device", "cpu", "--exact", "--json")
    assert done.code == 0, done.err
    exact = done.json["exact"]
    low, high = exact["pass_rate_interval"]
    assert 0 <= low <= exact["pass_rate"] <= high <= 1
    assert exact["completions"] == 64
    assert exact["prompts"] == 8
    assert exact["tokens_per_second"] > 10
    assert exact["step_seconds"] > 0
    assert exact["duration_seconds"] == pytest.approx(80 * exact["step_seconds"])
    assert 200_000 < exact["parameters"] < 300_000
    assert (exact["rows"], exact["distinct"]) == (160, 160)
    assert exact["longest_prompt"] > exact["longest_answer"] > 0
    assert exact["memory"] >= exact["peak_memory"] > 100 * 2**20
    assert list(workspace.logs.glob(".check-*")) == []
    assert list(workspace.runs()) == []


def test_what_the_child_finds_is_an_error_by_its_field(cli: Cli, workspace: Workspace) -> None:
    (workspace.root / "mine.py").write_text(OWN)
    own = ("--set", 'rewards=[{name="mine.py:broken", range=[0, 1]}]')
    untrusted = cli("check", "demo-arithmetic", *own, "--exact")
    assert untrusted.code == 2
    assert "--trust-code" in untrusted.err
    done = cli("check", "demo-arithmetic", *own, "--exact", "--trust-code", "--json", "--device", "cpu")
    assert done.code == 1
    first = done.json["findings"][0]
    assert (first["rule"], first["level"]) == ("exact", "error")
    assert "reward 'broken' raised IndexError in mine.py, line 7" in first["message"]


def test_a_reward_that_says_no_range_calls_nothing_right(cli: Cli, workspace: Workspace) -> None:
    (workspace.root / "mine.py").write_text(OWN)
    own = ("--set", 'rewards=[{name="mine.py:short"}]', "--set", "grpo.max_steps=2")
    done = cli("check", "demo-arithmetic", *own, "--exact", "--trust-code", "--device", "cpu")
    assert "64 answers to 8 prompts (no reward declares its range: none can be called right)" in done.out
    told = cli("check", "demo-arithmetic", *own, "--exact", "--json", "--device", "cpu").json["exact"]
    assert (told["pass_rate"], told["pass_rate_interval"]) == (None, None)
    assert 0 < told["mean_reward"] < 1


def test_measurements_replace_guesses(workspace: Workspace) -> None:
    preset = apply_overrides(load("demo-arithmetic", None), ["grpo.max_completion_length=3", "grpo.beta=0.1"])
    report = {
        "facts": {
            "rows": 160,
            "distinct": 20,
            "longest_prompt": 21,
            "longest_answer": 4,
            "parameters": 10**9,
            "context": 22,
            "vocabulary": 100,
            "layers": 2,
            "width": 96,
        },
        "probes": [
            {"reward": "exact", "kind": kind, "text": "7", "value": -1.0, "error": ""}
            for kind in ("gold", "wrong", "empty")
        ],
        "memory": 10**15,
        "pass_rate": 0.5,
    }
    facts = measured(gather(preset, workspace, "cpu"), report, 24)
    found = {finding.rule: finding for finding in findings(preset, facts, report)}
    errors = {rule for rule, finding in found.items() if finding.level is Severity.ERROR}
    assert errors == {"answer-length", "context-length", "constant-reward", "memory"}
    assert {"duplicate-prompts", "large-on-cpu"} <= set(found)


def test_words_of_trl_lead_to_our_fields() -> None:
    message = (
        "The global eval batch size (6 * 1) must be divisible: generation_batch_size, num_generations (8)"
    )
    assert fields_named(message) == ("grpo.num_generations", "grpo.generation_batch_size")
    assert fields_named("task.path: line 3 of a.csv: two cells") == ("task.path",)
    assert fields_named("CUDA error") == ()


def test_what_only_fits_several_processes_is_tried_on_one(cli: Cli) -> None:
    """16 generations on two processes of 8: one of them alone would be refused by TRL."""
    sizes = ("grpo.per_device_train_batch_size=8", "grpo.num_generations=16", "launch.processes=2")
    asked = [part for size in sizes for part in ("--set", size)]
    done = cli("check", "demo-arithmetic", *asked, "--device", "cpu", "--exact", "--json")
    assert done.code == 0, done.out
    assert done.json["exact"]["completions"] == 32  # two steps of one group


def test_a_probe_is_measured_by_its_batch(cli: Cli) -> None:
    done = cli("check", "demo-probe", "--device", "cpu", "--exact", "--json")
    assert done.code == 0, done.err
    assert done.json["steps"] == 2
    assert done.json["exact"]["rows"] == 32
