"""Logs of runs, ours or TRL's own, read from files and judged once more."""

from grpotui.analysis.logs.find import find
from grpotui.analysis.logs.log import Log, Report, replay

__all__ = ["Log", "Report", "find", "replay"]
