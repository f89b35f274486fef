"""The tables of ``runs.db`` and how an older file becomes a newer one."""

from __future__ import annotations

import sqlite3

from grpotui.errors import UserError

_VERSION_1 = """
CREATE TABLE runs (
    rid INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL DEFAULT 'train',
    status TEXT NOT NULL DEFAULT 'draft',
    status_at REAL,
    verdict TEXT NOT NULL DEFAULT 'warming-up',
    cause TEXT NOT NULL DEFAULT '',
    verdict_step INTEGER,
    verdict_message TEXT NOT NULL DEFAULT '',
    preset TEXT NOT NULL DEFAULT '',
    created_at REAL NOT NULL DEFAULT 0,
    started_at REAL,
    ended_at REAL,
    step INTEGER NOT NULL DEFAULT 0,
    max_steps INTEGER,
    epoch REAL,
    max_epochs REAL,
    reward REAL,
    zero_std REAL,
    jaccard REAL,
    eval_accuracy REAL,
    step_time REAL,
    device TEXT NOT NULL DEFAULT '',
    seed INTEGER,
    attempt INTEGER NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    note TEXT NOT NULL DEFAULT '',
    settled INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX runs_newest ON runs (created_at DESC, id DESC);
CREATE INDEX runs_unsettled ON runs (status) WHERE settled = 0;

CREATE TABLE documents (
    run INTEGER NOT NULL, name TEXT NOT NULL, signature TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (run, name)
) WITHOUT ROWID;

CREATE TABLE tags (run INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (run, tag)) WITHOUT ROWID;

CREATE TABLE metric_keys (
    key INTEGER PRIMARY KEY, stream TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (name, stream)
);

CREATE TABLE run_keys (run INTEGER NOT NULL, key INTEGER NOT NULL, PRIMARY KEY (run, key)) WITHOUT ROWID;

CREATE TABLE metrics (
    run INTEGER NOT NULL, key INTEGER NOT NULL, step INTEGER NOT NULL, value REAL,
    PRIMARY KEY (run, key, step)
) WITHOUT ROWID;

CREATE TABLE rewinds (
    run INTEGER NOT NULL, step INTEGER NOT NULL, time REAL NOT NULL, PRIMARY KEY (run, step, time)
) WITHOUT ROWID;

CREATE TABLE completions (
    run INTEGER NOT NULL, mode TEXT NOT NULL, step INTEGER NOT NULL, grp INTEGER NOT NULL,
    offset INTEGER NOT NULL, length INTEGER NOT NULL, task TEXT NOT NULL, n INTEGER NOT NULL,
    mean REAL, low REAL, high REAL, truncated INTEGER NOT NULL,
    PRIMARY KEY (run, mode, step, grp)
) WITHOUT ROWID;

CREATE TABLE events (
    run INTEGER NOT NULL, seq INTEGER NOT NULL, time REAL, type TEXT NOT NULL, step INTEGER,
    body TEXT NOT NULL,
    PRIMARY KEY (run, seq)
) WITHOUT ROWID;
CREATE INDEX events_by_type ON events (run, type, seq);

CREATE TABLE ingest (
    run INTEGER NOT NULL, stream TEXT NOT NULL, inode TEXT NOT NULL, offset INTEGER NOT NULL,
    bad_lines INTEGER NOT NULL, last_step INTEGER NOT NULL,
    PRIMARY KEY (run, stream)
) WITHOUT ROWID;
"""

_VERSION_2 = """
ALTER TABLE runs ADD COLUMN human TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN verdict_at REAL;
UPDATE runs SET
    verdict_at = (SELECT time FROM events WHERE run = rid AND type = 'verdict' ORDER BY seq DESC LIMIT 1),
    human = coalesce((
        SELECT json_extract(body, '$.verdict') FROM events
        WHERE run = rid AND type = 'human_verdict'
        AND json_extract(body, '$.verdict') IN ('good', 'degenerate', 'unsure', 'none')
        ORDER BY seq DESC LIMIT 1
    ), '');
UPDATE runs SET human = '' WHERE human = 'none';
"""
"""What a person said of a run, and when the verdict changed last."""

