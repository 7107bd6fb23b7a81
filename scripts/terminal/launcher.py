"""Reword sentences for launchers: name their commands and dialogs instead of the shell's verbs.

The sentences listed here are replaced if Alfred or Raycast shows them. A verb that no launcher has is
still named, as one for a shell.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from workflow.i18n.catalog import Translation
from workflow.i18n.message import Message, _

VARIABLE = "TANKFUL_LAUNCHER"  # set by scripts/raycast/raycast.sh
RAYCAST = "raycast"
IN_DIALOGS: Mapping[str, Message] = {
    "no key that Tankful recognises; name the provider: tankful add PROVIDER": _(
        "no key that Tankful recognises is in it; choose the provider and paste its key"
    ),
    "this could be a key of {names}; say which: tankful add PROVIDER": _(
        "this could be a key of {names}; choose the one it belongs to"
    ),
    "this could be a key of {names}; if it is: tankful add {names}": _(
        "this could be a key of {names}; if it is, choose that provider"
    ),
    "this is {what}; add it as {name}: {command}; {other} needs: {needs}": _(
        "this is {what}; add it as {name}, or paste what {other} needs: {needs}"
    ),
    "this looks like {what}; add it as {name}: {command}; {other} needs: {needs}": _(
        "this looks like {what}; add it as {name}, or paste what {other} needs: {needs}"
    ),
    "the session has been exchanged, so it is saved anyway; try again: tankful "
    "refresh {id}, or remove it: tankful remove {id}": _(
        "the session has been exchanged, so it is saved anyway; refresh the account, or remove it"
    ),
    "the clipboard cannot be used (pbcopy, wl-copy, xclip or xsel); leave out --copy to print instead": _(
        "the clipboard cannot be used (pbcopy, wl-copy, xclip or xsel); try again"
    ),
}
IN_RAYCAST: Mapping[str, Message] = {
    "No accounts yet. Add one: tankful add": _("No accounts yet. Add one with “Add API Account”"),
    "The only account is hidden. Show one again: tankful order NAME show, or “usage:” in Alfred": _(
        "The only account is hidden. Show it again in a shell: tankful order NAME show"
    ),
    "All {count} accounts are hidden. Show one again: tankful order NAME show, or “usage:” in Alfred": _(
        "All {count} accounts are hidden. Show one again in a shell: tankful order NAME show"
    ),
    "{count} hidden (tankful list --all)": _("{count} hidden"),
    "no account has a session cookie; add one: tankful add chatgpt": _(
        "No account has a session cookie. Add one with “Add API Account”"
    ),
    "{failed} of {count} sessions failed: {names}; why: tankful exchange": _(
        "{failed} of {count} sessions failed: {names}; why: see “API Usage”"
    ),
}


class Worded(Translation):
    """A translation that replaces the shell's sentences by a launcher's."""

    __slots__ = ()

    def sentence(self, english: str, several: str = "", count: object = 1) -> str:
        """Say the launcher's sentence, see ``Translation.sentence``."""
        instead = (IN_RAYCAST if in_raycast() else {}).get(english) or IN_DIALOGS.get(english)
        return super().sentence(instead.id if instead else english, several, count)


def in_raycast() -> bool:
    """Tell whether Raycast shows what this process prints."""
    return os.environ.get(VARIABLE) == RAYCAST


def worded(spoken: Translation) -> Translation:
    """Return the translation to use, reworded if a launcher shows this process's output."""
    is_launched = in_raycast() or bool(os.environ.get("alfred_version"))
    return Worded(*spoken) if is_launched else spoken
