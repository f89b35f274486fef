"""Verbs around a workspace: init, demo, presets, rebuild, doctor."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grpotui import format as fmt
from grpotui.cli.control import wait_and_report
from grpotui.cli.options import json_option
from grpotui.cli.output import print_json, print_table
from grpotui.cli.session import Session, open_app, workspace_or_none
from grpotui.presets.copying import copy_preset
from grpotui.presets.loader import available, load, preset_text
from grpotui.records import Status, keys
from grpotui.secrecy import redact
from grpotui.text import clean, clean_lines
from grpotui.workspace import Workspace

DEMO_TAG = "demo"


@click.command("init")
@click.argument("directory", type=click.Path(path_type=Path), default=".")
def init_workspace(directory: Path) -> None:
    """Make a workspace: presets/ and logs/ (and runs.db at the first run)."""
    workspace = Workspace(directory.absolute())
    known = workspace.exists()
    workspace.create()
    workspace.require_writable()
    click.echo(clean(f"{workspace.root} {'was a workspace already' if known else 'is a workspace now'}"))


@click.command("demo")
@click.argument("preset", default="demo-collapse")
@click.pass_obj
def run_demo(session: Session, preset: str) -> None:
    """Launch a demo run on the toy model and open the app on it.

    Without a terminal: progress lines and a summary table instead.
    """
    from grpotui.launch.request import LaunchRequest
    from grpotui.launch.submit import launch

    if session.folder is not None:
        Workspace(session.folder.absolute()).create()
    live = [r for r in session.registry.live() + session.registry.queued() if r.preset == preset]
    if live:
        run_id = live[0].id
    else:
        request = LaunchRequest(preset=load(preset, session.workspace), tags=(DEMO_TAG,), device="cpu")
        run_id = launch(session.workspace, request)
    if sys.stdin.isatty() and sys.stdout.isatty():
        open_app(session, run_id)
        return
    _headless_demo(session, run_id)


def _headless_demo(session: Session, run_id: str) -> None:
    run = wait_and_report(session, run_id, every=10)
    registry = session.registry
    points = registry.series(run_id, [keys.REWARD, keys.ZERO_STD, keys.JACCARD_CROSS])
    rows = []
    for key, values in points.items():
        known = [value for _, value in values if value is not None]
        if known:
            rows.append([key, *map(fmt.number, (known[0], known[-1], min(known), max(known)))])
    click.echo()
    print_table(["metric", "first", "last", "min", "max"], rows)
    click.echo()
    flags = registry.flags(run_id)
    print_table(
        ["step", "flag", "level", "message"], [[str(f.step), f.kind, f.level, f.message] for f in flags]
    )
    click.echo()
    print_table(
        ["run", "status", "step", "verdict", "reward"],
        [
            [
                run.id,
                run.status,
                str(run.step),
                run.verdict or "-",
                "-" if run.reward is None else fmt.number(run.reward),
            ]
        ],
    )
    if run.status is not Status.FINISHED:
        raise click.exceptions.Exit(1)


@click.command("presets")
@click.option("--show", "name", help="Print this preset's file.")
@json_option
@click.pass_obj
def list_presets(session: Session, name: str | None, as_json: bool) -> None:
    """List the presets that can be launched."""
    workspace = workspace_or_none(session)
    if name is not None:
        text = redact(preset_text(name, workspace))
        if as_json:
            print_json({"name": name, "text": text})
        else:
            click.echo("\n".join(clean_lines(text.removesuffix("\n"), len(text))))
        return
    found = available(workspace)
    if as_json:
        print_json(
            [
                {
                    "name": p.name,
                    "summary": p.summary,
                    "path": str(p.path),
                    "shipped": p.shipped,
                    "error": p.error,
                }
                for p in found
            ]
        )
        return
    print_table(["preset", "summary"], [[p.name, f"▲ {p.error}" if p.error else p.summary] for p in found])


@click.command("new")
@click.argument("preset")
@click.argument("name")
@click.pass_obj
def new_preset(session: Session, preset: str, name: str) -> None:
    """Copy PRESET to presets/NAME.toml in the workspace, to be edited."""
    click.echo(copy_preset(preset, name, session.workspace))


@click.command("rebuild")
@click.pass_obj
def rebuild_registry(session: Session) -> None:
    """Make runs.db anew from the files in logs/."""
    from grpotui.registry import rebuild

    report = rebuild(session.workspace)
    click.echo(
        f"{report.runs} runs, {report.points} points, {report.groups} groups, {report.events} events"
        + (f", {report.bad_lines} unreadable lines skipped" if report.bad_lines else "")
    )


@click.command("doctor")
@json_option
@click.pass_obj
def run_doctor(session: Session, as_json: bool) -> None:
    """Check what runs need here, and say how to mend it; exit code 1 when something is wrong."""
    from grpotui.launch.check.doctor import examine

    findings = examine(workspace_or_none(session))
    if as_json:
        print_json([{"check": f.check, "level": f.level, "message": f.message} for f in findings])
    else:
        print_table(["", "check", "finding"], [[f.sign, f.check, f.message] for f in findings])
    if any(f.level == "bad" for f in findings):
        raise click.exceptions.Exit(1)


VERBS = (init_workspace, run_demo, list_presets, new_preset, rebuild_registry, run_doctor)