_VERSION_3 = """
ALTER TABLE completions ADD COLUMN prompt INTEGER NOT NULL DEFAULT 0;
CREATE INDEX completions_by_prompt ON completions (run, mode, prompt, step);
DELETE FROM ingest WHERE stream = 'completions';
DELETE FROM completions;
UPDATE runs SET settled = 0;
ALTER TABLE rewinds ADD COLUMN attempt INTEGER NOT NULL DEFAULT 0;
UPDATE runs SET verdict = '' WHERE verdict = 'warming-up' AND step = 0
    AND NOT EXISTS (SELECT 1 FROM documents WHERE run = rid AND documents.name = 'attempt');
"""
"""A number for each prompt, so that one prompt can be followed: the files are read again for it.

And which attempt went back, 0 where its lines do not tell; and no verdict before the trainer trains."""

_VERSION_4 = """
CREATE TABLE sealed (
    run INTEGER NOT NULL, key INTEGER NOT NULL, last INTEGER NOT NULL,
    steps BLOB NOT NULL, points BLOB NOT NULL
);
CREATE UNIQUE INDEX sealed_places ON sealed (run, key, last);
"""
"""Packed stretches of metrics, see ``streams/sealed.py``; ``last`` is the last step of one."""

_VERSION_5 = """
ALTER TABLE runs ADD COLUMN stage TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN parent TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN relation TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN parent_step INTEGER;
CREATE INDEX runs_by_parent ON runs (parent, created_at) WHERE parent != '';
"""
"""The stage of a curriculum, and the run that a run came from."""

_VERSION_6 = """
CREATE TABLE fields (run INTEGER PRIMARY KEY, body TEXT NOT NULL);
DELETE FROM documents WHERE name IN ('run', 'attempt');
UPDATE runs SET settled = 0;
"""
"""Every field of a run's config, see ``fields.py``: the files are read again for them."""

_VERSION_7 = """
ALTER TABLE runs ADD COLUMN sweep TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN point INTEGER;
ALTER TABLE runs ADD COLUMN role TEXT NOT NULL DEFAULT '';
CREATE INDEX runs_by_sweep ON runs (sweep, created_at) WHERE sweep != '';
UPDATE runs SET settled = 0;
"""
"""The sweep that a run belongs to."""

MIGRATIONS: tuple[str, ...] = (
    _VERSION_1,
    _VERSION_2,
    _VERSION_3,
    _VERSION_4,
    _VERSION_5,
    _VERSION_6,
    _VERSION_7,
)
"""SQL that brings a file from version ``i`` to ``i + 1``; a shipped entry never changes."""

VERSION = len(MIGRATIONS)

_STREAMED = ("run_keys", "metrics", "sealed", "rewinds", "completions", "events", "ingest")
PER_RUN = ("documents", "fields", "tags", *_STREAMED)
"""Tables whose rows go with their run."""


def version_of(conn: sqlite3.Connection) -> int:
    """Return the schema version that the file was left at; 0 for an empty one."""
    return int(conn.execute("PRAGMA user_version").fetchone()[0])


def is_foreign(conn: sqlite3.Connection) -> bool:
    """True for a database that somebody else made."""
    return version_of(conn) == 0 and conn.execute("SELECT 1 FROM sqlite_master").fetchone() is not None


def newer(found: int) -> UserError:
    """Return the error for a file of schema version ``found``, beyond VERSION."""
    return UserError(
        f"runs.db was made by a newer grpotui (version {found}, this one knows {VERSION}): "
        "restart or upgrade grpotui, or move runs.db away and run 'grpotui rebuild'"
    )


def require_known(conn: sqlite3.Connection) -> None:
    """Raise UserError when the file is beyond VERSION: its tables are not those that we know."""
    if (found := version_of(conn)) > VERSION:
        raise newer(found)


def migrate(conn: sqlite3.Connection) -> None:
    """Bring the file to VERSION; safe when many processes do it at once.

    Raises UserError when the file was made by a newer grpotui.
    """
    if version_of(conn) == VERSION:
        return
    conn.execute("BEGIN IMMEDIATE")
    try:
        require_known(conn)
        found = version_of(conn)
        if is_foreign(conn):
            raise UserError("runs.db is not grpotui's: move it away, then run 'grpotui rebuild'")
        for script in MIGRATIONS[found:]:
            for statement in filter(str.strip, script.split(";")):
                conn.execute(statement)
        conn.execute(f"PRAGMA user_version = {VERSION}")
        conn.execute("COMMIT")
    except BaseException:
        if conn.in_transaction:
            conn.execute("ROLLBACK")
        raise
