"""A workspace in which every text that can be hostile is, under a path that is."""

from __future__ import annotations

import json
from pathlib import Path

from grpotui.records import RunKind
from grpotui.records.sweeps import Place, Sweep
from grpotui.registry import connect, sync
from grpotui.registry.sweeps import write_sweep
from grpotui.stream import LineWriter, write_json
from grpotui.workspace import RunDir, Workspace
from tests.hostile import ESCAPES, FILE_NAMES, LINES, TEXTS
from tests.tui.factory import RunMaker, sample
from tests.tui.runs_factory import PRESET, RunFiles, write
from tests.writing import RunWriter

FULL = "whole-zzzz"
"""The run that has everything; its name begins with ``whole``."""
DATA = """
model = "tiny"
[task]
{task}
[[rewards]]
name = {reward}
[grpo]
num_generations = 4
per_device_train_batch_size = 8
"""
PLACE = "work\x1b]0;owned\x07 $(touch x) [bold]\u202e"


def hostile_workspace(folder: Path) -> Workspace:
    """Make the workspace below ``folder``."""
    workspace = Workspace(folder / PLACE)
    workspace.create()
    for place, text in enumerate(TEXTS):
        write(workspace, _files(f"run-{place:02}", text))
    write(workspace, RunFiles("waits-aaaa", "queued", name=f"waits {ESCAPES}", age=30))
    whole(workspace)
    sweep(workspace)
    presets(workspace)
    for name in FILE_NAMES:
        (workspace.logs / name).mkdir(exist_ok=True)
        write_json(workspace.logs / name / "run.json", {"created_at": 1.0, "name": name})
    connection = connect(workspace)
    sync(connection, workspace)
    connection.close()
    return workspace


def _files(run_id: str, text: str) -> RunFiles:
    return RunFiles(
        run_id,
        "failed",
        verdict="collapsed",
        name=text,
        tags=[text],
        note=text,
        reason=text,
        cause=text,
        flag=text,
        preset=text,
        overrides=[f"grpo.run_name={text}", text],
    )


def whole(workspace: Workspace) -> RunDir:
    """Write a run with hostile prompts, completions, metrics, config values, flags, log and checkpoints."""
    long = "".join(TEXTS)
    bad = long.replace("\ud800", "").replace("\udfff", "")
    config = {"summary": bad, "grpo": {"run_name": bad, bad[:80]: bad, "max_steps": 3}}
    maker = RunMaker(workspace, FULL, name=f"whole {long}", preset=bad, tags=list(TEXTS), max_steps=3)
    asked = json.loads(maker.run.run_json.read_text())
    write_json(maker.run.run_json, {**asked, "config": {**config, "task": {"name": bad}, bad: [bad]}})
    maker.start()
    attempt = json.loads(maker.run.attempt_json(1).read_text())
    write_json(maker.run.attempt_json(1), {**attempt, "config": config, "device": bad, "model": bad})
    for _ in range(3):
        for group, text in enumerate(TEXTS):
            again = [sample(text), sample(text[::-1], 1.0, parsed=text, rewards={bad[:60]: 1.0})]
            maker.group(group, again, prompt=text, answer=text)
        maker.log_step(reward=0.5, **{text[:100].encode(errors="ignore").decode(): 0.5 for text in TEXTS})
    maker.flag(1, "bad", bad, signal=bad)
    maker.verdict(1, "collapsed", bad, cause=bad)
    maker.note(bad)
    LineWriter(maker.run.events).append({"time": 1.0, "type": bad, "text": bad, "status": bad})
    with maker.run.output_log.open("wb") as log:
        log.write(b"x" * 2**20 + b"\n")
        log.write(
            b"\n".join(text.encode("utf-8", "surrogatepass") for text in TEXTS) + b"\n\xff\xfe\x9b7;7H\n"
        )
    with maker.run.metrics.open("ab") as stream:
        stream.writelines(line + b"\n" for line in LINES if len(line) < 2**20)
    for name in (
        "checkpoint-1",
        "checkpoint-2",
        "checkpoint-\x1b[31mred",
        "checkpoint-../../x".replace("/", ""),
    ):
        (maker.run.checkpoints / name).mkdir(parents=True)
        (maker.run.checkpoints / name / "trainer_state.json").write_text("{}")
    (maker.run.checkpoints / "checkpoint-9").symlink_to("/etc/passwd")
    return maker.end("failed", bad).run


