#!/usr/bin/python3 -IS
"""The ``tankful`` command: every verb is a module of its own, imported when it is used."""

from __future__ import annotations

import sys

if __name__ == "__main__":  # run by a launcher: first find our packages
    sys.dont_write_bytecode = True
    sys.path.insert(0, __file__.rsplit("/", 2)[0])
    from scripts import bootstrap

    bootstrap.prepare()

import importlib
from gettext import gettext
from typing import List, Optional

import click

from scripts.terminal import language
from workflow import __version__

VERBS = {
    "add": "verbs.add",
    "config": "verbs.config",
    "doctor": "verbs.doctor",
    "exchange": "verbs.exchange",
    "guide": "verbs.guide",
    "import": "verbs.import_keys",
    "list": "verbs.list",
    "order": "verbs.order",
    "refresh": "verbs.refresh",
    "remove": "verbs.remove",
    "rename": "verbs.rename",
    "replace": "verbs.replace",
    "script-filter": "alfred.render",
    "show": "verbs.show",
    "summary": "verbs.summary",
    "take-in": "alfred.add_account",
}
DEFAULT = "list"
INTERNAL = ("script-filter", "take-in")  # for launchers: they work, and are not listed
WHOLE = 200  # characters of a first sentence; click would cut it at the end of the line


class Verbs(language.Spoken, click.Group):
    """A group that imports a verb's module only when it is called for; without a verb it lists."""

    def parse_args(self, ctx: click.Context, args: List[str]) -> List[str]:
        ours = {flag for param in self.get_params(ctx) for flag in param.opts} | {"--"}
        if not args or (args[0].startswith("-") and args[0] not in ours):
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> List[str]:
        return [verb for verb in VERBS if verb not in INTERNAL]

    def get_command(self, ctx: click.Context, name: str) -> Optional[click.Command]:
        if name not in VERBS:
            from scripts.terminal import secret_arguments

            if secret_arguments.may_be(name):
                secret_arguments.refuse()
            return None
        command: click.Command = importlib.import_module(f"scripts.{VERBS[name]}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each verb with its first sentence, wrapped where there is no room for it."""
        found = ((verb, self.get_command(ctx, verb)) for verb in self.list_commands(ctx))
        with formatter.section(gettext("Commands")):
            formatter.write_dl(
                [(verb, command.get_short_help_str(WHOLE)) for verb, command in found if command]
            )


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tankful")
def main() -> None:
    """What is left of every API account you pay for.

    Without a verb, the list. Accounts are named by id or by an unambiguous label.
    """


if __name__ == "__main__":
    main()
