"""`serve`: the explorer, a page on which a model is asked by clicking."""

from __future__ import annotations

import socket
from pathlib import Path

import click

from causaldsl.cli.completion import FILE
from causaldsl.cli.numbers import graph_of, model_of
from causaldsl.cli.talk import say
from causaldsl.errors import UsageError

port_option = click.option(
    "--port", type=click.IntRange(0, 65535), default=8717, show_default=True, help="The port; 0 takes any that is free."
)


@click.command()
@click.argument("source", metavar="RUN|FILE", type=FILE)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@port_option
@click.option("--open", "opens", is_flag=True, help="Open the page in a browser.")
def serve(source: str, host: str, port: int, opens: bool) -> None:
    """Explore a run, or a file whose mechanisms are all known, in a browser.

    Only this machine can call it, unless --host says otherwise. Ctrl-C ends it.

    Example: causaldsl serve examples/lawn.causal
    """
    listen(source, host, port, opens)


def listen(source: str, host: str, port: int, opens: bool) -> None:
    """Serve the explorer until it is interrupted."""
    graph = graph_of(source)
    socket_ = _bound(host, port)
    try:
        import uvicorn

        from causaldsl.evaluate.evaluation import judge_path
        from causaldsl.evaluate.judge import Judge
        from causaldsl.explorer.app import LOOPBACK, make_app
        from causaldsl.explorer.look import Explorer
        from causaldsl.train.run import Run

        found = model_of(source, graph)
        if isinstance(found, Run):
            saved = judge_path(found, "robust")
            judge = Judge.load(saved) if saved.exists() and not found.labels_only else None
            explorer = Explorer(found.model, found.folder.name, judge, not found.labels_only)
        else:
            explorer = Explorer(found, Path(source).name, pictures=False)
        local = host in ("127.0.0.1", "localhost", "::1")
        app = make_app(explorer, LOOPBACK if local else ("*",))
        address = f"http://{f'[{host}]' if ':' in host else host}:{socket_.getsockname()[1]}/"
        say(f"the explorer is at {address} (Ctrl-C ends it)")
        if opens:
            click.launch(address)
        uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off")).run(sockets=[socket_])
    finally:
        socket_.close()


def _bound(host: str, port: int) -> socket.socket:
    """Return a socket that listens, before the model is loaded."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        hint = "another program listens there: choose another --port, or --port 0 for any that is free"
        raise UsageError(f"cannot listen on {host}:{port}: {error.strerror}", hint) from None
