"""What is wrong with [sweep], [confirm] and [promote]."""

from __future__ import annotations

from typing import Any

import pytest

from grpotui.presets import Preset, problems, resolve
from grpotui.presets.search_rules import baseline_of


def wrong(good: Preset, **tables: Any) -> list[str]:
    return [
        str(problem) for problem in problems(Preset("good", good.path, {**good.data, **tables}, good.folders))
    ]


def sweep(good: Preset, **table: Any) -> list[str]:
    return wrong(good, sweep=table)


def test_a_whole_table_is_valid_and_no_run_has_it(good: Preset) -> None:
    table = {
        "grid": {"grpo.beta": [0, 0.02], "task.n": [40, 80], "model": ["tiny", "tiny:chars"]},
        "random": 3,
        "seeds": 2,
        "max_parallel": 2,
        "baseline": {"grpo.beta": 0.02, "model": "tiny"},
        "metric": "mean(reward, last=50)",
        "same_prompts": True,
        "stop": [],
    }
    contract = {"primary": "best - baseline > 0.1", "secondary": "reward > 0", "forecast": {"best": [0, 1]}}
    tables = {
        "sweep": table,
        "contract": contract,
        "confirm": {"top": 2, "repeat": 3},
        "promote": {"into": "good"},
    }
    assert wrong(good, **tables) == []
    config = resolve(Preset("good", good.path, {**good.data, **tables}, good.folders))
    assert not {"sweep", "confirm", "promote"} & set(config)
    assert config["contract"]["primary"] == "" and config["contract"]["secondary"] == "reward > 0"
    assert config["contract"]["forecast"] == {}


@pytest.mark.parametrize(
    ("grid", "said"),
    [
        ({"grpo.btea": [1]}, "sweep.grid.grpo.btea: TRL's GRPOConfig has no such field; nearest: beta"),
        ({"grpo.seed": [1, 2]}, "sweep.grid.grpo.seed: seeds are no axis: sweep.seeds, or --seeds N"),
        ({"beta": [1]}, "sweep.grid.beta: unknown field; did you mean grpo.beta?"),
        ({"lr": [1]}, "sweep.grid.lr: unknown field; TRL calls it learning_rate"),
        ({"tsak.n": [1]}, "sweep.grid.tsak.n: unknown field; nearest: task"),
        ({"grpo": [1]}, "sweep.grid.grpo: unknown field"),
        ({"sweep.seeds": [1]}, "sweep.grid.sweep.seeds: [sweep] is about the whole sweep"),
        ({"notify.command": [["rm"]]}, "sweep.grid.notify.command: commands are no axis"),
        ({"extends": ["a"]}, "sweep.grid.extends: a sweep is of one preset"),
        ({"rewards.4.name": ["exact"]}, "sweep.grid.rewards.4.name: rewards.4 does not stand in the preset"),
        ({"grpo.beta": []}, "sweep.grid.grpo.beta: has no values"),
        ({"grpo.beta": [0.1, 0.10]}, "sweep.grid.grpo.beta: the number 0.1 stands there twice"),
        ({"grpo.beta": [1, True]}, "sweep.grid.grpo.beta: expected a number, got true"),
        ({"grpo.beta": [1, "x\ny"]}, 'sweep.grid.grpo.beta: expected a number, got text "x\\ny"'),
        ({"grpo.beta": [{"a": 1}]}, "sweep.grid.grpo.beta: expected a number, got a table"),
        ({"grpo.beta": "3..1 x0"}, "sweep.grid: 3..1 x0: x takes how many values"),
        ({"grpo.beta": list(range(1001))}, "sweep.grid.grpo.beta: has 1001 values"),
        ({"grpo.beta": list(range(50)), "task.n": list(range(30, 60))}, "sweep.grid: 1,500 points"),
        ({f"task.f{n}": [1] for n in range(21)}, "sweep.grid: 21 fields, and a grid has at most 20"),
    ],
)
def test_axes_that_cannot_be(good: Preset, grid: dict[str, Any], said: str) -> None:
    found = sweep(good, grid=grid)
    assert found and found[0].startswith(said), found


def test_the_baseline_is_a_point(good: Preset) -> None:
    grid = {"grpo.beta": [0, 0.1], "grpo.temperature": [0.7, 1.0]}
    assert sweep(good, grid=grid, baseline={"grpo.beta": 0.1}) == []
    axes = {"grpo.beta": (0, 0.1), "grpo.temperature": (0.7, 1.0)}
    point = baseline_of({**good.data, "sweep": {"baseline": {"grpo": {"beta": 0.0}}}}, axes)
    assert point == {"grpo.beta": 0, "grpo.temperature": 1.0}
    assert sweep(good, grid=grid, baseline={"grpo.beta": 0.3}) == [
        "sweep.baseline: has the number 0.3 as grpo.beta: one of the number 0, the number 0.1"
    ]
    assert sweep(good, grid=grid, baseline={"grpo.btea": 0})[0].startswith(
        "sweep.baseline: grpo.btea is no field"
    )
    (said,) = sweep(good, grid={"grpo.beta": [0], "grpo.top_p": [0.5]}, baseline={"grpo.beta": 0})
    assert said == "sweep.baseline: names no grpo.top_p: one of the number 0.5"


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"sweep": {"stop": ["healthy"]}}, 'sweep.stop: text "healthy" ends no run; one of collapsed'),
        ({"sweep": {"metric": "rewrad"}}, "sweep.metric: at 1: no metric rewrad"),
        ({"sweep": {"metric": "reward > 1"}}, "sweep.metric: at 1: a condition"),
        ({"sweep": {"seeds": 0}}, "sweep.seeds: expected at least 1"),
        ({"sweep": {"seeds": 101}}, "sweep.seeds: expected at most 100"),
        ({"sweep": {"random": -1}}, "sweep.random: expected at least 0"),
        ({"sweep": {"grd": {}}}, "sweep.grd: unknown field; nearest: grid"),
        ({"sweep": {"grid": 3}}, "sweep.grid: expected a table"),
        ({"confirm": {"top": 0}}, "confirm.top: expected at least 1"),
        ({"confirm": {"repeat": 1000}}, "confirm.repeat: expected at most 100"),
        ({"promote": {"into": "nowhere"}}, 'promote.into: no preset text "nowhere"'),
        ({"promote": {"into": "../good"}}, "promote.into: no preset"),
        ({"promote": {"into": "x" * 5000}}, "promote.into: no preset"),
        ({"contract": {"primary": "best > 1"}}, "contract.primary: at 1: best is of a sweep"),
        ({"sweep": {}, "contract": {"primary": "best > baseline"}}, "contract: names baseline: say which"),
        (
            {"sweep": {}, "contract": {"primary": "best > kl"}},
            "contract.primary: at 1: best and baseline are of",
        ),
        (
            {"sweep": {}, "contract": {"forecast": {"best": 3}}},
            "contract.forecast.best: expected [low, high]",
        ),
    ],
)
def test_tables_that_cannot_be(good: Preset, tables: dict[str, Any], said: str) -> None:
    found = wrong(good, **tables)
    assert found and found[0].startswith(said), found


def test_what_is_shipped_can_be_promoted_into(good: Preset) -> None:
    assert wrong(good, promote={"into": "demo-happy"}) == []
