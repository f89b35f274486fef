"""The keys of the list of runs."""

from __future__ import annotations

from grpotui.tui.key import Key, Section

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
        Key("runs.journal", "w", "write_journal", "log", "Write the log book; B reads it, M edits it"),
        Key("runs.mark", "space", "mark", "mark", "Mark the run, or unmark it"),
        Key("runs.pin", "b", "pin", "baseline", "Pin as the baseline to compare with, or unpin"),
        Key("runs.delete", "D", "delete", "bin", "Move the ended run to the bin (logs/.bin); asks first"),
    ),
)
