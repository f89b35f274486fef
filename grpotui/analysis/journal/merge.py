"""New text of the tool into a file that people write in: whatever a person typed stays, where it stands.

Pure. Each block is merged by itself, against the digests of what the tool wrote last: lines that a person
added or changed stay between the lines around them, lines that a person took away stay away, and all others
become the new ones. Where both changed the same lines, the person's come first, the tool's below.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from grpotui.analysis.journal import marks

NEW = "# Journal\n\nWrite anywhere: what you type stays, also when grpotui writes this file again.\n"
"""What a file begins with; from then on these are a person's lines."""


@dataclass(frozen=True, slots=True)
class Block:
    """Something that the tool has to say."""

    id: str
    """Without blanks."""
    stamp: str
    """The same as last time: the text is the same too, and ``make`` is not called."""
    make: Callable[[], Sequence[str]]
    """Returns its lines."""
    first: bool = False
    """True for what goes before the others: it is looked for first, and new blocks come behind it."""


@dataclass(slots=True)
class Merged:
    """The new file, and what was done to it."""

    text: str = ""
    new: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    """Blocks in which a person changed something."""
    left_out: list[str] = field(default_factory=list)
    """Blocks that a person has taken out."""


def merge(text: str, blocks: Sequence[Block], again: Container[str] = ()) -> Merged:
    """Return ``text`` with ``blocks``, which are in the order that new ones shall have.

    A block that was written before and is not there any more stays out, unless ``again`` names it.
    """
    found = Merged()
    text = text if text.strip() else NEW
    newline = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
    lines = text.removesuffix("\n").split("\n") if text.endswith("\n") else text.split("\n")
    lines = [line.removesuffix("\r") if newline == "\r\n" else line for line in lines]
    wanted = {block.id: block for block in blocks}
    present = _renew(lines, wanted, found)
    known = _known(lines)
    missing = [block for block in blocks if block.id not in present]
    found.left_out = [block.id for block in missing if block.id in known and block.id not in again]
    fresh = [block for block in missing if block.id not in found.left_out]
    _insert(lines, fresh, blocks)
    found.new = [block.id for block in fresh]
    _remember(lines, [*known, *present, *found.new])
    found.text = newline.join(lines) + newline
    return found


def _renew(lines: list[str], wanted: dict[str, Block], found: Merged) -> list[str]:
    """Bring every block that is there up to date, the last one first, so that places hold; return their ids.

    Of two blocks of one id, as of a copy, the first one is the tool's.
    """
    places: dict[str, int] = {}
    for place, line in enumerate(lines):
        mark = marks.read_begin(line)
        if mark is not None:
            places.setdefault(mark.id, place)
    for block_id, place in sorted(places.items(), key=lambda item: -item[1]):
        mark = marks.read_begin(lines[place])
        block = wanted.get(block_id)
        if mark is None or block is None:
            continue
        stop, after = _extent(lines, place, mark)
        body = lines[place + 1 : stop]
        if [marks.digest(line) for line in body] != list(mark.digests):
            found.edited.append(block_id)
        if mark.stamp == block.stamp and after > stop:
            continue
        made = list(block.make())
        lines[place:after] = [
            marks.begin(block_id, block.stamp, made),
            *weave(mark.digests, body, made),
            marks.end(block_id),
        ]
        found.updated.append(block_id)
    found.edited.reverse()
    found.updated.reverse()
    return list(places)


def written(text: str) -> dict[str, list[str]]:
    """Return the lines of each block that still stand as the tool wrote them, in the file's order.

    Of copies the first one counts.
    """
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    found: dict[str, list[str]] = {}
    for place, line in enumerate(lines):
        mark = marks.read_begin(line)
        if mark is None or mark.id in found:
            continue
        body = lines[place + 1 : _extent(lines, place, mark)[0]]
        digests = [marks.digest(line) for line in body]
        same = SequenceMatcher(None, mark.digests, digests, autojunk=False).get_matching_blocks()
        found[mark.id] = [body[at] for one in same for at in range(one.b, one.b + one.size)]
    return found


