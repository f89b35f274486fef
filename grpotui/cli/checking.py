"""The verb check: what will go wrong with a preset, before it does."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from grpotui.cli.output import print_json
from grpotui.cli.session import Session, workspace_or_none
from grpotui.presets.loader import load
from grpotui.text import clean

if TYPE_CHECKING:
    from grpotui.preflight import Finding

_SIGNS = {"error": "✖", "warning": "▲", "info": "·"}


def finding_line(finding: Finding) -> str:
    """Return a finding as one line."""
    return clean(f"{_SIGNS[finding.level]} {finding.rule}: {finding.message}")


def _lines(finding: Finding) -> Iterator[str]:
    from grpotui.preflight import overrides

    yield finding_line(finding)
    if finding.why:
        yield f"    {clean(finding.why)}"
    for fix in finding.fixes:
        yield "    try " + " ".join(f"--set {shlex.quote(clean(text))}" for text in overrides(fix))
    if finding.experience:
        yield f"    seen: {clean(finding.experience)}"


@click.command("check")
@click.argument("preset")
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Such as grpo.beta=0.1; repeat.")
@click.option("--model", help="A folder, a hub id, or 'tiny' for the toy that ships with grpotui.")
@click.option("--device", type=click.Choice(("auto", "cpu", "cuda")), help="Default: the preset's.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
@click.pass_obj
def check_preset(
    session: Session,
    preset: str,
    overrides: tuple[str, ...],
    model: str | None,
    device: str | None,
    as_json: bool,
) -> None:
    """Say what will go wrong with PRESET, and how to mend it; exit code 1 when there are errors."""
    from grpotui.launch.facts import gather
    from grpotui.launch.submit import LaunchRequest, wanted
    from grpotui.preflight import check, plan_of

    workspace = workspace_or_none(session)
    asked = wanted(LaunchRequest(load(preset, workspace), overrides, model=model))
    facts = gather(asked, workspace, device or session.settings.device_for(asked.data))
    found = check(asked, facts)
    readable = not any(finding.rule == "preset" for finding in found)
    plan = plan_of(asked, facts.data.rows).describe() if readable else ""
    if as_json:
        print_json({"preset": asked.name, "plan": plan, "findings": [finding.to_json() for finding in found]})
    else:
        _print(found, plan)
    if any(finding.level == "error" for finding in found):
        raise click.exceptions.Exit(1)


def _print(found: Sequence[Finding], plan: str) -> None:
    for finding in found:
        for line in _lines(finding):
            click.echo(line)
    if plan:
        click.echo(plan)
    counts = [(name, sum(finding.level == name for finding in found)) for name in ("error", "warning")]
    click.echo(", ".join(f"{count or 'no'} {name}{'' if count == 1 else 's'}" for name, count in counts))


VERBS = (check_preset,)
