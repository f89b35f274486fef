from __future__ import annotations

import subprocess
import sys

from grpotui.workspace import Workspace
from tests.support import write_run

HEAVY = (
    "torch",
    "transformers",
    "trl",
    "datasets",
    "pandas",
    "numpy",
    "textual",
    "rich",
    "plotext",
    "sqlite_utils",
)

PROBE = """
import os, sys
sys.argv = ["grpotui", "--workspace", sys.argv[1], *sys.argv[2:]]
from grpotui.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
heavy = [name for name in {heavy!r} if name in sys.modules]
print("heavy:", heavy, file=sys.stderr)
"""


def loaded(workspace: Workspace, *args: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(heavy=HEAVY), str(workspace.root), *args],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stderr.splitlines()[-1]


def test_verbs_import_nothing_heavy(workspace: Workspace) -> None:
    write_run(workspace)
    for args in (
        ("ls", "--json"),
        ("presets",),
        ("check", "demo-collapse"),
        ("doctor",),
        ("sweep", "demo-happy", "--grid", "grpo.beta=0,0.1", "--dry-run"),
        ("sweep", "ls"),
        ("ls", "--reference"),
        ("journal", "--write"),
        ("report",),
        ("init", str(workspace.root / "other")),
    ):
        assert loaded(workspace, *args) == "heavy: []", args
