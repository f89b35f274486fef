"""The keys of Launch."""

from __future__ import annotations

from grpotui.tui.key import Key, Section

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
        Key("launch.draft", "d", "draft", "draft", "Write it down as a draft; L on Runs launches it"),
        Key("launch.pane", "tab", "pane", "pane", "Presets or fields"),
        Key("launch.find", "slash", "find", "find", "Show only fields whose name has these words", "/"),
        Key(
            "launch.all", "a", "all_fields", "all fields", "Every field of GRPOConfig, or those of the preset"
        ),
        Key("launch.own_sweep", "O", "own_sweep", "", "Launch the preset's own [sweep], with the edits"),
    ),
)
