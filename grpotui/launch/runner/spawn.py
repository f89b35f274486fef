"""Starts a run's runner so that it outlives whoever asked for it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from grpotui.launch.machine.environment import python, runner_environment
from grpotui.launch.machine.leases import Lease
from grpotui.launch.runner.ending import last_line
from grpotui.workspace import RunDir, Workspace

_SECONDS = 60.0


class RunnerError(OSError):
    """The runner did not come up; the message is one line."""


def spawn(
    workspace: Workspace,
    run: RunDir,
    attempt: int,
    lock: int,
    *,
    leases: Sequence[Lease] = (),
    adopt: bool = False,
) -> None:
    """Start the runner of one attempt; it inherits ``lock`` and ``leases``, which the caller then closes.

    The leases say which devices the trainer gets; a runner that adopts one has none, its trainer holds them.

    Returns as soon as the runner has everything loaded and has detached. Raises RunnerError.
    """
    argv = python("grpotui.launch.runner", str(run.path), "--attempt", str(attempt), "--lock-fd", str(lock))
    argv += [f"--lease-fd={lease.fd}" for lease in leases]
    argv += ["--adopt"] if adopt else []
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    log = os.open(run.runner_log, flags, 0o600)
    try:
        start = os.fstat(log).st_size
        process = subprocess.Popen(
            argv,
            cwd=workspace.root,
            env=runner_environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            pass_fds=[lock, *(lease.fd for lease in leases)],
        )
        code = process.wait(_SECONDS)
    except subprocess.TimeoutExpired as error:
        process.kill()
        process.wait()
        raise RunnerError("the runner did not come up in time") from error
    finally:
        os.close(log)
    if code:
        raise RunnerError(f"the runner could not start: {last_line(run.runner_log, start) or f'code {code}'}")
