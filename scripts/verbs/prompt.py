"""Print a few characters for a status line: starship, tmux, SketchyBar, waybar."""

from __future__ import annotations

import click

from scripts.terminal import output
from workflow.alfred import publish, served
from workflow.display import prompt
from workflow.display.summary import spoken
from workflow.models import utc_now
from workflow.state import state as states


@click.command(cls=output.Asking, name="prompt")
@click.option("--json", "as_json", is_flag=True, help="An object as waybar reads it.")
def command(as_json: bool) -> None:
    """Print the most urgent numbers in a few characters, for a status line.

    Prints the cached numbers at once and refreshes in the background when due.
    """
    state = states.read()
    publish.keep_warm(state, utc_now())
    text = served.status_line(prompt.prompt(state), as_json=as_json)
    click.echo(spoken(text, utc_now()))
    state.book.check()
