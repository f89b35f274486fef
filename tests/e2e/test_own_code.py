"""A user's own module through the real trainer: trusted, found, and never taken from a cache."""

from __future__ import annotations

import os
import py_compile
import subprocess
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from grpotui.workspace import Workspace
from tests.harm.canary import CANARY, ENVIRONMENT, leaks, readable_by_others, watched_processes
from tests.support import Cli

PRESET = """
model = "tiny"
[task]
name = "arithmetic"
n = 16
[[rewards]]
name = "lab.judge:good"
[grpo]
num_generations = 4
per_device_train_batch_size = 8
max_steps = 2
save_steps = 1
max_completion_length = 4
"""
JUDGE = """
import os
from lab.helper import worth

with open("imported", "a") as file:
    file.write(f"{os.getpid()}\\n")
print(dict(os.environ))

def good(completions, **kwargs):
    return [worth(text) for text in completions]

good.reward_range = (0, 1)
"""
HELPER = "def worth(text): return float('1' in text)\n"
FORGED = "def worth(text): raise SystemExit('forged')"


def write_lab(root: Path) -> None:
    """Write the module, and beside it a cache that its author never made."""
    lab = root / "lab"
    lab.mkdir()
    (lab / "__init__.py").touch()
    (lab / "judge.py").write_text(JUDGE)
    helper = lab / "helper.py"
    helper.write_text(FORGED.ljust(len(HELPER)))
    when = helper.stat()
    py_compile.compile(str(helper), cfile=cache_from_source(str(helper)), doraise=True)
    helper.write_text(HELPER)
    os.utime(helper, ns=(when.st_atime_ns, when.st_mtime_ns))


def git(root: Path, *arguments: str) -> None:
    who = ["-c", "user.name=me", "-c", "user.email=me@example.org"]
    subprocess.run(["git", "-C", str(root), *who, *arguments], check=True, capture_output=True)


def test_own_code_and_secrets_in_a_real_run(
    workspace: Workspace, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = workspace.root
    write_lab(root)
    (workspace.presets / "own.toml").write_text(PRESET)
    (root / "settings.py").write_text("PORT = 1\n")
    git(root, "init", "-q")
    git(root, "add", "settings.py")
    git(root, "commit", "-qm", "first")
    (root / "settings.py").write_text('API_TOKEN = "canary-in-git"\n')
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    refused = cli("launch", "own")
    assert refused.code == 2 and "lab/__init__.py is new here" in refused.err and "and 2 more" in refused.err
    with watched_processes() as seen:
        done = cli("launch", "own", "--trust-code", "--wait", "--device", "cpu")
    assert done.code == 0, done.err
    assert seen == set()
    run = workspace.run(done.out.strip())
    detail = cli("show", run.id, "--json")
    assert CANARY not in detail.out.lower()
    assert detail.json["status"] == "finished" and detail.json["step"] == 2
    trainer = detail.json["process"]["trainer_pid"]
    assert (root / "imported").read_text().split() == [str(trainer)]
    assert CANARY in run.output_log.read_text()
    assert '+API_TOKEN = \\"<redacted>\\"' in run.attempt_json(1).read_text()
    assert leaks(root, "output.log", "settings.py", ".git") == []
    assert readable_by_others(run.path) == []
    (root / "lab" / "helper.py").write_text("def worth(text): return 1\n")
    assert "lab/helper.py changed since you trusted it" in cli("launch", "own").err
