"""Loading and calling users' own functions, without torch."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grpotui.errors import UserError
from grpotui.records import RewardRange
from grpotui.tasks import Reward, build_rewards
from grpotui.train.failure import RewardError
from grpotui.train.own import call, loaded
from grpotui.train.rewards import RewardFunction


def own(folder: Path, source: str, name: str = "f", **more: Any) -> Reward:
    (folder / "mine.py").write_text(source)
    (reward,) = build_rewards([{"name": f"{folder}/mine.py:{name}", **more}])
    return loaded(reward)


def test_the_range_is_the_presets_then_the_functions(tmp_path: Path) -> None:
    source = "def f(**kw): return []\nf.reward_range = (-1, 2.5)\n"
    assert own(tmp_path, source).range == RewardRange(-1, 2.5)
    assert own(tmp_path, source, range=[0, 1]).range == RewardRange(0, 1)
    assert own(tmp_path, "def f(**kw): return []").range is None
    for wrong in ("(1, 0)", "(0, 1, 2)", "'wide'", "(0, float('inf'))"):
        with pytest.raises(UserError, match=r"reward_range is .*, expected two numbers such as"):
            own(tmp_path, f"def f(**kw): return []\nf.reward_range = {wrong}\n")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x = 1\n1 / 0\ndef f(): ...", ["mine.py, line 2: ZeroDivisionError: division by zero"]),
        ("import sys\nsys.exit(3)", ["mine.py, line 2: SystemExit: 3"]),
        ("def f(:", ["mine.py, line 1: invalid syntax"]),
        ("def g(): ...\n\nf = 3", ["there is no function f"]),
        ("def ff(): ...", ["there is no function f", "nearest: ff"]),
    ],
)
def test_what_cannot_be_loaded_is_one_line(tmp_path: Path, source: str, words: list[str]) -> None:
    with pytest.raises(UserError) as caught:
        own(tmp_path, source)
    for word in words:
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_function_of_a_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "judges").mkdir()
    (tmp_path / "judges" / "short.py").write_text("def f(completions, **kw): return [1.0] * len(completions)")
    monkeypatch.syspath_prepend(str(tmp_path))
    (reward,) = build_rewards([{"name": "judges.short:f"}])
    assert RewardFunction(loaded(reward))(["p"], ["c"]) == [1.0]
    (missing,) = build_rewards([{"name": "judges.long:f"}])
    with pytest.raises(UserError, match=r"judges\.long cannot be loaded: .*No module named 'judges\.long'"):
        loaded(missing)
    sys.modules.pop("judges.short")


def test_a_function_gets_what_it_has_names_for() -> None:
    given = {"prompts": ["p"], "completions": ["c"], "answer": ["a"]}
    assert call(lambda completions: completions, **given) == ["c"]
    assert call(lambda **kw: sorted(kw), **given) == ["answer", "completions", "prompts"]
    assert call(lambda answer, other=5: (answer, other), **given) == (["a"], 5)
    assert call(len_of := _Scorer(), **given) == [1.0] and len_of.calls == 1
    with pytest.raises(TypeError, match=r"it wants level, .*task\.columns"):
        call(lambda level, **kw: [], **given)


class _Scorer:
    calls = 0

    def __call__(self, completions: list[str]) -> list[float]:
        self.calls += 1
        return [1.0 for _ in completions]


def function(score: Callable[..., Any], **more: Any) -> RewardFunction:
    (reward,) = build_rewards([{"name": "mine.py:f"}])
    return RewardFunction(replace(reward, call=score, **more))


def test_conversations_come_as_messages() -> None:
    messages = [{"role": "assistant", "content": "4"}]
    digits = function(lambda completions: [c[0]["content"].isdigit() for c in completions])
    assert digits([[]], [messages]) == [1.0]


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (None, "TypeError"),
        ([1.0], "it returned 1 rewards for 2 completions"),
        ([1.0, "x"], "could not convert string to float"),
        ([1.0, float("inf")], "it returned inf"),
        (3.0, "not iterable"),
    ],
)
def test_what_is_no_list_of_rewards_is_said(result: Any, said: str) -> None:
    with pytest.raises(RewardError, match=said):
        function(lambda completions: result)(["p", "p"], ["a", "b"])


def test_none_and_nan_leave_a_completion_out() -> None:
    assert function(lambda completions: [None, float("nan"), 1])(["p"] * 3, ["c"] * 3) == [None, None, 1.0]


def test_a_score_outside_the_declared_range_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    scored = function(lambda completions: [3, 0.5], range=RewardRange(0, 1))
    for _ in range(3):
        assert scored(["p"] * 2, ["c"] * 2) == [3.0, 0.5]
    assert capsys.readouterr().err == "grpotui: reward f gave 3, outside the range that it declares\n"


def test_the_place_is_the_users_line_however_deep(tmp_path: Path) -> None:
    helper = "import json\ndef g(t):\n    return json.loads(t)\n"
    helper += "def f(completions):\n    return [g(t) for t in completions]\n"
    reward = own(tmp_path, helper)
    with pytest.raises(RewardError, match=r"raised JSONDecodeError in mine\.py, line 3, g: Expecting value"):
        RewardFunction(reward)(["p"], ["no json"])


def test_a_reward_scores_its_tasks_only() -> None:
    (exact,) = build_rewards([{"name": "exact", "tasks": ["sums"]}])
    scored = RewardFunction(exact)(
        ["p"] * 3, ["1", "2", "1"], answer=["1"] * 3, task=["sums", "sums", "other"]
    )
    assert scored == [1.0, -1.0, None]


def test_partial_credit_gets_the_prompts() -> None:
    (partial,) = build_rewards([{"name": "partial_credit"}])
    prompts = ["Calculate: 4 * 9 = ", [{"role": "user", "content": "Calculate: 4 * 9 = "}]]
    assert RewardFunction(partial)(prompts, ["13", "13"], answer=["36", "36"]) == [-0.5, -0.5]
