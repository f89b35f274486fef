"""The keys of the comparison."""

from __future__ import annotations

from grpotui.tui.key import Key, Section

COMPARE = Section(
    "Compare",
    (
        Key(
            "compare.section",
            "tab",
            "section",
            "section",
            "Table, charts or words alone; all, where there is room",
        ),
        Key(
            "compare.other_back",
            "comma",
            "other(-1)",
            "run",
            "Another run beside A, where only two fit",
            ",",
        ),
        Key("compare.other_forward", "full_stop", "other(1)", "", "The next run beside A", "."),
        Key(
            "compare.back",
            "left_square_bracket,left",
            "cursor(-1)",
            "cursor",
            "Cursor back; words follow",
            "[",
        ),
        Key("compare.forward", "right_square_bracket,right", "cursor(1)", "", "Cursor forward", "]"),
        Key("compare.down", "j,down", "scroll(1)", "scroll", "Scroll the table", "j"),
        Key("compare.up", "k,up", "scroll(-1)", "", "Scroll up", "k"),
        Key("compare.metric", "z", "metric(1)", "metric", "The next metric in the first chart"),
        Key("compare.metric_back", "Z", "metric(-1)", "", "The metric before"),
        Key("compare.find_metric", "a", "find_metric", "any", "Any metric in the first chart, by search"),
        Key("compare.axis", "x", "axis", "axis", "Under the charts: step, samples, epoch, tokens or time"),
        Key("compare.smooth", "S", "smooth", "smooth", "Steps that a point averages: auto, 1, 5 …"),
        Key("compare.log_scale", "o", "log_scale", "", "Logarithmic scale of the first chart, or linear"),
        Key("compare.prompt_forward", "n", "prompt(1)", "prompt", "The next prompt that the runs share"),
        Key("compare.prompt_back", "N", "prompt(-1)", "", "The prompt before"),
        Key(
            "compare.differing",
            "d",
            "differing",
            "differing",
            "Only prompts where the runs differ, or all",
        ),
        Key("compare.fields", "D", "fields", "fields", "Every field that differs, or only possible causes"),
        Key(
            "compare.same_seed",
            "e",
            "same_seed",
            "same seed",
            "Launch a confounded run with A's seed",
        ),
        Key("compare.confirm", "C", "confirm", "confirm", "Repeat points of one sweep with fresh seeds"),
        Key("compare.open", "enter", "open", "", "Open the run that stands beside A"),
        Key(
            "compare.journal",
            "w",
            "write_journal",
            "log",
            "Write the log book, with this comparison; B reads it, M edits it",
        ),
        Key("compare.copy", "y", "copy", "copy", "Copy the comparison as Markdown, with the prompt"),
    ),
)
