"""Several processes that train together, the ranks: how they are started, and who they are."""

from __future__ import annotations

from grpotui.launch.machine.environment import python, trainer_module
from grpotui.launch.machine.identity import Identity, children, environment
from grpotui.presets.sections import LaunchSettings
from grpotui.workspace import RunDir

RANK = b"LOCAL_RANK="
"""Begins the entry of its environment by which a rank is known."""


def is_launched(settings: LaunchSettings) -> bool:
    """True when ``accelerate launch`` starts the trainer."""
    return settings.processes > 1 or bool(settings.accelerate)


def trainer_argv(run: RunDir, attempt: int, settings: LaunchSettings) -> list[str]:
    """Return the command line of a run's trainer, or of the launcher of its ranks.

    Without a configuration of its own that is plain DDP, on CPUs too: there ``--multi_gpu`` starts ranks that
    find each other by gloo, while ``--cpu`` silently starts a single one. Everything is said, so that a
    configuration in the user's home changes nothing. Port 0 is one that is free.
    """
    arguments = [str(run.path), "--attempt", str(attempt)]
    if not is_launched(settings):
        return python(trainer_module(), *arguments)
    how = ["--config_file", settings.accelerate] if settings.accelerate else _DDP
    count = ["--num_processes", str(settings.processes), "--num_machines", "1", "--machine_rank", "0"]
    where = ["--main_process_ip", "127.0.0.1", "--main_process_port", "0"]
    launcher = python("accelerate.commands.launch", *how, *count, *where)
    return [*launcher, "--module", trainer_module(), *arguments]


_DDP = ["--multi_gpu", "--mixed_precision", "no", "--dynamo_backend", "no"]
"""Mixed precision is the trainer's own setting."""


def ranks_of(launcher: Identity) -> list[Identity]:
    """Return the ranks that a launcher has started and that live; none for a trainer that is alone."""
    found = []
    for pid in children(launcher.pid):
        if any(entry.startswith(RANK) for entry in environment(pid) or ()):
            who = Identity.of(pid)
            if who is not None:
                found.append(who)
    return found
