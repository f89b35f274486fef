"""What people type for a run."""

from __future__ import annotations

import difflib
import sqlite3

from grpotui.errors import UserError
from grpotui.text import clean

LAST = "@last"
_SHOWN = 5


def resolve(conn: sqlite3.Connection, ref: str) -> str:
    """Return the id that ``ref`` means: an id, a unique prefix, a unique last part, or ``@last``."""
    ids = [row[0] for row in conn.execute("SELECT id FROM runs ORDER BY created_at DESC, id DESC")]
    if ref in ids:
        return ref
    if not ids:
        raise UserError(f"no run {clean(repr(ref), 80)}: there are none yet, 'grpotui launch' starts one")
    if ref == LAST:
        return str(ids[0])
    fits = [i for i in ids if ref and i.startswith(ref)] or [i for i in ids if i.rpartition("-")[2] == ref]
    if len(fits) == 1:
        return str(fits[0])
    shown = clean(repr(ref), 80)
    if fits:
        more = f" and {len(fits) - _SHOWN} more" if len(fits) > _SHOWN else ""
        raise UserError(f"{shown} fits {len(fits)} runs: {', '.join(fits[:_SHOWN])}{more}")
    near = difflib.get_close_matches(ref[:80], ids[:1000], n=_SHOWN, cutoff=0.5)
    which, named = ("nearest", near) if near else ("newest", ids[:_SHOWN])
    raise UserError(f"no run {shown}; the {which}: {', '.join(named)}")
