"""Blocks of runs that were deleted: they stay as they were written, and say so."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from grpotui.analysis.journal import marks
from grpotui.analysis.journal.merge import Block, written
from grpotui.analysis.report.forms import plain
from grpotui.workspace import Workspace, is_run_id

_LABEL = "**Deleted:** "


def gone(workspace: Workspace, text: str, prefixes: Iterable[str]) -> list[Block]:
    """Return the blocks of a journal whose runs have no folder any more.

    Their ids begin with one of ``prefixes``, and name one run or several with ``+`` between.
    """
    found = []
    for block_id, lines in written(text).items():
        kind, _, ids = block_id.partition(":")
        if f"{kind}:" not in prefixes:
            continue
        deleted = [one for one in ids.split("+") if is_run_id(one) and not workspace.run(one).path.exists()]
        if deleted:
            note = _note(workspace, deleted, len(ids.split("+")))
            found.append(Block(block_id, marks.digest(note), partial(_marked, lines, note)))
    return found


def _note(workspace: Workspace, deleted: list[str], of: int) -> str:
    binned = [one for one in deleted if (workspace.bin / one).exists()]
    told = []
    for some, where in ((binned, "in the bin"), ([one for one in deleted if one not in binned], "gone")):
        if some and of == 1:
            told.append(f"its run is {where}")
        elif some:
            told.append(f"{' and '.join(some)} {'is' if len(some) == 1 else 'are'} {where}")
    return _LABEL + plain("; ".join(told))


def _marked(lines: list[str], note: str) -> list[str]:
    """Return lines with a note below their heading, in place of an earlier one."""
    kept = list(lines)
    for at in [at for at, line in enumerate(kept) if line.startswith(_LABEL)]:
        del kept[at : at + 2]
    head = 2 if kept and kept[0].startswith("#") else 0
    return [*kept[:head], note, "", *kept[head:]]
