"""``grpotui serve``: the real server, spoken to as a browser does."""

from __future__ import annotations

import asyncio
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from aiohttp import ClientSession, WSServerHandshakeError

from grpotui.workspace import Workspace
from tests.support import Cli
from tests.writing import write_run


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def address(workspace: Workspace) -> Iterator[str]:
    write_run(workspace)
    command = [sys.executable, "-u", "-m", "grpotui", "--workspace", str(workspace.root)]
    server = subprocess.Popen(
        [*command, "serve", "--port", str(_free_port())], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:\d+/\?key=\S+", server.stdout.readline())
    assert found is not None
    yield found.group()
    server.send_signal(signal.SIGINT)
    assert server.wait(timeout=20) == 0


async def _screen(session: ClientSession, url: str, origin: str) -> bytes:
    """Return what the app draws until it names its run."""
    seen = b""
    async with session.ws_connect(f"{url}/ws?width=120&height=35", headers={"Origin": origin}) as terminal:
        while b"study-ab2c" not in seen:
            message = await terminal.receive(timeout=20)
            assert isinstance(message.data, bytes), message
            seen += message.data
    return seen


async def test_the_app_is_served_to_who_has_the_key_and_to_nobody_else(address: str) -> None:
    url = address.split("/?")[0]
    async with ClientSession() as stranger:
        for path in ("/", "/?key=wrong", "/static/js/textual.js", "/ws"):
            async with stranger.get(url + path) as answer:
                assert answer.status == 403, path
    async with ClientSession() as browser:
        async with browser.get(address, headers={"Host": "evil.example"}) as answer:
            assert answer.status == 403
        async with browser.get(address) as answer:
            assert answer.status == 200
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
            cookie = SimpleCookie(answer.headers["Set-Cookie"])
            assert all(morsel["httponly"] and morsel["samesite"] == "Strict" for morsel in cookie.values())
            headers = {"Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in cookie.items())}
    async with ClientSession(headers=headers) as browser:
        with pytest.raises(WSServerHandshakeError, match="403"):
            await browser.ws_connect(f"{url}/ws", headers={"Origin": "http://127.0.0.1:1"})
        screen = await asyncio.wait_for(_screen(browser, url, url), 60)
        assert b"grpotui" in screen


def test_a_port_that_is_taken_is_said(workspace: Workspace, cli: Cli) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = cli("serve", "--port", str(port))
        assert done.code == 2
        assert done.err == f"grpotui: port {port}: Address already in use: choose another with --port\n"
