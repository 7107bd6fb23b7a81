"""The verbs of the ``tankful`` command, each in its own module, which is imported when it is used."""

from __future__ import annotations

import importlib
from gettext import gettext
from typing import TYPE_CHECKING, Any

import click

from scripts.terminal import language
from workflow import __version__, paths, settings
from workflow.errors import Mistake, nearest
from workflow.i18n.catalog import say
from workflow.i18n.message import Message, _
from workflow.storage import accounts

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


VERBS = {  # with their first sentences, so that the list of all verbs imports none of them
    "add": "Add an account of PROVIDER.",
    "background": "Turn the background refresh on or off, or show its state.",
    "completion": "Print the completion script for SHELL, or install it.",
    "config": "Show all settings, one of them, or set NAME to VALUE.",
    "doctor": "Show what to fix first, then report versions, paths, states and timings.",
    "exchange": "Exchange the session of ACCOUNT, or of all that have one, for a new access token now.",
    "guard": "Exit with 0 when enough is left, with 1 when not, with 3 when that cannot be known.",
    "guide": "Show where to find the credential of PROVIDER, or of all.",
    "history": "Show how much history is kept, export it, or delete it.",
    "import": "Add keys found in environment variables and in files of Codex, Claude Code and cc-switch.",
    "list": "Show what is left of every account, or of the named ACCOUNTs.",
    "metrics": "Print all numbers for Prometheus.",
    "order": "Move ACCOUNT up or down, pin or unpin it, hide or show it.",
    "prompt": "Print the most urgent numbers in a few characters, for a status line.",
    "provider": "Check FILE, a provider of your own: read it, ask once, print what each pointer found.",
    "refresh": "Refresh all accounts, or the named ACCOUNTs, whatever the age of their numbers.",
    "remove": "Remove ACCOUNT with its credential, history and cached data.",
    "rename": "Rename ACCOUNT to LABEL.",
    "replace": "Give ACCOUNT a new credential.",
    "script-filter": "Print Alfred's Script Filter JSON. Always succeeds.",
    "show": "Show every detail of ACCOUNT.",
    "statusline": "Store the limits that Claude Code passes on, and print them in one line.",
    "summary": "Print one line for every account, or for the named ACCOUNTs, the most urgent first.",
    "take-in": "Ask for a credential in a hidden dialog, check it, and store it.",
    "threshold": "Show the low threshold of ACCOUNT, set it to VALUE, or turn it off.",
    "trend": "Show the trend and forecast of ACCOUNT.",
    "update-check": "Ask the release page whether there is a newer Tankful.",
}
MODULES = {"import": "verbs.import_keys", "take-in": "alfred.add_account"}  # if called otherwise
DEFAULT = "list"
MEANT = {
    "ls": "list",
    "status": "list",
    "rm": "remove",
    "delete": "remove",
    "mv": "rename",
    "update": "refresh",
    "upgrade": "update-check",
    "set": "config",
    "settings": "config",
    "alerts": "config",
    "edit": "rename",
    "move": "order",
    "pin": "order",
    "hide": "order",
    "export": "history --csv",
    "version": "--version",
    "watch": "--watch",
    "json": "--json",
}
INTERNAL = ("script-filter", "take-in")  # for launchers, not listed
MAX_SUMMARY = 200  # characters of a first sentence; click would cut it at the end of the line


class Verbs(language.Translated, click.Group):
    """A group that imports a verb's module only when it is called; without a verb it runs ``list``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[language.TYPED] = tuple(args)
        own = {flag for param in self.get_params(ctx) for flag in param.opts} | {"--"}
        is_completing = ctx.resilient_parsing
        if not is_completing and (not args or (args[0].startswith("-") and args[0] not in own)):
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a complaint of click's that would repeat a credential becomes a warning."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            from scripts.terminal import secret_arguments

            secret_arguments.keep_out(error.format_message())
            raise

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [verb for verb in VERBS if verb not in INTERNAL]

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            from scripts.terminal import secret_arguments

            if secret_arguments.may_be(name) and not _count(name):
                secret_arguments.refuse()
            return None
        module = MODULES.get(name, f"verbs.{name.replace('-', '_')}")
        command: click.Command = importlib.import_module(f"scripts.{module}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Treat the name of an account or a provider as the command to show it."""
        name = args[0]
        if name in VERBS:
            return super().resolve_command(ctx, args)
        if name == "help":
            if not args[1:]:
                click.echo(ctx.get_help())
                ctx.exit()
            return super().resolve_command(ctx, [args[1], "--help"])
        count = _count(name)
        if count:
            verb = "show" if count == 1 else DEFAULT
            return super().resolve_command(ctx, [verb, *args])
        self.get_command(ctx, name)  # refuses a credential
        raise click.UsageError(say(_not_there(name)), ctx)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete a command, or the name of an account or a provider."""
        from click.shell_completion import CompletionItem

        from scripts.terminal import output

        known = super().shell_complete(ctx, incomplete)
        is_name = incomplete and not incomplete.startswith("-")
        named = output.several_names(ctx, self.params[0], incomplete) if is_name else []
        return [*known, *map(CompletionItem, named)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each verb with its first sentence, wrapped if needed."""
        verbs = self.list_commands(ctx)
        rows = [(verb, language.one_line(VERBS[verb], MAX_SUMMARY)) for verb in verbs]
        with formatter.section(gettext("Commands")):
            formatter.write_dl(rows)


def _count(name: str) -> int:
    """Count the accounts with this name; 0 if they cannot be read."""
    try:
        return len(accounts.load().matching(name))
    except (Mistake, OSError, paths.Unplaced):
        return 0


def _not_there(name: str) -> Message:
    verbs = [*(verb for verb in VERBS if verb not in INTERNAL), *MEANT]
    book = accounts.load()
    near, discreet = nearest(name, [*verbs, *book.names]), [*verbs, *book.discreet]
    if near and near not in discreet and settings.load().privacy:
        near = nearest(name, discreet)
    near = MEANT.get(near) or accounts.typed(near)
    if near:
        return _(
            "there is no command or account {name!r}; did you mean {near}?", name=name, near=near
        )
    return _("there is no command or account {name!r}; see tankful --help", name=name)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(
    __version__,
    prog_name="tankful",
    message="%(prog)s, version %(version)s",
    help="Show the version and exit.",
)
def main() -> None:
    """What is left of every API account you pay for.

    Without a command, shows the list; the options of `tankful list` (--all, --watch, --json,
    --plain …) work without it too. ACCOUNT is a name, "glm/Work" where it is not unique, or an id.
    """
