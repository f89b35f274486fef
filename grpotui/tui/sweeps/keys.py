"""The keys of the screens of sweeps."""

from __future__ import annotations

from grpotui.tui.key import Key, Section

SWEEPS = Section(
    "Sweeps",
    (
        Key("sweeps.open", "enter", "open", "open", "Open the sweep"),
        Key("sweeps.stop", "s", "stop", "stop", "Stop its runs: what waits is cancelled; asks first"),
        Key("sweeps.resume", "r", "resume", "resume", "Let it go on: runs that were stopped, lost, left out"),
        Key(
            "sweeps.confirm", "C", "confirm", "confirm", "Repeat its best points with fresh seeds; asks first"
        ),
        Key(
            "sweeps.promote", "P", "promote", "promote", "Write its best point into a preset; shows the diff"
        ),
        Key("sweeps.copy", "y", "copy", "copy", "Copy its table as Markdown (OSC 52)"),
        Key("sweeps.journal", "w", "write_journal", "log", "Write the log book; B reads it, M edits it"),
    ),
)

SWEEP = Section(
    "Sweep",
    (
        Key("sweep.left", "left", "move(0, -1)", "cell", "A cell to the left", "←"),
        Key("sweep.right", "right", "move(0, 1)", "", "A cell to the right", "→"),
        Key("sweep.down", "down,j", "move(1, 0)", "", "A cell down; a point; a line of sentences", "↓ j"),
        Key("sweep.up", "up,k", "move(-1, 0)", "", "A cell up", "↑ k"),
        Key("sweep.open", "enter", "open", "read", "Open the cell's run; of several, choose one"),
        Key("sweep.view", "x,tab", "view(1)", "view", "The next view: map, table, charts, sentences", "x"),
        Key("sweep.view_back", "X", "view(-1)", "", "The view before", "X"),
        Key("sweep.column", "z", "column(1)", "metric", "The next metric in map and charts"),
        Key("sweep.column_back", "Z", "column(-1)", "", "The metric before"),
        Key("sweep.axes", "a", "axes", "axes", "Other axes on the map; in the charts, the next axis first"),
        Key(
            "sweep.pool",
            "o",
            "pool",
            "",
            "Axes that the map has not: one value of them, or the mean over all",
        ),
        Key(
            "sweep.held_back",
            "left_square_bracket",
            "held(-1)",
            "held",
            "Hold them at the values before",
            "[",
        ),
        Key("sweep.held_forward", "right_square_bracket", "held(1)", "", "Hold them at the next values", "]"),
        Key("sweep.best", "b", "best", "best", "The cursor on the best point"),
        Key("sweep.mark", "space", "mark", "mark", "Mark the point, or unmark it"),
        Key("sweep.compare", "c", "compare", "compare", "Compare the first runs of 2 to 4 marked points"),
        Key(
            "sweep.confirm", "C", "confirm", "confirm", "Repeat marked points, or the best, with fresh seeds"
        ),
        Key(
            "sweep.promote",
            "P",
            "promote",
            "promote",
            "Write the marked point, or the best, into a preset",
        ),
        Key("sweep.stop", "s", "stop", "stop", "Stop its runs: what waits is cancelled; asks first"),
        Key("sweep.resume", "r", "resume", "", "Let it go on: runs that were stopped, lost, left out"),
        Key("sweep.copy", "y", "copy", "copy", "Copy table and sentences as Markdown (OSC 52)"),
        Key("sweep.journal", "w", "write_journal", "log", "Write the log book; B reads it, M edits it"),
    ),
)
