"""The tasks that ship with grpotui: each module here has a ``TASK`` and is found by itself."""
