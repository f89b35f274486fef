"""Packages of others that grpotui is compared with, in a virtual environment of their own (.venv-bench)."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.table import ROOT

FOLDER = ROOT / ".venv-bench"
PYTHON = FOLDER / "bin" / "python"


def install(package: str) -> str:
    """Install a package if it is not there; return its version, or nothing when it cannot be had."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", FOLDER], check=True)
    ask = f"from importlib.metadata import version; print(version({package!r}))"
    for attempt in range(2):
        found = subprocess.run([PYTHON, "-c", ask], capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.strip()
        if not attempt:
            print(f"installing {package} into {FOLDER.name} ...", file=sys.stderr)
            subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", package], capture_output=True)
    return ""


def missing(package: str) -> str:
    """Return the line for a package that cannot be had."""
    return f"{package} does not install here: `{FOLDER.name}/bin/pip install {package}` says why"