def _extent(lines: Sequence[str], place: int, mark: marks.Begin) -> tuple[int, int]:
    """Return where the body of a block stops, and where what follows it begins.

    A block whose end mark is gone goes as far as its last line that is still there.
    """
    limit = len(lines)
    for at in range(place + 1, len(lines)):
        if marks.read_end(lines[at]) == mark.id:
            return at, at + 1
        again = marks.read_begin(lines[at])
        if again is not None and limit == len(lines):
            limit = at
    digests = [marks.digest(line) for line in lines[place + 1 : limit]]
    same = SequenceMatcher(None, mark.digests, digests, autojunk=False).get_matching_blocks()
    stop = place + 1 + max((one.b + one.size for one in same if one.size), default=0)
    return stop, stop


def weave(before: Sequence[str], body: Sequence[str], made: Sequence[str]) -> list[str]:
    """Return the lines ``made`` with what a person did to ``body``.

    ``before`` holds the digests of what was written there.
    """
    typed, gone = _changes(before, [marks.digest(line) for line in body])
    new = [marks.digest(line) for line in made]
    woven: list[str] = []
    placed = -1

    def people(until: int) -> None:
        """Put down what a person typed before line ``until`` of what was written."""
        nonlocal placed
        for at in range(placed + 1, until + 1):
            woven.extend(body[a] for a in typed.get(at, ()))
        placed = max(placed, until)

    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, new, autojunk=False).get_opcodes():
        if tag == "equal":
            for at in range(i1, i2):
                people(at)
                if at not in gone:
                    woven.append(made[j1 + at - i1])
        else:
            people(i2 if i2 > i1 else i1)
            woven.extend(made[j1:j2])
    people(len(before))
    return woven


def _changes(before: Sequence[str], body: Sequence[str]) -> tuple[dict[int, list[int]], set[int]]:
    """Return which lines of a body were typed, and which lines of ``before`` are gone.

    The typed ones stand under the line of ``before`` that they come before.
    """
    typed: dict[int, list[int]] = {}
    gone: set[int] = set()
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, body, autojunk=False).get_opcodes():
        if tag in ("insert", "replace"):
            typed.setdefault(i1, []).extend(range(j1, j2))
        if tag in ("delete", "replace"):
            gone.update(range(i1, i2))
    return typed, gone


def _known(lines: Sequence[str]) -> list[str]:
    found = (marks.read_wrote(line) for line in lines)
    return list(dict.fromkeys(one for ids in found if ids is not None for one in ids))


def _remember(lines: list[str], ids: Sequence[str]) -> None:
    """Write every id into the line that remembers them, which stays where it is, or comes last."""
    places = [place for place, line in enumerate(lines) if marks.read_wrote(line) is not None]
    text = marks.wrote(list(dict.fromkeys(ids)))
    for place in places[:0:-1]:
        del lines[place]
    if places:
        lines[places[0]] = text
    else:
        lines += ["", text]


def _insert(lines: list[str], fresh: Sequence[Block], blocks: Sequence[Block]) -> None:
    """Put new blocks where the newest stand: behind the first block, else before the topmost, else last."""
    heads = [block for block in fresh if block.first]
    others = [block for block in fresh if not block.first]
    leading = {block.id for block in blocks if block.first}
    if heads:
        at = min((p for p, line in enumerate(lines) if marks.read_begin(line)), default=_bottom(lines))
        _put(lines, at, heads)
    if others:
        _put(lines, _place(lines, leading), others)


def _place(lines: Sequence[str], leading: set[str]) -> int:
    entries = [p for p, line in enumerate(lines) if (m := marks.read_begin(line)) and m.id not in leading]
    ends = [p + 1 for p, line in enumerate(lines) if marks.read_end(line) in leading]
    top = min(entries, default=None)
    behind = [p for p in ends if top is None or p <= top]
    return max(behind) if behind else _bottom(lines) if top is None else top


def _bottom(lines: Sequence[str]) -> int:
    """Return the place behind all text, before the line that remembers."""
    last = [p for p, line in enumerate(lines) if marks.read_wrote(line) is not None]
    return last[0] if last else len(lines)


def _put(lines: list[str], at: int, fresh: Sequence[Block]) -> None:
    text: list[str] = []
    for block in fresh:
        made = list(block.make())
        text += ["", marks.begin(block.id, block.stamp, made), *made, marks.end(block.id)]
    if at == 0 or not lines[at - 1].strip():
        del text[0]
    if at < len(lines) and lines[at].strip():
        text.append("")
    lines[at:at] = text
