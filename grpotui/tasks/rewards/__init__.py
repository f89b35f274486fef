"""The rewards that ship with grpotui: each module here has a ``REWARD`` and is found by itself."""
