"""The keys of Resources."""

from __future__ import annotations

from grpotui.tui.key import Key, Section

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
