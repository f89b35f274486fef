from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from grpotui.analysis.logs import find, replay
from grpotui.cli.root import cli
from grpotui.errors import UserError
from grpotui.health.monitor import Monitor
from grpotui.health.signals import BEFORE, compute
from grpotui.records import Group
from grpotui.workspace import RunDir
from tests.writing import RunWriter

WORDS = [a + b for a in "bcdfghklmnprst" for b in ("ale", "orn", "ick", "ump", "est", "ard", "ove")]


def text(step: int, group: int, number: int) -> str:
    """Diverse until step 40, then one sentence whatever was asked."""
    if step > 40:
        return "they all went home and had a very good day"
    return " ".join(WORDS[(step * 7 + group * 13 + number * 29 + n * n * 3) % len(WORDS)] for n in range(10))


def reward(step: int, group: int, number: int) -> float:
    return 0.9 if step > 40 else float((step + group * 3 + number * 5) % 4 == 0)


def write_trl(folder: Path, steps: int = 80, texts: bool = True, chat: bool = False) -> None:
    history: list[dict[str, Any]] = []
    for step in range(1, steps + 1):
        rows = [(group, number) for group in range(4) for number in range(4)]
        rewards = [reward(step, *row) for row in rows]
        history.append({"step": step, "epoch": step / 80, "reward": sum(rewards) / 16, "loss": 0.0})
        history[-1] |= {"rewards/good/mean": sum(rewards) / 16, "frac_reward_zero_std": 0.0, "kl": 0.1}
        if texts:
            said = [text(step, *row) for row in rows]
            table = {
                "step": [step] * 16,
                "prompt": [[{"role": "user", "content": f"p{g}"}] if chat else f"p{g}" for g, _ in rows],
                "completion": [[{"role": "assistant", "content": t}] for t in said] if chat else said,
                "good": rewards,
                "length_of_it": [99.0] * 16,
                "advantage": [0.0] * 16,
            }
            (folder / "completions").mkdir(parents=True, exist_ok=True)
            pq.write_table(pa.table(table), folder / "completions" / f"completions_{step:05d}.parquet")
    history.append({"step": steps, "train_runtime": 3.0, "train_loss": 0.0})
    saved = folder / f"checkpoint-{steps}"
    saved.mkdir(parents=True)
    (saved / "trainer_state.json").write_text(json.dumps({"global_step": steps, "log_history": history}))


def told(place: Path, *more: str) -> dict[str, Any]:
    done = CliRunner().invoke(cli, ["health", str(place), "--json", *more])
    assert done.exit_code == 0, done.output
    document: dict[str, Any] = json.loads(done.stdout)
    assert list(document) == ["verdict", "cause", "timeline", "signals"]
    return document


@pytest.mark.parametrize("chat", [False, True])
def test_a_folder_that_trl_wrote(tmp_path: Path, chat: bool) -> None:
    write_trl(tmp_path, chat=chat)
    found = told(tmp_path)
    assert (found["verdict"], found["cause"]) == ("collapsed", "template")
    last = found["timeline"][-1]
    assert list(last) == ["step", "from", "to", "cause", "evidence"]
    assert 40 < last["step"] <= 60
    assert "they all went home and had a very good day" in last["evidence"]
    assert found["signals"]["reward"][0] == [1, 0.25]
    # A numeric column that no metric calls a reward is none.
    assert max(value for _, value in found["signals"]["reward_high"]) == 1.0
    assert found["signals"]["zero_std"][-1] == [80, 1.0]


def test_without_completions_it_says_what_cannot_be_judged(tmp_path: Path) -> None:
    write_trl(tmp_path, texts=False)
    done = CliRunner().invoke(cli, ["health", str(tmp_path)])
    assert done.exit_code == 0
    assert "cannot be judged: templates" in done.stdout
    assert "log_completions=True" in done.stdout
    done = CliRunner().invoke(cli, ["health", str(tmp_path), "--json"])
    assert "cannot be judged: templates" in done.stderr
    assert "template_share" not in json.loads(done.stdout)["signals"]


def write_ours(folder: Path, steps: int = 80) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "metrics.jsonl").open("w") as metrics, (folder / "completions.jsonl").open("w") as texts:
        for step in range(1, steps + 1):
            for group in range(4):
                made = [{"text": text(step, group, n), "reward": reward(step, group, n)} for n in range(4)]
                line = {"step": step, "group": group, "mode": "train", "prompt": f"p{group}"}
                texts.write(json.dumps({**line, "completions": made}) + "\n")
                if step % 10 == 0:
                    texts.write(json.dumps({**line, "mode": "watch", "completions": made}) + "\n")
            metrics.write(json.dumps({"step": step, "reward": 0.5, "time": 1e9 + step}) + "\n")


def test_our_own_format_and_completions_from_elsewhere(tmp_path: Path) -> None:
    write_ours(tmp_path / "run")
    whole = told(tmp_path / "run")
    assert whole["cause"] == "template"
    assert told(tmp_path / "run" / "metrics.jsonl") == whole
    alone = tmp_path / "alone.jsonl"
    alone.write_bytes((tmp_path / "run" / "metrics.jsonl").read_bytes())
    assert told(alone)["verdict"] == "healthy"
    assert told(alone, "--completions", str(tmp_path / "run" / "completions.jsonl")) == whole


