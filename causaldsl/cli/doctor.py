"""`doctor`: what is installed, on what machine, and what is wrong with it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from causaldsl import __version__
from causaldsl.cli import checkup
from causaldsl.cli.checkup import Package, PluginReport
from causaldsl.cli.output import json_option, print_json
from causaldsl.cli.talk import colour, painted, say

WIDEST = 100
"""How wide the lines may become, however wide the terminal is."""


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Say what is installed, which devices and plugins there are, and what is broken; exit code 1 if anything is.

    Put its output into a report of a fault.

    Example: causaldsl doctor
    """
    packages, plugins = list(checkup.packages()), list(checkup.plugins())
    findings = [
        *checkup.package_findings(packages),
        *checkup.plugin_findings(plugins),
        *checkup.file_findings(),
        *checkup.trial_findings(),
    ]
    about = machine()
    if as_json:
        document = {**about, "packages": [asdict(p) for p in packages], "plugins": [asdict(p) for p in plugins]}
        print_json({**document, "diagnostics": [finding.as_json() for finding in findings]})
    else:
        click.echo("\n".join(described(about, packages, plugins)))
    for finding in findings:
        click.echo(painted(str(finding)), err=True)
    if findings:
        raise SystemExit(1)
    say("nothing is broken")


def machine() -> dict[str, Any]:
    """Return what `doctor` says of Python, the machine and the terminal."""
    affinity = getattr(os, "sched_getaffinity", None)
    threads, devices, notes = _torch()
    wish = colour(os.environ)
    in_colour = sys.stdout.isatty() if wish is None else wish
    return {
        "causaldsl": __version__,
        "python": checkup.python_version(),
        "executable": sys.executable,
        "platform": platform.platform(),
        "cores": len(affinity(0)) if affinity else os.cpu_count() or 1,
        "threads": threads,
        "omp_num_threads": os.environ.get("OMP_NUM_THREADS"),
        "devices": devices,
        "terminal": {"encoding": getattr(sys.stdout, "encoding", None), "colour": in_colour},
        "notes": notes,
    }


def _torch() -> tuple[int | None, list[str], list[str]]:
    """Return torch's number of threads, the devices that it sees, and what a reader should know; none without torch."""
    try:
        import torch

        devices = ["cpu"]
        if torch.cuda.is_available():
            for i in range(torch.cuda.device_count()):
                about = torch.cuda.get_device_properties(i)
                devices.append(f"cuda:{i} {about.name}, {about.total_memory / 2**30:.0f} GiB")
        if torch.backends.mps.is_available():
            devices.append("mps")
        notes = []
        if len(devices) == 1 and Path("/dev/nvidia0").exists():
            built = torch.version.cuda
            why = f"its CUDA {built} does not fit the driver" if built else "it was built without CUDA"
            notes.append(f"there is an NVIDIA device that torch {torch.__version__} does not see: {why}")
        return torch.get_num_threads(), devices, notes
    except Exception:  # said among the packages
        return None, [], []


def described(about: dict[str, Any], packages: Sequence[Package], plugins: Sequence[PluginReport]) -> list[str]:
    """Lay out for a reader what was found."""
    threads = "-" if about["threads"] is None else str(about["threads"])
    openmp = "" if about["omp_num_threads"] is None else f" (OMP_NUM_THREADS={about['omp_num_threads']})"
    terminal = about["terminal"]
    rows = [
        ("causaldsl", about["causaldsl"]),
        ("python", f"{about['python']}, {about['executable']}"),
        ("platform", about["platform"]),
        ("cores", f"{about['cores']}, of which torch uses {threads}{openmp}"),
        ("devices", "; ".join(about["devices"]) or "-"),
        ("terminal", f"{terminal['encoding']}, colours {'on' if terminal['colour'] else 'off'}"),
        *(("note", note) for note in about["notes"]),
        ("packages", ", ".join(f"{p.name} {p.version or '-'}" for p in packages if p.extra is None)),
    ]
    for extra in dict.fromkeys(p.extra for p in packages if p.extra):
        missing = [p.name for p in packages if p.extra == extra and p.version is None]
        rows.append((f"[{extra}]", f"without {', '.join(missing)}" if missing else "installed"))
    for group in dict.fromkeys(p.group for p in plugins):
        rows.append((group, ", ".join(_named(p) for p in plugins if p.group == group)))
    width = min(shutil.get_terminal_size().columns, WIDEST)
    return [
        textwrap.fill(
            f"{name:11} {text}", width, subsequent_indent=" " * 12, break_long_words=False, break_on_hyphens=False
        )
        for name, text in rows
    ]


def _named(plugin: PluginReport) -> str:
    """Name a plugin, with its package where it is not ours, and whether it is broken."""
    ours = plugin.package is None or plugin.package.split()[0] == "causaldsl"
    remarks = [*([] if ours else [str(plugin.package)]), *(["broken"] if plugin.broken else [])]
    return f"{plugin.name} ({', '.join(remarks)})" if remarks else plugin.name
