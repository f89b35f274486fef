"""What one evaluation says: signs of trouble or success. One module for each family of rules."""

from grpotui.health.rules.causes import Cause, Signs
from grpotui.health.rules.facts import Facts
from grpotui.health.rules.judge import judge

__all__ = ["Cause", "Facts", "Signs", "judge"]
