"""A sample as a notebook shows it: its first units, the marginals of its labels, and its first pictures."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from torch import Tensor

from causaldsl.graph.domain import Discrete, Domain, Image
from causaldsl.scm.pictures import png, sheet

if TYPE_CHECKING:
    from causaldsl.scm.sampling import Sample

ROWS, PICTURES, ACROSS = 5, 16, 8
LEVELS = 3
"""Of a label's levels, so many are named with their shares, the most frequent ones."""


def sample_html(sample: Sample) -> str:
    """Return a sample as HTML; names and levels are escaped."""
    labels = [name for name in sample if not isinstance(sample.graph[name].domain, Image)]
    images = [name for name in sample if name not in labels]
    parts = [f"<p>{sample.n:,} {'unit' if sample.n == 1 else 'units'}</p>"]
    if labels:
        parts.append(_table(sample, labels))
    for name in images:
        pictures = sample[name][:PICTURES]
        about = escape(f"{name}, the first {len(pictures)} of {sample.n:,}")
        source = png(sheet(pictures, columns=ACROSS))
        parts.append(f'<p>{about}<br><img alt="{about}" style="max-width:100%" src="{source}"></p>')
    return f"<div>{''.join(parts)}</div>"


def _table(sample: Sample, labels: list[str]) -> str:
    """Return the first units, a row each, and under each label its marginal."""
    columns = {name: [_value(v, sample.graph[name].domain) for v in sample[name][:ROWS].tolist()] for name in labels}
    rows = [_row(str(i), [columns[name][i] for name in labels]) for i in range(min(ROWS, sample.n))]
    if sample.n > ROWS:
        rows.append(_row("...", ["..."] * len(labels)))
    marginals = _row("all", [_marginal(sample[name], sample.graph[name].domain) for name in labels])
    head = "".join(f"<th>{escape(name)}</th>" for name in labels)
    return (
        f'<div style="overflow-x:auto"><table><thead><tr><th></th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody><tfoot>{marginals}</tfoot></table></div>"
    )


def _row(head: str, cells: list[str]) -> str:
    return f"<tr><th>{head}</th>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _value(value: float, domain: Domain | None) -> str:
    return domain.levels[int(value)] if isinstance(domain, Discrete) else f"{value:.4g}"


def _marginal(column: Tensor, domain: Domain | None) -> str:
    """Say how a label is distributed: shares of its levels, or mean and standard deviation."""
    if not isinstance(domain, Discrete):
        values = column.double()
        return f"mean {values.mean():.4g}, sd {values.std(correction=0):.4g}"
    shares = column.bincount(minlength=len(domain.levels)).double() / len(column)
    if domain.kind == "binary":
        return f"1: {100 * float(shares[1]):.1f} %"
    first = shares.argsort(descending=True, stable=True)[:LEVELS].tolist()
    named = [f"{domain.levels[i]}: {100 * float(shares[i]):.1f} %" for i in first]
    return ", ".join(named) + (", ..." if len(domain.levels) > LEVELS else "")
