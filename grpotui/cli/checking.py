"""The verb check: what will go wrong with a preset, before it does."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from grpotui import format as fmt
from grpotui.cli.control import trusting
from grpotui.cli.options import device_option, json_option, model_option, set_option, trust_preset_option
from grpotui.cli.output import finding_line, print_json
from grpotui.cli.session import Session, workspace_or_none
from grpotui.presets.loader import load
from grpotui.text import clean

if TYPE_CHECKING:
    from grpotui.preflight import Finding, Plan


@click.command("check")
@click.argument("preset")
@set_option
@model_option
@device_option("the preset's")
@click.option("--exact", "tries", is_flag=True, help="Load it all, make two small steps, and measure.")
@trust_preset_option
@json_option
@click.pass_obj
def check_preset(
    session: Session,
    preset: str,
    overrides: tuple[str, ...],
    model: str | None,
    device: str | None,
    tries: bool,
    trust_code: bool,
    as_json: bool,
) -> None:
    """Say what will go wrong with PRESET, and how to mend it; exit code 1 when there are errors."""
    from grpotui.launch.check.checked import wanted
    from grpotui.launch.check.exact import findings, measured, try_out
    from grpotui.launch.check.facts import gather
    from grpotui.launch.request import LaunchRequest
    from grpotui.preflight import check, plan_of

    workspace = workspace_or_none(session)
    asked = wanted(LaunchRequest(load(preset, workspace), overrides, model=model))
    device = device or session.settings.device_for(asked.data)
    facts = gather(asked, workspace, device)
    found: list[Finding] = check(asked, facts)
    report: dict[str, Any] = {}
    readable = not any(finding.rule == "preset" for finding in found)
    if tries and readable:
        click.echo("loading the model and making two small steps …", err=True)
        report = trusting(lambda: try_out(session.workspace, asked, device), trust_code, asks=not as_json)
        facts = measured(facts, report, plan_of(asked, facts.data.rows).pass_tokens)
        found = findings(asked, facts, report)
    plan = plan_of(asked, facts.data.rows) if readable else None
    seconds = report.get("step_seconds", 0.0) * (plan.steps if plan else 0)
    if as_json:
        print_json(document(asked.name, plan, found, report, seconds))
    else:
        _print(found, plan.describe() if plan else "", report, seconds)
    if any(finding.level == "error" for finding in found):
        raise click.exceptions.Exit(1)


def document(
    name: str, plan: Plan | None, found: Sequence[Finding], report: Mapping[str, Any], seconds: float
) -> dict[str, Any]:
    """Return what ``check --json`` prints; ``exact`` is null unless it was asked for."""
    measured = {key: value for key, value in report.items() if key not in ("facts", "probes")}
    return {
        "preset": name,
        "plan": plan.describe() if plan else "",
        "steps": plan.steps if plan else 0,
        "findings": [finding.to_json() for finding in found],
        "exact": {**measured, **report.get("facts", {}), "duration_seconds": seconds} if report else None,
    }


def _print(found: Sequence[Finding], plan: str, report: Mapping[str, Any], seconds: float) -> None:
    for finding in found:
        for line in _lines(finding):
            click.echo(line)
    if plan:
        click.echo(plan)
    for line in _measured(report, seconds) if "pass_rate" in report else ():
        click.echo(line)
    counts = [(name, sum(finding.level == name for finding in found)) for name in ("error", "warning")]
    click.echo(", ".join(f"{count or 'no'} {name}{'' if count == 1 else 's'}" for name, count in counts))


def _lines(finding: Finding) -> Iterator[str]:
    from grpotui.preflight import overrides

    yield finding_line(finding)
    if finding.why:
        yield f"    {clean(finding.why)}"
    for fix in finding.fixes:
        yield "    try " + " ".join(f"--set {shlex.quote(clean(text))}" for text in overrides(fix))
    if finding.experience:
        yield f"    seen: {clean(finding.experience)}"


def _measured(report: Mapping[str, Any], seconds: float) -> Iterator[str]:
    asked = f"{report['completions']} answers to {report['prompts']} prompts"
    if report["pass_rate"] is None:
        right = f"{asked} (no reward declares its range: none can be called right)"
    else:
        low, high = report["pass_rate_interval"]
        right = f"{report['pass_rate']:.0%} [{low:.0%}-{high:.0%}] right of {asked}"
    yield (
        f"before training: {right}, "
        f"mean reward {fmt.number(report['mean_reward'])}, {report['flat_groups']:.0%} of groups flat, "
        f"{report['truncated']:.0%} cut off"
    )
    yield (
        f"on {clean(str(report['device']))}: {report['tokens_per_second']:.0f} tokens/s, at most "
        f"{fmt.number(report['step_seconds'])} s a step, {fmt.duration(seconds)} without evaluation, "
        f"{fmt.size(report['memory'])}"
    )


VERBS = (check_preset,)
