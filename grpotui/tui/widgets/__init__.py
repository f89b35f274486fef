"""Widgets: they get data and post messages, and know neither registry nor files."""