def test_metrics_of_ours_with_completions_of_trl(tmp_path: Path) -> None:
    write_ours(tmp_path / "run")
    write_trl(tmp_path / "trl")
    alone = tmp_path / "alone.jsonl"
    alone.write_bytes((tmp_path / "run" / "metrics.jsonl").read_bytes())
    assert told(alone, "--completions", str(tmp_path / "trl" / "completions"))["cause"] == "template"


def test_a_replay_says_what_the_monitor_said_live(tmp_path: Path) -> None:
    write_ours(tmp_path)
    log = find(tmp_path)
    report = replay(log)
    monitor, live = Monitor(log.context), []
    before: list[Group] = []
    groups: dict[int, list[Group]] = {}
    for line in (tmp_path / "completions.jsonl").read_text().splitlines():
        group = Group.from_json(json.loads(line))
        if group.mode == "train":
            groups.setdefault(group.step, []).append(group)
    for line in (tmp_path / "metrics.jsonl").read_text().splitlines():
        metrics = json.loads(line)
        used = groups[metrics["step"]]
        judgement = monitor.step(metrics, compute(metrics["step"], used, None, before))
        before = [*before, *used][-BEFORE:]
        live += [judgement.change] if judgement.change else []
    assert live == report.changes
    assert [change.to_json() for change in live] == [change.to_json() for change in report.changes]


def test_a_resumed_run_counts_what_was_trained_last(tmp_path: Path) -> None:
    writer = RunWriter(RunDir(tmp_path / "run"))
    for first, last in ((1, 30), (21, 60)):
        for step in range(first, last + 1):
            for group in range(4):
                made = [{"text": text(first, group, n), "reward": float(n % 2)} for n in range(4)]
                line = {"step": step, "group": group, "mode": "train", "prompt": f"p{group}"}
                writer.completions.append({**line, "completions": made})
            writer.metrics.append({"step": step, "reward": 0.5 if first == 1 else 0.6})
    found = replay(find(tmp_path / "run"))
    assert [step for step, _ in found.signals["reward"]] == list(range(1, 61))
    assert [value for _, value in found.signals["reward"]] == [0.5] * 20 + [0.6] * 40
    assert [step for step, _ in found.signals["groups"]] == list(range(1, 61))


HOSTILE = [
    b'{"step": 1, "reward": NaN, "grad_norm": Infinity}\n',
    b'{"step": 2, "reward": 1e999}\n{"step": "x", "reward": 1}\n',
    b'{"step": 3, "reward": [1], "frac_reward_zero_std": "yes"}\n',
    b'{"step": 4, "rew\x00\xff\n[1, 2]\nnull\n',
    b'{"step": 99999999999999999999999, "reward": 1}\n{"step": -5, "reward": 1}\n',
    b"{" * 5000 + b"\n",
    b'{"step": 5, "reward": 1' + b"0" * 400 + b"}\n",
]


def test_hostile_lines_do_not_raise(tmp_path: Path) -> None:
    (tmp_path / "metrics.jsonl").write_bytes(b"".join(HOSTILE) * 20)
    (tmp_path / "completions.jsonl").write_bytes(b"".join(HOSTILE) * 5 + b'{"step": 1, "completions": {}}\n')
    told(tmp_path)
    (tmp_path / "metrics.jsonl").write_bytes(b"")
    assert told(tmp_path)["verdict"] == "warming-up"


def test_values_that_are_no_numbers_are_a_collapse(tmp_path: Path) -> None:
    lines = [
        {"step": step, "reward": 0.5, "grad_norm": float("nan") if step > 20 else 1.0} for step in range(40)
    ]
    (tmp_path / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert told(tmp_path)["cause"] == "non-finite"


def test_torn_files_of_trl(tmp_path: Path) -> None:
    write_trl(tmp_path, steps=50)
    for path in sorted((tmp_path / "completions").iterdir())[::3]:
        path.write_bytes(path.read_bytes()[:100])
    (tmp_path / "trainer_state.json").write_text('{"log_history": [{"step": 1, "rew')
    assert told(tmp_path)["signals"]["reward"][-1][0] == 50
    (tmp_path / "checkpoint-50" / "trainer_state.json").write_text("[]")
    done = CliRunner().invoke(cli, ["health", str(tmp_path)])
    assert done.exit_code == 2
    assert "no trainer_state.json with a log_history" in done.stderr


def test_what_is_no_log_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"expected metrics\.jsonl or trainer_state\.json"):
        find(tmp_path)
    for arguments in ([str(tmp_path / "no" / "where")], [str(tmp_path), "--completions", "nowhere.jsonl"]):
        done = CliRunner().invoke(cli, ["health", *arguments])
        assert done.exit_code == 2
        assert len(done.stderr.splitlines()) == 1
