"""``python -m grpotui.train RUN_DIR --attempt N``: whatever happens, ``result.json`` tells how it ended."""

from __future__ import annotations

import argparse
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from grpotui.errors import UserError
from grpotui.presets.code import function_files, prepare_imports, require_same
from grpotui.records import RunKind, Status, as_int
from grpotui.stream import read_json, write_json
from grpotui.train import device
from grpotui.train.amended import amended
from grpotui.train.console import complain, say
from grpotui.train.outcome import Outcome, Progress
from grpotui.train.ranks import is_first, world_size
from grpotui.train.rollouts.past import batches_done
from grpotui.train.stopping import StopSignal, StopWhileLoadingError
from grpotui.workspace import RunDir, checkpoint_step


def main(argv: Sequence[str] | None = None) -> int:
    """Train one attempt; return 0 when it finished or was stopped, 1 when it failed."""
    parser = argparse.ArgumentParser(prog="python -m grpotui.train", description="Train one attempt.")
    parser.add_argument("run_dir", type=Path, help="the run's folder, with its run.json")
    parser.add_argument("--attempt", type=int, default=1, help="which start of the run this is, from 1")
    arguments = parser.parse_args(argv)
    run = RunDir(arguments.run_dir.absolute())
    stop = StopSignal(run)
    progress = Progress()
    try:
        stop.install()
        outcome = _train(run, arguments.attempt, stop, progress)
    except StopWhileLoadingError:
        outcome = Outcome(Status.STOPPED, progress.step, stop.reason)
    except BaseException as error:  # SystemExit and KeyboardInterrupt end a run too
        stop.loaded()
        traceback.print_exc()
        outcome = Outcome.failed(error, progress)
        if stop.asked() and not progress.training:  # a library turned our exception into its own
            outcome = Outcome(Status.STOPPED, progress.step, stop.reason)
    stop.loaded()
    _finish(run, arguments.attempt, outcome)
    return outcome.exit_code


def _train(run: RunDir, attempt: int, stop: StopSignal, progress: Progress) -> Outcome:
    asked = read_json(run.run_json)
    if asked is None:
        raise UserError(f"{run.run_json} is missing or no JSON object")
    asked = amended(run, asked)
    if attempt > 1:
        progress.step = _resumed_step(run, asked)
    wanted = str(asked.get("device") or "auto")
    device.prepare_environment(wanted)
    say("loading torch and trl")
    from grpotui.train.session import Experiment, Session

    config, root = asked.get("config"), run.root
    if isinstance(config, dict):
        require_same(asked.get("code"), config, root)
        if function_files(config, root):
            prepare_imports(root, run.path)
    experiment = Experiment.from_run(asked, run)
    say(f"loading model {experiment.model}")
    session = Session(run, attempt, device.resolve(wanted), stop, progress)
    if asked.get("kind") == RunKind.EVAL:
        return session.evaluate(experiment, as_int((asked.get("parent") or {}).get("step")))
    if asked.get("kind") == RunKind.ROLLOUTS:
        from grpotui.train.rollouts.run import generate

        return generate(session, experiment)
    return session.train(experiment)


def _resumed_step(run: RunDir, asked: Mapping[str, Any]) -> int:
    """Return the step of the newest checkpoint, where a further attempt begins; 0 when there is none.

    A run that only generates has no checkpoints: it goes on after its last batch.
    """
    if asked.get("kind") == RunKind.ROLLOUTS:
        return batches_done(run)
    checkpoint = run.last_checkpoint()
    return checkpoint_step(checkpoint.name) if checkpoint else 0


def _finish(run: RunDir, attempt: int, outcome: Outcome) -> None:
    """Write the result: by the first rank, or by the one that fails first."""
    if not is_first() and outcome.status is not Status.FAILED:
        return
    told = read_json(run.result_json) or {}
    if world_size() > 1 and told.get("attempt") == attempt and told.get("status") == Status.FAILED:
        return  # what fails first is the cause: the others lose their connection
    say(f"{outcome.status}: {outcome.reason}")
    try:
        write_json(run.result_json, outcome.to_json(attempt))
    except OSError as error:
        complain(f"cannot write {run.result_json}: {error}")
