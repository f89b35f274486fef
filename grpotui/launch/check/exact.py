"""``check --exact``: the trainer tries a preset for two small steps; what it measures replaces guesses."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from grpotui.errors import UserError
from grpotui.launch import trust
from grpotui.launch.machine import devices, leases
from grpotui.launch.machine.device import CPU, Device
from grpotui.launch.machine.environment import python, runner_environment, trainer_environment
from grpotui.launch.runner.ending import last_line
from grpotui.preflight import Facts, Finding, Peak, Probe, Severity, Tokens, check
from grpotui.presets import Preset, check_model, code_files, launch_settings, resolve
from grpotui.presets.fields import GRPO_FIELDS
from grpotui.records import as_float
from grpotui.stream import read_json, write_json
from grpotui.workspace import RunDir, Workspace

_PREFIX = ".check-"
"""No run's folder begins with a dot, so that nobody takes a trial for one."""
_LEFT_BEHIND = 24 * 3600.0  # seconds


def try_out(workspace: Workspace, preset: Preset, device: str = "auto") -> dict[str, Any]:
    """Return what the trainer found out: its measurements, or ``error``.

    Raises UserError when nothing can be tried: no device, code that nobody trusts, no place to write.
    """
    config = resolve(preset)
    config["model"] = check_model(config["model"], workspace)
    code = code_files(config, workspace.root)
    trust.require(code, workspace.root)
    workspace.require_writable()
    policy = launch_settings(config).device if device == "auto" else device
    with _folder(workspace) as run, _device(policy, run) as chosen:
        asked = {
            "config": config,
            "device": "cuda" if chosen.is_gpu else "cpu",
            "seed": config["grpo"].get("seed"),
            "code": [file.to_json() for file in code],
        }
        write_json(run.run_json, asked)
        environment = trainer_environment(run, [chosen], runner_environment())
        with run.output_log.open("wb") as log:
            ended = subprocess.run(
                python("grpotui.train.exact", str(run.path)),
                env=environment,
                cwd=workspace.root,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        return read_json(run.exact_json) or {"error": _last_words(run, ended.returncode)}


@contextmanager
def _folder(workspace: Workspace) -> Iterator[RunDir]:
    for left in workspace.logs.glob(f"{_PREFIX}*"):
        if time.time() - left.stat().st_mtime > _LEFT_BEHIND:
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=workspace.logs))
    try:
        yield RunDir(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _device(policy: str, run: RunDir) -> Iterator[Device]:
    """Lease a GPU that is free where one may be used; the CPU is shared."""
    gpus = [device for device in devices.detect() if device.is_gpu] if policy != "cpu" else []
    if not gpus and policy == "cuda":
        raise UserError("there is no GPU: --device cpu tries it without")
    if held := leases.acquire(gpus, run) if gpus else []:
        try:
            yield held[0].device
        finally:
            leases.release(held)
        return
    if gpus:
        raise UserError("every GPU is in use: wait for one, or --device cpu tries it without")
    yield CPU


def _last_words(run: RunDir, code: int) -> str:
    said = last_line(run.output_log)
    return f"the trial ended with {code}{f': {said}' if said else ''}"


def measured(facts: Facts, report: Mapping[str, Any], tokens: int) -> Facts:
    """Return the facts with what was measured in place of guesses; ``tokens`` are those of one pass."""
    known = report.get("facts")
    if not isinstance(known, Mapping):
        return facts
    data = replace(
        facts.data,
        rows=known["rows"],
        distinct=known["distinct"],
        longest_prompt=Tokens(known["longest_prompt"], known["longest_prompt"]),
        longest_answer=Tokens(known["longest_answer"], known["longest_answer"]),
        deferred="",
    )
    names = ("parameters", "context", "vocabulary", "layers", "width")
    model = replace(facts.model, absent=False, **{name: known[name] for name in names})
    probes = tuple(Probe(**probe) for probe in report["probes"])
    peak = Peak("check --exact", int(report["memory"]), tokens)
    rate = as_float(report["pass_rate"])
    return replace(facts, data=data, model=model, probes=probes, peaks=(peak,), pass_rate=rate)


def findings(preset: Preset, facts: Facts, report: Mapping[str, Any]) -> list[Finding]:
    """Return what the rules find with what was measured, and what ended the trial."""
    found = check(preset, facts)
    if error := report.get("error"):
        told = Finding("exact", Severity.ERROR, fields_named(str(error)), str(error), "The trainer says so.")
        found = [told, *found]
    return found


def fields_named(message: str) -> tuple[str, ...]:
    """Return our fields that a message of TRL, or of ours, names."""
    words = set(re.findall(r"\w+", message))
    named = tuple(f"grpo.{name}" for name in GRPO_FIELDS if name in words and "_" in name)
    ours = re.findall(r"\b(?:task|rewards|grpo|eval|curriculum)\.[\w.]*\w", message)
    return tuple(dict.fromkeys([*named, *ours]))
