"""grpotui: run, watch and judge GRPO experiments from the terminal."""

__version__ = "0.1.0"
