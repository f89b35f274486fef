from __future__ import annotations

import json

import pytest

from grpotui.secrecy import REDACTED, holds_secret, may_hold_secret, names_secret, redact, without_secrets

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\nAAAA\n-----END OPENSSH PRIVATE KEY-----"


def test_names_of_secrets() -> None:
    names = ["hub_token", "token", "WANDB_API_KEY", "apikey", "key", "client_secret", "db.password", "PASSWD"]
    names += ["my-pwd", "credentials", "API_TOKEN_2", "SECRET_KEY_BASE"]
    assert [name for name in names if not names_secret(name)] == []


def test_names_that_only_sound_alike() -> None:
    names = ["eos_token", "pad_token", "stop_tokens", "tokenizer", "num_input_tokens_seen", "keyboard"]
    names += ["secretary", "monkey", "num_keystrokes", "token_entropy", "key_metric"]
    assert [name for name in names if names_secret(name)] == []


@pytest.mark.parametrize(
    "secret",
    [
        "hf_" + "a" * 34,
        "sk-proj-" + "B1" * 12,
        "ghp_" + "c" * 36,
        "github_pat_" + "d" * 30,
        "glpat-" + "e" * 20,
        "xoxb-1234567890-abc",
        "AKIA" + "F" * 16,
        KEY,
    ],
)
def test_looks_of_secrets(secret: str) -> None:
    assert holds_secret(f"see {secret} there")
    assert redact(f"see {secret} there") == f"see {REDACTED} there"


def test_addresses_lose_their_password() -> None:
    assert redact("https://me:secret@host/x") == f"https://{REDACTED}@host/x"
    assert redact("redis://:secret@host") == f"redis://{REDACTED}@host"
    assert redact("https://host:80/me@x step 12 of 80: 3.5") == "https://host:80/me@x step 12 of 80: 3.5"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ('+API_TOKEN = "tiny-canary"', f'+API_TOKEN = "{REDACTED}"'),
        ("DB_PASSWORD=tiny-canary", f"DB_PASSWORD={REDACTED}"),
        ("{'api_key': 'tiny-canary'}", f"{{'api_key': '{REDACTED}'}}"),
        ("sorted(runs, key=by_name_and_age)", "sorted(runs, key=by_name_and_age)"),
        ("tokens = tokenizer.encode(text)", "tokens = tokenizer.encode(text)"),
        ('columns = {"key": "question"}', 'columns = {"key": "question"}'),
    ],
)
def test_what_is_assigned_to_a_name_of_a_secret(text: str, safe: str) -> None:
    assert redact(text) == safe


def test_values_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_SERVICE_TOKEN", "plain-looking-words")
    monkeypatch.setenv("SHORT_KEY", "arith")
    monkeypatch.setenv("MY_SERVICE_HOST", "not-secret-at-all")
    assert redact("it said plain-looking-words to not-secret-at-all, arith") == (
        f"it said {REDACTED} to not-secret-at-all, arith"
    )
    assert holds_secret("xplain-looking-wordsx") and not holds_secret("not-secret-at-all arith")


def test_the_working_folder_is_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PWD", "/work/place-of-work")
    monkeypatch.setenv("OLDPWD", "/work/place-of-work/logs")
    assert redact("ran in /work/place-of-work/logs") == "ran in /work/place-of-work/logs"


def test_data_without_secrets() -> None:
    data = {
        "hub_token": "abc",
        "inner": [{"api_key": "abc", "tags": ["https://u:p@h", "fine"]}],
        "keys": ["a"],
        "eos_token": "<x>",
        "token": None,
        "secret": "",
        "key": 5,
    }
    assert without_secrets(data) == {
        "hub_token": REDACTED,
        "inner": [{"api_key": REDACTED, "tags": [f"https://{REDACTED}@h", "fine"]}],
        "keys": [REDACTED],
        "eos_token": "<x>",
        "token": None,
        "secret": "",
        "key": 5,
    }
    assert may_hold_secret(json.dumps(data))
    assert not may_hold_secret(json.dumps({"beta": 0.1, "hub_token": None, "name": "x"}))


def test_long_texts_end() -> None:
    # A pattern that goes back over them would take hours.
    assert redact("sk-" * 300_000) == REDACTED
    assert redact("token=" * 150_000) == f"token={REDACTED}"
    for text in ("x" * 10**6, "://" * 300_000, "-----BEGIN " * 90_000):
        assert redact(text) == text
        assert not may_hold_secret(text)
