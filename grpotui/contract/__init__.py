"""Contracts: what is expected of a run, in a small safe language; marked live, scored at the end.

Pure, standard library only.
"""

from grpotui.contract.doubts import Prospect, doubts
from grpotui.contract.record import Record
from grpotui.contract.scoring import INCONCLUSIVE, MET, NOT_MET, TOO_EARLY, Mark, Tracker, outcome
from grpotui.contract.sweeps import names_of_sweep, parted
from grpotui.contract.syntax import condition, measure
from grpotui.contract.terms import CRITERIA, Contract, check, read
from grpotui.contract.tokens import ContractError

__all__ = [
    "CRITERIA",
    "INCONCLUSIVE",
    "MET",
    "NOT_MET",
    "TOO_EARLY",
    "Contract",
    "ContractError",
    "Mark",
    "Prospect",
    "Record",
    "Tracker",
    "check",
    "condition",
    "doubts",
    "measure",
    "names_of_sweep",
    "outcome",
    "parted",
    "read",
]
