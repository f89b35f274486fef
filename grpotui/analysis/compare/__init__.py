"""Two to four runs beside each other: what differs, what came of it, and what may be concluded."""

from grpotui.analysis.compare.comparison import Comparison, compare
from grpotui.analysis.compare.subject import MOST_RUNS, Subject, load

__all__ = ["MOST_RUNS", "Comparison", "Subject", "compare", "load"]
