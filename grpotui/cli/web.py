"""The app in a browser, for this machine's user only: loopback, a key in the address, no other origin."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import click
from aiohttp import web
from textual_serve.server import Server

HOST = "127.0.0.1"


class PrivateServer(Server):
    """Textual's own server behind a key: other users of the machine, and other pages, share the loopback.

    A page of another port is the same site to a browser, so a cookie alone does not keep it out of the
    websocket: its origin has to be ours too.
    """

    def __init__(self, command: str, port: int) -> None:
        super().__init__(command, host=HOST, port=port, title="grpotui")
        self._key = secrets.token_urlsafe(24)
        self._cookie = f"grpotui-{port}"

    @property
    def address(self) -> str:
        """What to open in a browser."""
        return f"{self.public_url}/?key={self._key}"

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing yet: nobody is listening."""

    def serve(self, debug: bool = False) -> None:
        """Listen until Ctrl-C. Requests are not logged: they would bring the key into the log."""
        web.run_app(
            self._make_app(),
            host=self.host,
            port=self.port,
            access_log=None,
            print=lambda _: self._announce(),
        )

    def _announce(self) -> None:
        click.echo(f"grpotui is at {self.address}")
        tunnel = f"ssh -L {self.port}:{HOST}:{self.port}"
        click.echo(f"From elsewhere: {tunnel} and this machine's name. Ctrl-C ends it; runs go on.")

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard())
        return app

    def _guard(self) -> Any:
        @web.middleware
        async def guard(
            request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
        ) -> web.StreamResponse:
            opened = self._same(request.query.get("key")) and request.path == "/"
            ours = request.headers.get("Host") == f"{HOST}:{self.port}"
            known = self._same(request.cookies.get(self._cookie))
            stranger = request.path == "/ws" and request.headers.get("Origin") != self.public_url
            if not ours or stranger or not (opened or known):
                raise web.HTTPForbidden(text="open the address that 'grpotui serve' printed\n")
            response = await handler(request)
            if not response.prepared:
                # The page of textual-serve asks a font service for its font: nothing leaves this machine.
                socket = self.public_url.replace("http", "ws", 1)
                policy = f"default-src 'self' 'unsafe-inline' data:; connect-src 'self' {socket}"
                response.headers["Content-Security-Policy"] = policy
                response.headers["Referrer-Policy"] = "no-referrer"
                if opened:
                    response.set_cookie(self._cookie, self._key, httponly=True, samesite="Strict")
            return response

        return guard

    def _same(self, given: str | None) -> bool:
        return given is not None and secrets.compare_digest(given.encode(), self._key.encode())
