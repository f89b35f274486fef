"""Options that several verbs take, each said once."""

from __future__ import annotations

from collections.abc import Callable

import click

from grpotui.errors import UserError
from grpotui.presets.sections import DEVICES

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
set_option = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="KEY=VALUE",
    help="Such as grpo.beta=0.1, or grpo.beta= to take it out; repeat.",
)
model_option = click.option(
    "--model", help="A folder, a hub id, or 'tiny' for the toy that ships with grpotui."
)
trust_preset_option = click.option(
    "--trust-code", is_flag=True, help="Say yes to the preset's Python files, which you have read."
)


def device_option(usual: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return ``--device``; ``usual`` says what holds without it."""
    return click.option("--device", type=click.Choice(DEVICES), help=f"Default: {usual}.")


def form_options(spreadsheet: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return ``--json``, ``--markdown`` and ``--csv`` as ``form``, one of them at most; None without."""

    def add(verb: Callable[..., None]) -> Callable[..., None]:
        helps = {"csv": spreadsheet, "markdown": "For a log book.", "json": "One JSON document on stdout."}
        for name, told in helps.items():
            option = click.option(
                f"--{name}", is_flag=True, expose_value=False, callback=_take_form, help=told
            )
            verb = option(verb)
        return verb

    return add


def _take_form(context: click.Context, option: click.Parameter, wanted: bool) -> None:
    known = context.params.setdefault("form", None)
    if wanted and known:
        raise UserError(f"one form at a time: --{known} or --{option.name}")
    if wanted:
        context.params["form"] = option.name


def changes_options(verb: Callable[..., None]) -> Callable[..., None]:
    """Add the options of a verb that makes a new run."""
    options = (
        set_option,
        click.option("--seed", type=int, help="Sets grpo.seed."),
        click.option("--name", help="Shown instead of the id."),
        click.option("--tag", "tags", multiple=True, help="May be repeated."),
        device_option("that of the other run"),
        click.option("--force", is_flag=True, help="Launch it though the preflight finds errors."),
        click.option("--draft", is_flag=True, help="Only write it down; 'grpotui resume' queues it."),
    )
    for option in reversed(options):
        verb = option(verb)
    return verb


def end_options(verb: Callable[..., None]) -> Callable[..., None]:
    """Add the options that every verb that ends in a run takes."""
    options = (
        click.option("--trust-code", is_flag=True, help="Say yes to the run's Python files."),
        click.option("--wait", "waits", is_flag=True, help="Until it ends; exit code 1 unless it finished."),
        json_option,
    )
    for option in reversed(options):
        verb = option(verb)
    return verb
