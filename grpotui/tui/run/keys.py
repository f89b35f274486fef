"""The keys of the screen of a run, and of those that open from it."""

from __future__ import annotations

from grpotui.tui.key import Key, Section

PANES = ("reward", "flat", "vitals", "groups", "text", "flags")
"""The panes of a run, which ``1`` to ``6`` show alone."""
ROLLOUT_PANES = ("figures", "rewards", "prompts", *PANES[3:])
"""Those of a run that only generates: it has no curves."""

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
        Key("search.mark", "space", "mark", "mark", "Mark the completion, or unmark it"),
        Key("search.save", "s", "save", "save", "Save the marked ones, or all, as a .jsonl file in logs"),
        Key("search.copy", "y", "copy", "copy", "Copy them as lines of JSON, kept in logs/copied.txt"),
    ),
)
