"""The verb that brings the app into a browser."""

from __future__ import annotations

import shlex
import socket
import sys

import click

from grpotui.cli.session import Session
from grpotui.errors import UserError


@click.command()
@click.option("--port", type=click.IntRange(1024, 65535), default=8333, show_default=True)
@click.pass_obj
def serve(session: Session, port: int) -> None:
    """Show the app in a browser on this machine, at an address that only you are told."""
    words = [sys.executable, "-m", "grpotui", "--workspace", str(session.workspace.root)]
    command = shlex.join(words if session.mouse else [*words, "--no-mouse"])
    # textual-serve is heavy: only this verb pays for it.
    from grpotui.cli.web import HOST, PrivateServer

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise UserError(f"port {port}: {error.strerror}: choose another with --port") from error
    PrivateServer(command, port).serve()


VERBS = (serve,)
