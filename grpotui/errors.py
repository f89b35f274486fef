"""The one error that is shown to people."""


class UserError(Exception):
    """Something the user can mend: one line that says what is wrong and what to do.

    Every verb prints it to stderr and exits with 2; the TUI shows it as a notification.
    """
