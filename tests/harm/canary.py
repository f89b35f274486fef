"""Secrets that must not turn up, and where to look for them."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CANARY = "canary"
"""In every one of them."""
ENVIRONMENT = {
    "MY_SERVICE_TOKEN": "plain-words-canary-1",
    "WANDB_API_KEY": "0123456789canary0123456789",
    "HF_TOKEN": "hf_canaryCANARYcanaryCANARY",
    "DATABASE_URL": "postgres://me:canary-5@db.example/runs",
    "SMTP_PASSWORD": "canary-6-short",
}
TYPED = ("hf_canarycanarycanarycanary", "https://me:canary-7@host.example/x")


def leaks(folder: Path, *but: str) -> list[str]:
    """Return the files below a folder that hold a secret, less those of some names."""
    files = [path for path in folder.rglob("*") if path.is_file() and not set(but) & {*path.parts}]
    assert files
    return [str(path) for path in files if CANARY.encode() in path.read_bytes().lower()]


def readable_by_others(folder: Path) -> list[str]:
    """Return what below a folder, itself included, is not its owner's alone."""
    paths = [folder, *folder.rglob("*")]
    return [f"{path} {path.lstat().st_mode:o}" for path in paths if path.lstat().st_mode & 0o077]


@contextmanager
def watched_processes() -> Iterator[set[str]]:
    """Collect the command lines of all processes that hold a secret, for as long as the block lasts."""
    found: set[str] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            for pid in filter(str.isdecimal, os.listdir("/proc")):
                try:
                    line = Path("/proc", pid, "cmdline").read_bytes()
                except OSError:
                    continue
                if CANARY.encode() in line.lower():
                    found.add(line.decode(errors="replace"))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        done.set()
        thread.join()
