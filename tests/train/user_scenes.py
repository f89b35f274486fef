"""Scenes with users' own rewards and data, and with a mixed task; played by ``tests.train.scenes``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grpotui.presets.code import code_files
from grpotui.stream import read_json
from tests.train.scenes import Stage, asked

OWN = """
from beside import WORTH

async def slow(completions, **kwargs):
    return [0.5] * len(completions)

def helpful(prompts, completions, answer, level, trainer_state, **kwargs):
    assert len(prompts) == len(completions) == len(answer) == len(kwargs["completion_ids"])
    assert trainer_state.global_step < 2
    return [None if row == 0 else WORTH * ("1" in text) for text, row in zip(completions, level)]

helpful.reward_range = (0, 2)

def narrow(completions, **kwargs):
    return [2.0] * len(completions)

narrow.reward_range = (0, 1)

def strict(completions, wanted):
    return []

def short(completions, **kwargs):
    return [1.0]

def chatty(prompts, completions, **kwargs):
    assert all(prompt[-1]["role"] == "user" for prompt in prompts)
    return [float(len(messages[0]["content"])) for messages in completions]

def broken(completions, **kwargs):
    return [int(text) / 0 for text in ["1"]]
"""
COLUMNS = {"prompt": "question", "answer": "gold"}


def make_files(folder: Path) -> None:
    import datasets

    folder.mkdir()
    (folder / "mine.py").write_text(OWN)
    (folder / "beside.py").write_text("WORTH = 2.0\n")
    (folder / "bad.py").write_text("\n\nimport no_such_module\ndef f(**kwargs): ...\n")
    table = datasets.Dataset.from_list(
        [{"question": f"{i} + 1 = ", "gold": i + 1, "level": i % 2} for i in range(16)]
    )
    table.to_csv(folder / "data.csv")
    table.to_parquet(folder / "data.parquet")
    turns = [[{"role": "user", "content": f"{i} + 1 ="}] for i in range(16)]
    lines = (json.dumps({"prompt": turn, "answer": i + 1}) for i, turn in enumerate(turns))
    (folder / "chat.jsonl").write_text("\n".join(lines))
    splits = {"train": table.select(range(12)), "test": table.select(range(8, 16))}
    datasets.DatasetDict(splits).save_to_disk(folder / "saved")


def users(stage: Stage) -> None:
    folder = stage.root / "own"
    make_files(folder)

    def play(name: str, rewards: Sequence[str], task: Mapping[str, Any]) -> None:
        run_json = asked(stage.model, max_steps=2)
        names = [f"{folder}/{reward}" if ":" in reward else reward for reward in rewards]
        config = {**run_json["config"], "task": task, "rewards": [{"name": reward} for reward in names]}
        code = [file.to_json() for file in code_files(config, stage.root)]
        stage.main(name, {**run_json, "config": config, "code": code})

    def data(place: str, **more: Any) -> dict[str, Any]:
        columns = {**COLUMNS, "level": "level"}
        return {"name": "dataset", "path": str(folder / place), "columns": columns, **more}

    csv = {"weight": 1, "path": str(folder / "data.csv"), "columns": COLUMNS}
    parts = {"arithmetic": 2, "dataset": csv}
    play("mixed", ["exact", "partial_credit"], {"name": "mixed", "n": 16, "parts": parts})
    play("parquet", ["mine.py:helpful", "mine.py:slow"], data("data.parquet"))
    play("saved", ["mine.py:helpful", "mine.py:narrow"], data("saved"))
    play("chat", ["exact", "mine.py:chatty"], data("chat.jsonl", columns={}))
    lines = (folder / "chat.jsonl").read_text().splitlines()
    (folder / "chat.jsonl").write_text("\n".join(lines[:-1]))
    stage.main("chat", read_json(stage.run_dir("chat").run_json) or {}, attempt=2)
    for name in ("strict", "short", "broken"):
        play(name, [f"mine.py:{name}"], data("data.csv"))
    play("unloadable", ["bad.py:f"], data("data.csv"))
    play("no-column", ["exact"], data("data.parquet", columns={"prompt": "query"}))
    play("no-split", ["exact"], data("saved", split="dev"))
    play("no-hub", ["exact"], data("", path="nobody/nothing"))
