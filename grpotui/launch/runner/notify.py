"""Tells the program of ``[notify]`` that a verdict changed: once for each change, and nobody waits for it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grpotui.errors import UserError
from grpotui.launch.journal import asked_of
from grpotui.launch.machine.environment import python, runner_environment, seconds_from
from grpotui.launch.runner.account import Standing
from grpotui.launch.runner.log import log
from grpotui.presets.code import command_files
from grpotui.presets.notify import filled, notify_command
from grpotui.workspace import RunDir

SECONDS = 30.0
"""How long the command may take."""
SECONDS_VARIABLE = "GRPOTUI_NOTIFY_SECONDS"
"""Environment variable that replaces :data:`SECONDS`."""


def notify(run: RunDir, standing: Standing) -> None:
    """Start the run's command, if it has one, with what is said of the run; failures go to ``runner.log``.

    It runs in the workspace's folder, only as it was when the run was launched, which somebody said yes to.
    """
    asked = asked_of(run)
    config = asked.get("config")
    root = run.root
    if not isinstance(config, Mapping) or not notify_command(config):
        return
    if changed := _changed(asked, config, root):
        log(f"notify: {changed} changed since the run was launched: nothing is run")
        return
    values = {
        "run": run.id,
        "verdict": standing.verdict,
        "cause": standing.cause,
        "step": standing.step,
        "message": standing.message,
    }
    seconds = str(seconds_from(SECONDS_VARIABLE, SECONDS))
    command = filled(notify_command(config), values)
    subprocess.Popen(
        python("grpotui.launch.runner.errand", seconds, *command),
        cwd=root,
        env=runner_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def _changed(asked: Mapping[str, Any], config: Mapping[str, Any], root: Path) -> str:
    """Return the first part of the command that is another than at launch; empty when all are the same."""
    code = asked.get("code")
    known = {str(one.get("path")): one.get("sha256") for one in code or () if isinstance(one, Mapping)}
    try:
        files = command_files(config, root)
    except UserError as error:
        return str(error)
    return next((file.shown(root) for file in files if known.get(file.key) != file.sha256), "")
