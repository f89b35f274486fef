"""What made a run: versions, the state of the user's git repository, the command line. No secrets."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import threading
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import grpotui
from grpotui.secrecy import redact

PACKAGES = ("torch", "trl", "transformers", "accelerate", "datasets")
DIFF_LIMIT = 200_000
"""Bytes of a dirty diff that are kept."""
_TIMEOUT = 10


def versions() -> dict[str, str]:
    """Return the versions of Python, grpotui and the libraries that train."""
    found = {"python": platform.python_version(), "grpotui": grpotui.__version__}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            found[package] = "unknown"
    return found


def argv() -> list[str]:
    """Return the command line of this process."""
    return [redact(argument) for argument in [sys.executable, *sys.argv]]


def describe(folder: Path) -> dict[str, Any]:
    """Return all of it as ``attempt-N.json`` holds it; ``folder`` is looked up in git."""
    return {
        "time": time.time(),
        "pid": os.getpid(),
        "argv": argv(),
        "versions": versions(),
        "git": git_state(folder),
    }


def git_state(folder: Path) -> dict[str, Any] | None:
    """Return commit, whether tracked files differ from it, and how (capped); None outside a repository."""
    commit = _git(folder, 200, "rev-parse", "HEAD")
    if not commit:
        return None
    diff = _git(folder, DIFF_LIMIT + 1, "diff", "HEAD", "--no-ext-diff", "--no-textconv", "--no-color") or b""
    text = redact(diff[:DIFF_LIMIT].decode(errors="replace"))
    if len(diff) > DIFF_LIMIT:
        text += "\n[cut]\n"
    return {"commit": commit.decode(errors="replace").strip(), "dirty": bool(diff), "diff": text}


def _git(folder: Path, limit: int, *arguments: str) -> bytes | None:
    """Return at most ``limit`` bytes of git's output; None when there is no git or it refuses."""
    command = ["git", "--no-optional-locks", "-C", str(folder), *arguments]
    try:
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as process:
            assert process.stdout is not None  # noqa: S101 - PIPE was asked for
            watchdog = threading.Timer(_TIMEOUT, process.kill)
            watchdog.start()
            output = process.stdout.read(limit)
            cut = len(output) == limit
            if cut:
                process.kill()
            code = process.wait()
            watchdog.cancel()
    except OSError:
        return None
    return output if cut or code == 0 else None
