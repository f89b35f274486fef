"""What people type for a run or a sweep."""

from __future__ import annotations

import difflib
import sqlite3
from collections.abc import Sequence

from grpotui.errors import UserError
from grpotui.records.sweeps import Sweep
from grpotui.text import clean

LAST = "@last"
_SHOWN = 5


def resolve(conn: sqlite3.Connection, ref: str) -> str:
    """Return the id that ``ref`` means: an id, a unique prefix, a unique last part, or ``@last``."""
    ids = [row[0] for row in conn.execute("SELECT id FROM runs ORDER BY created_at DESC, id DESC")]
    return _pick(ids, ref, "run", "'grpotui launch' starts one")


def named(ref: str, sweeps: Sequence[Sweep]) -> Sweep:
    """Return the one of ``sweeps``, oldest first, that ``ref`` means. Raises UserError."""
    by_id = {sweep.id: sweep for sweep in reversed(sweeps)}
    return by_id[_pick(list(by_id), ref, "sweep", "'grpotui sweep PRESET --grid FIELD=A,B' starts one")]


def _pick(ids: Sequence[str], ref: str, what: str, how: str) -> str:
    """Return the one of ``ids``, newest first, that ``ref`` means. Raises UserError that names candidates."""
    if ref in ids:
        return ref
    if not ids:
        raise UserError(f"no {what} {clean(repr(ref), 80)}: there are none yet, {how}")
    if ref == LAST:
        return ids[0]
    fits = [i for i in ids if ref and i.startswith(ref)] or [i for i in ids if i.rpartition("-")[2] == ref]
    if len(fits) == 1:
        return fits[0]
    shown = clean(repr(ref), 80)
    if fits:
        more = f" and {len(fits) - _SHOWN} more" if len(fits) > _SHOWN else ""
        raise UserError(f"{shown} fits {len(fits)} {what}s: {', '.join(fits[:_SHOWN])}{more}")
    near = difflib.get_close_matches(ref[:80], ids[:1000], n=_SHOWN, cutoff=0.5)
    which, others = ("nearest", near) if near else ("newest", ids[:_SHOWN])
    raise UserError(f"no {what} {shown}; the {which}: {', '.join(others)}")
