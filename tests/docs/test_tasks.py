from __future__ import annotations

import re
import tomllib

import pytest

from docs.make_tasks import PAGE, page
from grpotui.tasks import reward_names, task_names, validate_rewards, validate_task
from grpotui.tasks.problems.dataset import DatasetSettings
from grpotui.tasks.settings import read

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_tables_are_what_tasks_and_rewards_declare() -> None:
    assert page(TEXT) == TEXT, "run python docs/make_tasks.py"
    for name in (*task_names(), *reward_names()):
        assert f"| `{name}` |" in TEXT


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL))
def test_the_examples_are_valid(example: str) -> None:
    data = tomllib.loads(example)
    if "rewards" in data:
        validate_rewards(data["rewards"])
    elif data["task"].get("name") == "dataset":
        read(DatasetSettings, "task", "task dataset", data["task"])
    else:
        validate_task({"name": "mixed", "n": 100, **data["task"]})
