"""Print or install the script that completes verbs, options and accounts in a shell."""

from __future__ import annotations

import os

import click
from click.shell_completion import get_completion_class

from scripts.terminal import output
from scripts.terminal.language import OneOf
from workflow.i18n.catalog import say
from workflow.i18n.message import _

VARIABLE = output.COMPLETING
SHELLS = {
    "bash": "~/.local/share/bash-completion/completions/tankful",
    "zsh": "~/.zfunc/_tankful",
    "fish": "~/.config/fish/completions/tankful.fish",
}
_FOLDERS = {"~/.local/share": "XDG_DATA_HOME", "~/.config": "XDG_CONFIG_HOME"}
_NEXT = {
    "zsh": _(
        "Add to ~/.zshrc, if it is not there: fpath+=~/.zfunc; autoload -Uz compinit; compinit"
    ),
}


@click.command(cls=output.Command, name="completion")
@click.argument("shell", type=OneOf(tuple(SHELLS)))
@click.option("--install", is_flag=True, help="Install it where the shell looks for it.")
def command(shell: str, install: bool) -> None:
    """Print the completion script for SHELL, or install it."""
    text = _source(shell)
    if not install:
        click.echo(text)
        return
    path = _path(shell)
    with output.writing(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    click.echo(say(_("Written to {path}. Open a new shell.", path=path)))
    if shell in _NEXT:
        click.echo(say(_NEXT[shell]))


def _path(shell: str) -> str:
    """Return where a shell looks for the script."""
    path = SHELLS[shell]
    for folder, variable in _FOLDERS.items():
        if os.environ.get(variable, "").startswith("/"):
            path = path.replace(folder, os.environ[variable])
    return os.path.expanduser(path)


def _source(shell: str) -> str:
    of = get_completion_class(shell)
    if of is None:  # pragma: no cover (click has all three)
        raise LookupError(shell)
    completion = of(click.get_current_context().find_root().command, {}, "tankful", VARIABLE)
    source = of.source_template % completion.source_vars()
    return source.replace('split ","', 'split -m 1 ","')  # fish would cut a name at its comma
