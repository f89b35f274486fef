"""What people say holds no more: ``supersedes: RUN`` in a note of a run, or in the journal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from grpotui.analysis.journal import marks
from grpotui.errors import UserError
from grpotui.records import RunSummary, as_float
from grpotui.registry.queries import Registry

_SUPERSEDES = re.compile(r"(?i)\bsupersedes:\s*([\w.@-]+)")
_WRITTEN = "what you wrote"


def superseding(registry: Registry, runs: Sequence[RunSummary], journal: str) -> dict[str, str]:
    """Return the ids of blocks that hold no more, each with that of the one in its place.

    Where people said the opposite, too, the journal's word counts before that of a note, and the newest note
    before older ones: there is no circle.
    """
    told: dict[str, str] = {}
    for ref, by in (*_in_journal(journal), *_in_notes(registry, runs)):
        found = _meant(registry, ref)
        if found and not _leads(told, by, found):
            told.setdefault(found, by)
    return told


def _leads(told: Mapping[str, str], start: str, end: str) -> bool:
    """True when ``end`` holds in the place of ``start``, or is the same."""
    while start != end and start in told:
        start = told[start]
    return start == end


def _in_journal(journal: str) -> Iterator[tuple[str, str]]:
    """Return what people typed, each reference with the block that it stands in or below.

    Lines of the tool do not count: they repeat notes, also such as were changed since.
    """
    block, wrote = _WRITTEN, frozenset[str]()
    for line in journal.splitlines():
        mark = marks.read_begin(line)
        if mark is not None:
            block, wrote = mark.id if ":" in mark.id else _WRITTEN, frozenset(mark.digests)
        elif marks.read_end(line) is not None:
            wrote = frozenset()
        elif marks.digest(line) not in wrote:
            for ref in _SUPERSEDES.findall(line):
                yield ref, block


def _in_notes(registry: Registry, runs: Sequence[RunSummary]) -> list[tuple[str, str]]:
    """Return the references in notes with the block of their run, the note that was written last first."""
    found = [(run, refs) for run in runs if (refs := _SUPERSEDES.findall(run.note))]
    found.sort(key=lambda item: -_noted_at(registry, item[0]))
    return [(ref, f"run:{run.id}") for run, refs in found for ref in refs]


def _noted_at(registry: Registry, run: RunSummary) -> float:
    times = [as_float(event.get("time")) or 0.0 for event in registry.events(run.id, ["note"])]
    return max(times, default=run.created_at)


def _meant(registry: Registry, ref: str) -> str:
    """Return the block that a reference means; empty when it means none."""
    ref = ref.rstrip(".-")
    for kind, find in (("run", registry.resolve), ("sweep", lambda text: registry.sweep(text).id)):
        try:
            return f"{kind}:{find(ref)}"
        except UserError:
            continue
    return ""
