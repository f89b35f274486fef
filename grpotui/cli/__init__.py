"""The command line: every verb, each a few lines; the TUI is imported only to open it."""

import os


def main() -> None:
    """Run the command ``grpotui``; files it makes are the user's alone."""
    os.umask(0o077)
    from grpotui.cli.root import cli

    cli(prog_name="grpotui")
