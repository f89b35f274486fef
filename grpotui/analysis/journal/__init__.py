"""The log book ``logs/journal.md``: what the tool writes, between marks, and what people write, anywhere."""
