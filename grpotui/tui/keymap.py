"""Every key of the app in one place, for bindings, the line of keys, help and command palette.

Letters and arrows only: no key needs ctrl, alt or a function key, which terminals and tmux take away.
An id is stable, so that a settings file can give an action another key.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence

from textual.binding import Binding
from textual.keys import Keys, format_key, key_to_character

from grpotui.errors import UserError
from grpotui.text import clean
from grpotui.tui.compare.keys import COMPARE
from grpotui.tui.key import Key, Section, named
from grpotui.tui.sweeps.keys import SWEEP, SWEEPS

__all__ = ["COMPARE", "SWEEP", "SWEEPS", "Key", "Section", "bindings", "check", "key_line", "named"]

_KNOWN = frozenset(str(key.value) for key in Keys)
_KEY = re.compile(r"[A-Za-z0-9_]+(\+[A-Za-z0-9_]+)*")


EVERYWHERE = Section(
    "Everywhere",
    (
        Key("app.help", "question_mark", "help", "help", "This page", "?"),
        Key("app.resources", "g", "resources", "", "Devices, disk and checkpoints"),
        Key("app.commands", "ctrl+p", "command_palette", "", "All commands of the screen, by search"),
        Key("app.back", "q,escape", "back", "back", "Back; at the top: leave, runs continue", "q esc"),
    ),
)

RUNS = Section(
    "Runs",
    (
        Key("runs.open", "enter", "open", "open", "Open the selected run"),
        Key("runs.new", "n", "new", "new", "New run from a preset"),
        Key(
            "runs.attention",
            "exclamation_mark",
            "attention",
            "next",
            "Next that needs attention or is new since the last look",
            "!",
        ),
        Key(
            "runs.find",
            "slash",
            "find",
            "find",
            "Filter: words, status:failed, verdict:coll, tag:a, reward>=0.5, grpo.beta=0.1; esc shows all",
            "/",
        ),
        Key("runs.clone", "e", "clone", "clone", "Clone and edit: the run's preset and changes in Launch"),
        Key("runs.extend", "X", "extend", "", "Extend: go on past its planned end by so many steps"),
        Key("runs.fork", "F", "fork", "", "Fork: a new run from a checkpoint's weights, edited in Launch"),
        Key("runs.evaluate", "E", "evaluate", "", "Evaluate a checkpoint on held-out prompts, as a run"),
        Key("runs.stop", "s", "stop", "stop", "Stop: finishes its step and saves; once more kills"),
        Key("runs.later", "J", "turn(1)", "", "The queued run one place down in the queue"),
        Key("runs.sooner", "K", "turn(-1)", "", "The queued run one place up; it takes that one's priority"),
        Key("runs.hold", "h", "hold", "", "Hold the queued run: it does not start until h again"),
        Key("runs.resume", "r", "resume", "resume", "Resume from the last checkpoint, as the next attempt"),
        Key(
            "runs.resume_lost",
            "R",
            "resume_lost",
            "",
            "Resume all lost runs that have a checkpoint; asks first",
        ),
        Key("runs.start", "L", "start", "", "Launch the draft that was written down in Launch"),
        Key("runs.note", "m", "note", "note", "Write one line of note to the run"),
        Key("runs.tag", "t", "tag", "tag", "Tags: +word or word adds, -word takes away"),
        Key("runs.judge", "v", "judge", "verdict", "Your own verdict: good, degenerate, unsure, none"),
        Key("runs.copy", "y", "copy", "copy", "Copy the run's id (OSC 52)"),
        Key(
            "runs.compare",
            "c",
            "compare",
            "compare",
            "Compare 2 to 4 marked runs, or one with the baseline",
        ),
        Key("runs.sweeps", "S", "sweeps", "sweeps", "Sweeps and probes"),
        Key("runs.mark", "space", "mark", "mark", "Mark the run, or unmark it"),
        Key("runs.pin", "b", "pin", "baseline", "Pin as the baseline to compare with, or unpin"),
        Key("runs.delete", "D", "delete", "bin", "Move the ended run to the bin (logs/.bin); asks first"),
    ),
)

PANES = ("reward", "flat", "vitals", "groups", "text", "flags")
"""The panes of a run, which ``1`` to ``6`` show alone."""

RUN = Section(
    "Run",
    (
        Key("run.step_back", "left_square_bracket", "step(-1)", "step", "One logged step back", "["),
        Key("run.step_forward", "right_square_bracket", "step(1)", "", "One logged step forward", "]"),
        Key("run.flag_back", "left_curly_bracket", "flag(-1)", "flag", "The flag before", "{"),
        Key("run.flag_forward", "right_curly_bracket", "flag(1)", "", "The next flag", "}"),
        Key("run.live", "end", "live", "live", "The newest step, and follow it"),
        Key("run.group_back", "comma", "group(-1)", "group", "The group before", ","),
        Key("run.group_forward", "full_stop", "group(1)", "", "The next group", "."),
        Key("run.sample_down", "j,down", "sample(1)", "sample", "The next completion", "j"),
        Key("run.sample_up", "k,up", "sample(-1)", "", "The completion before", "k"),
        Key("run.visit_back", "N", "visit(-1)", "", "The step before that used this prompt"),
        Key("run.visit_forward", "n", "visit(1)", "same prompt", "The next step that used this prompt"),
        Key(
            "run.copy", "y", "copy", "copy", "Copy prompt and completion (OSC 52); logs/copied.txt keeps them"
        ),
        Key("run.verdict", "V", "verdict", "why", "The verdict in full: evidence, what to try, runs like it"),
        Key("run.read", "enter", "read", "read", "Read the completion on the whole screen"),
        Key("run.odd", "f", "odd", "next flat", "The next group without spread, or cut, or as i says"),
        Key("run.choose_odd", "i", "choose_odd", "", "What f looks for: flat, floor, cut, mixed, worst"),
        Key("run.mode", "w", "mode", "watch", "Groups of training, of watch prompts, of evaluations"),
        Key("run.sort", "t", "sort", "", "Sort a group's texts: count, reward, advantage, tokens, cut"),
        Key(
            "run.search",
            "slash",
            "search",
            "search",
            "Search all completions: words, /regex/, reward<0.1",
            "/",
        ),
        Key("run.metric", "z", "metric(1)", "metric", "The next metric in the large chart"),
        Key("run.metric_back", "Z", "metric(-1)", "", "The metric before"),
        Key("run.find_metric", "a", "find_metric", "any metric", "Any metric in the large chart, by search"),
        Key("run.leap_back", "left", "leap(-1)", "", "The cursor a column of the charts back", "←"),
        Key("run.leap_forward", "right", "leap(1)", "", "The cursor a column of the charts forward", "→"),
        Key(
            "run.zoom_in",
            "plus,equals_sign",
            "zoom(0.5)",
            "zoom",
            "Half of the steps in sight",
            "+",
        ),
        Key("run.zoom_out", "minus", "zoom(2)", "", "Twice the steps in sight", "-"),
        Key("run.zoom_all", "0", "zoom(0)", "", "The whole run"),
        Key("run.pan_back", "less_than_sign", "pan(-0.5)", "", "The part of the run before", "<"),
        Key("run.pan_forward", "greater_than_sign", "pan(0.5)", "", "The part of the run after", ">"),
        Key("run.axis", "x", "axis", "axis", "Under the charts: step, epoch, samples, tokens or time"),
        Key(
            "run.smooth",
            "S",
            "smooth",
            "",
            "Steps that a point of the large chart averages: auto, 1, 5 …",
        ),
        Key("run.log_scale", "o", "log_scale", "", "Logarithmic scale of the large chart, or linear"),
        Key("run.log", "l", "log", "log", "The end of output.log, or the vitals again"),
        Key(
            "run.pane",
            "tab",
            "next_pane",
            "",
            "The next pane alone; after the last one all, where there is room",
        ),
        *(
            Key(f"run.pane{n}", f"{n}", f"pane({n})", "", f"Only {name}; again, or esc: all")
            for n, name in enumerate(PANES, 1)
        ),
        Key("run.stop", "s", "stop", "stop", "Stop: finishes its step and saves; once more kills"),
        Key("run.resume", "r", "resume", "", "Resume from the last checkpoint, as the next attempt"),
        Key("run.clone", "e", "clone", "clone", "Clone and edit in Launch"),
        Key("run.extend", "X", "extend", "", "Extend: go on past its planned end by so many steps"),
        Key("run.fork", "F", "fork", "", "Fork: a new run from a checkpoint's weights, edited in Launch"),
        Key("run.evaluate", "E", "evaluate", "", "Evaluate a checkpoint on held-out prompts, as a run"),
        Key("run.policy", "p", "policy", "", "What its runner does by itself when a verdict lasts"),
        Key("run.rescue", "R", "rescue", "rescue", "Rescue: begin again before the trouble, with one change"),
        Key("run.note", "m", "note", "note", "Write one line of note to the run"),
    ),
)

LAUNCH = Section(
    "Launch",
    (
        Key(
            "launch.edit",
            "enter",
            "edit",
            "edit",
            "Edit the field (a, b makes two runs); on a preset: its fields",
        ),
        Key("launch.reset", "u", "reset", "undo", "Give the field its preset's value again"),
        Key("launch.fix", "F", "fix", "fix", "Set what the first finding proposes"),
        Key("launch.launch", "L", "launch", "launch", "Launch with the fields as they stand"),
        Key("launch.own_sweep", "W", "own_sweep", "", "Launch the preset's own [sweep], with the edits"),
        Key("launch.draft", "d", "draft", "draft", "Write it down as a draft; L on Runs launches it"),
        Key("launch.pane", "tab", "pane", "pane", "Presets or fields"),
        Key("launch.find", "slash", "find", "find", "Show only fields whose name has these words", "/"),
        Key(
            "launch.all", "a", "all_fields", "all fields", "Every field of GRPOConfig, or those of the preset"
        ),
    ),
)

VERDICT = Section(
    "Verdict",
    (
        Key("verdict.down", "j,down", "scroll(1)", "scroll", "Scroll; pages, home and end too", "j"),
        Key("verdict.up", "k,up", "scroll(-1)", "", "Scroll up", "k"),
    ),
)

SEARCH = Section(
    "Search",
    (
        Key("search.go", "enter", "choose", "go there", "Go to the completion"),
        Key("search.again", "slash", "again", "search", "Look for something else", "/"),
        Key("search.copy", "y", "copy", "copy", "Copy every hit as a line of JSON, kept in logs/copied.txt"),
    ),
)

RESOURCES = Section(
    "Resources",
    (
        Key("resources.open", "enter", "open", "open", "Open the run"),
        Key(
            "resources.prune",
            "p",
            "prune",
            "prune",
            "Take away its checkpoints but the last; asks first",
        ),
        Key(
            "resources.pause",
            "h",
            "pause",
            "pause",
            "Pause the queue: nothing more starts; again: it goes on",
        ),
        Key("resources.all", "P", "prune_all", "prune all", "Do that to every run; asks first"),
    ),
)

HELP = Section(
    "Help",
    (
        Key("help.down", "j", "scroll(1)", "scroll", "Scroll; arrows, pages, home and end too", "j k"),
        Key("help.up", "k", "scroll(-1)", "", "Scroll up"),
    ),
)

READER = Section(
    "Read",
    (
        Key("read.sample_down", "j", "sample(1)", "sample", "The next completion"),
        Key("read.sample_up", "k", "sample(-1)", "", "The completion before"),
        Key("read.group_back", "comma", "group(-1)", "group", "The group before", ","),
        Key("read.group_forward", "full_stop", "group(1)", "", "The next group", "."),
        Key("read.copy", "y", "copy", "copy", "Copy prompt and completion (OSC 52)"),
        Key("read.down", "down", "scroll(1)", "scroll", "Scroll; pages, home and end too", "↓ ↑"),
        Key("read.up", "up", "scroll(-1)", "", "Scroll up", "↑"),
    ),
)

SECTIONS = (EVERYWHERE, RUNS, RUN, READER, VERDICT, SEARCH, COMPARE, SWEEPS, SWEEP, LAUNCH, RESOURCES)


def check(keys: Mapping[str, str]) -> None:
    """Raise UserError when chosen keys name no action, no key, or one key twice on a screen."""
    everything = {key.id: key for section in (*SECTIONS, HELP) for key in section.keys}
    for action, chosen in keys.items():
        if action not in everything:
            near = difflib.get_close_matches(action, everything, n=1)
            raise UserError(
                f"keys: no action {clean(action, 60)}{f': did you mean {near[0]}?' if near else ''}"
            )
        if not all(_is_key(key) for key in named(chosen).split(",")):
            raise UserError(f"keys.{action}: {clean(chosen, 40)!r} is no key: write such as s, S or ctrl+s")
    for section in (*SECTIONS[1:], HELP):
        taken: dict[str, str] = {}
        for key in (*EVERYWHERE.rebound(keys).keys, *section.rebound(keys).keys):
            for name in key.keys.split(","):
                if name in taken:
                    raise UserError(f"keys: {taken[name]} and {key.id} would both have {format_key(name)}")
                taken[name] = key.id


def _is_key(name: str) -> bool:
    """True for what a terminal can send: a character by its name, or a key that Textual knows."""
    last = name.rpartition("+")[2]
    known = len(last) == 1 or name in _KNOWN or last in _KNOWN
    return bool(_KEY.fullmatch(name)) and (known or key_to_character(last) is not None)


def bindings(section: Section) -> list[Binding]:
    """Return a section's keys as Textual bindings."""
    return [Binding(k.keys, k.action, k.label or k.help, id=k.id, show=False) for k in section.keys]


def key_line(sections: Sequence[Section], width: int) -> list[tuple[str, str]]:
    """Return (key, label) pairs that fit in ``width`` cells; those of the last section always do."""
    *others, last = [[(k.face, k.label) for k in section.keys if k.label] for section in sections]
    width -= sum(map(_cells, last))
    fitting: list[tuple[str, str]] = []
    for pair in (pair for pairs in others for pair in pairs):
        width -= _cells(pair)
        if width < 0:
            break
        fitting.append(pair)
    return [*fitting, *last]


def _cells(pair: tuple[str, str]) -> int:
    return len(pair[0]) + len(pair[1]) + 3
