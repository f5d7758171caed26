"""The explorer's server: five addresses, all of them read only.

/             the page, with explorer.js and explorer.css beside it
/api/model    what the model is
/api/look     what is to be seen of a state (its query: `causaldsl.explorer.state`)
/api/read     what a judge reads in more pictures of it
/api/imagine  what a picture, the body of the request, would have been in it

Work is done one request after another, and a viewer (the header `X-Viewer`) has one in flight: the next is refused with
429 until it is answered. What goes wrong by the viewer's fault is answered with 400 and the library's own message.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from causaldsl.errors import CausalError
from causaldsl.explorer.look import Explorer
from causaldsl.explorer.state import read_state
from causaldsl.explorer.upload import LARGEST

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
PARTS = {
    "index.html": "text/html; charset=utf-8",
    "explorer.js": "text/javascript; charset=utf-8",
    "explorer.css": "text/css; charset=utf-8",
}
LONGEST = 4_000
"""Characters of a query."""
SAFE = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def make_app(explorer: Explorer, hosts: tuple[str, ...] = LOOPBACK) -> Starlette:
    """Return the application of a model.

    Parameters
    ----------
    explorer : Explorer
        What it shows.
    hosts : tuple of str
        Names by which it may be called; a request for another host is answered with 400.
    """
    busy: set[str] = set()
    one_at_a_time = CapacityLimiter(1)

    def part(name: str) -> Callable[[Request], Response]:
        text = files("causaldsl.explorer").joinpath("static", name).read_bytes()

        def serve(_: Request) -> Response:
            return Response(text, media_type=PARTS[name], headers=SAFE)

        return serve

    def answering(work: Callable[..., dict[str, Any]], uploads: bool = False) -> Callable[[Request], Any]:
        async def answer(request: Request) -> Response:
            viewer = request.headers.get("x-viewer") or (request.client.host if request.client else "")
            if viewer in busy:
                return _refused(429, "a request of this viewer is in flight", "wait for its answer")
            if len(request.url.query) > LONGEST:
                return _refused(414, f"the query is longer than {LONGEST:,} characters")
            busy.add(viewer)
            try:
                content = [await _body(request)] if uploads else []
                state = read_state(request.query_params.multi_items(), explorer.model.graph)
                found = await to_thread.run_sync(work, state, *content, limiter=one_at_a_time)
            except TooLongError:
                return _refused(413, f"the upload is larger than {LARGEST // 2**20} MB", "make the picture smaller")
            except CausalError as error:
                first = error.diagnostics[0]
                return _refused(400, first.message, first.hint)
            finally:
                busy.discard(viewer)
            return JSONResponse(found, headers=SAFE)

        return answer

    def about(_: Request) -> Response:
        return JSONResponse(described, headers=SAFE)

    described = explorer.about()
    routes = [
        Route("/", part("index.html")),
        *(Route(f"/{name}", part(name)) for name in PARTS if name != "index.html"),
        Route("/favicon.ico", lambda _: Response(status_code=204)),
        Route("/api/model", about),
        Route("/api/look", answering(explorer.look)),
        Route("/api/read", answering(explorer.read)),
        Route("/api/imagine", answering(explorer.imagine, uploads=True), methods=["POST"]),
    ]
    return Starlette(routes=routes, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))])


class TooLongError(Exception):
    """The body of a request is larger than it may be."""


async def _body(request: Request) -> bytes:
    """Return what was uploaded, and read no more than may be.

    Raises
    ------
    TooLongError
        If it is larger.
    """
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > LARGEST:
            raise TooLongError
    return bytes(content)


def _refused(status: int, message: str, hint: str | None = None) -> Response:
    return JSONResponse({"schema": 1, "error": message, "hint": hint}, status, headers=SAFE)
