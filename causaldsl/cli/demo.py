"""`demo`: the run that travels with the package, in the explorer or as a folder of one's own."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from causaldsl.cli.serve import listen, port_option
from causaldsl.errors import UsageError
from causaldsl.resources import DEMO


@click.command()
@click.option(
    "--out", type=click.Path(path_type=Path), help="Copy the run into this folder, for `ask`, `sample` and the others."
)
@port_option
@click.option("--no-browser", is_flag=True, help="Print the address alone; open nothing.")
def demo(out: Path | None, port: int, no_browser: bool) -> None:
    """Explore a trained model of drawn faces, in a browser, without training anything.

    The model came with the package: causal graph 1 of the CausalGAN paper at 64 px. Ctrl-C ends it.

    Example: causaldsl demo --out runs/demo
    """
    if out is None:
        listen(str(DEMO), "127.0.0.1", port, opens=not no_browser)
        return
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} exists", "choose another --out")
    shutil.copytree(DEMO, out, dirs_exist_ok=True)
    click.echo(f"the run lies in {out}")
