from __future__ import annotations

import json

from click.testing import CliRunner

from grpotui.cli.root import cli
from grpotui.workspace import Workspace
from tests.writing import RunWriter


def test_a_run_is_judged_by_its_id_and_likened_to_others(workspace: Workspace) -> None:
    writer = RunWriter(workspace.new_run("cold"))
    writer.asked(config={"model": "tiny", "rewards": [{"name": "exact"}], "grpo": {"temperature": 0.05}})
    for step in range(1, 50):
        for group in range(4):
            made = [{"text": f"it is {step} {group}", "reward": float((step + group) % 3 == 0)}] * 4
            line = {"step": step, "group": group, "mode": "train", "prompt": f"p {step} {group}"}
            writer.completions.append({**line, "completions": made})
        writer.metrics.append({"step": step, "reward": 0.33, "time": writer.born + step})
    run = writer.close()
    arguments = ["--workspace", str(workspace.root), "health", run.id]
    done = CliRunner().invoke(cli, [*arguments, "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["verdict"], found["cause"]) == ("no-signal", "low-temperature")
    done = CliRunner().invoke(cli, arguments)
    assert done.stdout.startswith("no-signal (low-temperature) after 49 logged steps")
    assert "Next: grpo.temperature=1.0." in done.stdout
    assert "like (unnamed) low-temp trap" in done.stdout


def test_a_name_that_means_nothing_is_said_in_one_line(workspace: Workspace) -> None:
    done = CliRunner().invoke(cli, ["--workspace", str(workspace.root), "health", "nosuch"])
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 1