def sweep(workspace: Workspace) -> None:
    """Write a sweep whose id, preset, axes, values and contract are hostile, with a run at some points."""
    texts = [text.replace("\ud800", "").replace("\udfff", "") for text in TEXTS]
    field = "".join(texts)
    axes = {field[:150]: tuple(texts), "grpo.beta": (0.0, 0.1), "grpo.run_name": tuple(texts[:3])}
    points = tuple({field[:150]: text, "grpo.beta": 0.1, "grpo.run_name": texts[1]} for text in texts)
    contract = {"hypothesis": field, "primary": f"best > {ESCAPES}"}
    told = Sweep(
        f"swept {field[:60]}", field, RunKind.ROLLOUTS, 1.0, axes, points, metric=ESCAPES, contract=contract
    )
    write_sweep(workspace, told)
    for number, text in enumerate(texts[:4], 1):
        writer = RunWriter(workspace.run(f"swept-{number}"))
        place = Place(told.id, number, points[number - 1]).to_json()
        writer.asked(name=text, kind="rollouts", sweep=place, preset=text)
        writer.attempt(max_steps=1)
        for group, prompt in enumerate(texts):
            writer.group(group, [sample(text, group / 20), sample(text, 0.5)], prompt, step=1, mode="rollout")
        writer.log_step(**{"rollouts/reward": 0.5})
        writer.ended("failed", text, at=2.0)
        writer.close()


def presets(workspace: Workspace) -> None:
    """Write presets with hostile names, values, keys and none that can be read."""
    for place, text in enumerate(TEXTS):
        quoted = "".join(f"\\U{ord(char):08x}" for char in text if not "\ud800" <= char <= "\udfff")
        body = PRESET.replace("Toy learns + and - on 0-20", quoted).replace('"toy"', f'"{quoted}"')
        if place % 3 == 1:
            body = body.replace("[grpo]", f'[grpo]\n"{quoted}" = "{quoted}"')
        if place % 3 == 2:
            body = body.replace('name = "exact"', f'name = "{quoted}"').replace('"tiny"', f'"{quoted}"')
        (workspace.presets / f"p{place:02}.toml").write_text(body)
    for name in FILE_NAMES:
        (workspace.presets / f"{name}.toml").write_text(PRESET)
    data = workspace.root / f"{FILE_NAMES[0][:30]}.jsonl"
    rows = [{"prompt": text * 3, "answer": text, text[:50]: text} for text in TEXTS]
    data.write_text("".join(json.dumps(row) + "\n" for row in rows))
    own = workspace.root / "mine\x1b[31mred.py"
    own.write_text("def good(**kwargs): ...\n")
    path = json.dumps(str(data))
    columns = 'columns = { wanted = "answer", "\\u001b[31mred" = "prompt" }'
    dataset = f'name = "dataset"\npath = {path}\n{columns}'
    (workspace.presets / "data.toml").write_text(DATA.format(task=dataset, reward=json.dumps(f"{own}:good")))
    dataset = f'name = "dataset"\npath = {path}'
    (workspace.presets / "data2.toml").write_text(DATA.format(task=dataset, reward='"exact"'))
    (workspace.presets / "broken.toml").write_bytes(b"model = \x1b[31mred \x9b7;7H\n")
    (workspace.presets / "broken2.toml").write_text(f'extends = "{"".join(map(repr, FILE_NAMES[0]))}"\n')
