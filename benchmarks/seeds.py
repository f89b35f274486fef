"""What validations over several seeds share: a workspace of their own, and an exit code that tells."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from grpotui.workspace import Workspace


def validate(description: str | None, header: str, one_seed: Callable[[Workspace, int], list[str]]) -> None:
    """Run ``one_seed`` for each of ``--seeds``; exit with 1 when it returned a promise that does not hold.

    ``header`` holds the columns of the table whose rows ``one_seed`` prints.
    """
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    seeds = parser.parse_args().seeds
    print(header)
    print("|---" * (header.count("|") - 1) + "|")
    problems = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["GRPOTUI_RUNTIME_DIR"] = folder
        workspace = Workspace(Path(folder) / "work")
        workspace.create()
        for seed in seeds:
            problems += [f"seed {seed}: {promise}: no" for promise in one_seed(workspace, seed)]
    print("\n".join(problems) or "every promise holds", file=sys.stderr)
    sys.exit(1 if problems else 0)
