"""Stop, go on with, confirm a sweep; promote its winner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from grpotui import format as fmt
from grpotui.analysis.sweep.records import Study
from grpotui.analysis.sweep.study import study as study_now
from grpotui.analysis.sweep.trace import counted
from grpotui.presets.resolve import confirm_settings
from grpotui.records import RunSummary
from grpotui.registry.opening import opened
from grpotui.tui.actions import Done, nothing
from grpotui.tui.screens.prompt import Confirm

if TYPE_CHECKING:
    from grpotui.tui.app import GrpoTui


def stop(app: GrpoTui, study: Study, done: Done = nothing) -> None:
    """Ask, then cancel what waits and ask what runs to save and end."""
    sweep, counts = study.sweep, study.counts
    live, waiting = counts.running + study.repeats.running, counts.waiting + study.repeats.waiting
    if not live + waiting:
        app.say(f"{sweep.id}: none of its runs runs or waits")
        return

    def answered(yes: bool | None) -> None:
        if not yes:
            return
        from grpotui.launch.sweeps.control import stop_sweep

        def finished(asked: list[str]) -> None:
            app.say(f"{sweep.id}: {counted(len(asked), 'run')} asked to end; r goes on")
            done()

        app.do(lambda: stop_sweep(app.workspace, sweep), finished)

    what = f"{counted(waiting, 'run')} that wait are cancelled; {live} that run finish their step and save."
    app.push_screen(Confirm(f"Stop {sweep.id}?", what), answered)


def resume(app: GrpoTui, study: Study, done: Done = nothing) -> None:
    """Queue what is left out of a sweep."""
    from grpotui.launch.sweeps.control import resume_sweep

    def finished(queued: list[str]) -> None:
        app.say(f"{study.sweep.id}: {counted(len(queued), 'run')} queued")
        done()

    app.do(lambda: resume_sweep(app.workspace, study.sweep), finished)


def confirm(app: GrpoTui, study: Study, marked: Sequence[int] = (), done: Done = nothing) -> None:
    """Ask, then repeat the marked points, or the best ones, with fresh seeds."""
    sweep = study.sweep
    settings = confirm_settings({"confirm": sweep.confirm})
    chosen = sorted(marked) or list(study.ranking.order[: settings.top])
    if not chosen:
        app.say(f"{sweep.id}: no point has a rank yet, so there is nothing to confirm", "warning")
        return
    if not study.over and not marked:
        done_of = f"{study.counts.done} of {study.counts.planned} runs are done"
        app.say(f"{done_of}: wait for the others, or mark points with space to confirm those", "warning")
        return
    if to_come := sum(
        study.point(number).repeats.waiting + study.point(number).repeats.running for number in chosen
    ):
        more = f"'grpotui confirm {sweep.id} --force' adds more"
        app.say(f"{counted(to_come, 'repeat')} wait or run already: wait for them; {more}", "warning")
        return

    def answered(yes: bool | None) -> None:
        if not yes:
            return
        from grpotui.launch.sweeps.control import repeat

        def finished(made: list[str]) -> None:
            app.say(f"{sweep.id}: {counted(len(made), 'repeat')} queued")
            done()

        app.do(lambda: repeat(app.workspace, sweep, chosen, settings.repeat), finished)

    from grpotui.launch.sweeps.pairs import point_name

    lines = [f"point {number}  {point_name(sweep, number)}" for number in chosen]
    runs = len(chosen) * settings.repeat
    took = _seconds(study, chosen)
    time = f", about {fmt.duration(took * settings.repeat)} of one device" if took else ""
    question = f"Repeat {counted(len(chosen), 'point')} {counted(settings.repeat, 'time')} with fresh seeds?"
    app.push_screen(Confirm(question, f"{counted(runs, 'run')}{time}.", lines), answered)


def confirm_runs(app: GrpoTui, runs: Sequence[RunSummary]) -> None:
    """Repeat the points that runs are of, where all are of one sweep."""
    ids, numbers = {run.sweep for run in runs}, {run.point for run in runs if run.point is not None}
    if len(ids) != 1 or "" in ids or not numbers:
        app.say("These runs are not of one sweep: e launches one again with another seed")
        return

    def look() -> Study:
        with opened(app.workspace) as registry:
            return study_now(registry, registry.sweep(ids.pop()))

    app.ask(look, lambda study: confirm(app, study, tuple(numbers)))


def promote(app: GrpoTui, study: Study, number: int | None) -> None:
    """Show what would be written into which preset, and what speaks against it; write it after a yes."""
    from grpotui.analysis import promotion

    def look() -> promotion.Promotion:
        with opened(app.workspace) as registry:
            return promotion.plan(app.workspace, promotion.winner_of(registry, study, number))

    def shown(planned: promotion.Promotion) -> None:
        def answered(yes: bool | None) -> None:
            if yes:
                app.do(
                    lambda: promotion.promote(app.workspace, planned),
                    lambda done: app.say(f"{planned.winner.origin} is written to {done.file}"),
                )

        notes = [f"- {note}" for note in planned.notes]
        lines = [*notes, *([""] if notes else []), *planned.change.diff]
        question = f"Write {planned.winner.origin} into {planned.change.name}?"
        app.push_screen(Confirm(question, str(planned.change.path), lines), answered)

    app.ask(look, shown)


def _seconds(study: Study, numbers: Sequence[int]) -> float:
    """Return how long one run of each of these points took; those that nothing tells of count for nothing."""
    total = 0.0
    for number in numbers:
        runs = [one.run for one in study.point(number).runs]
        took = [r.step_time * r.step for r in runs if r.step_time is not None and r.status.is_ended]
        total += max(took, default=0.0)
    return total
