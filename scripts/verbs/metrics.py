"""Print all numbers in the text format of Prometheus, or write them to a file for its collector."""

from __future__ import annotations

import click

from scripts.terminal import output
from scripts.verbs.list import fresh
from workflow.display import metrics

READABLE = 0o644  # for the collector, which is another user


@click.command(cls=output.Asking, name="metrics")
@click.option(
    "--output",
    "path",
    metavar="FILE",
    help="Write to FILE, for node_exporter's textfile collector.",
)
@click.option("--openmetrics", is_flag=True, help="OpenMetrics 1.0 instead of text format 0.0.4.")
@click.option("--wait", is_flag=True, help="Wait for a refresh that is due.")
def command(path: str | None, openmetrics: bool, wait: bool) -> None:
    """Print all numbers for Prometheus.

    Prints the cached numbers at once and refreshes in the background when due.
    """
    state = fresh(wait)
    state.book.check()
    content = metrics.text(state, openmetrics=openmetrics).encode()
    output.write(path or "-", content, READABLE)
