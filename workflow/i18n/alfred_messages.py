"""Every sentence of the launcher's own lists, prompts, dialogs and notifications.

A row has a title ``name`` and a subtitle ``name_how``; ``{…}`` is filled in with ``say``.
"""

from __future__ import annotations

from .catalog import say as _say
from .message import _

WORDS = {
    # the rows of several lists
    "back": _("Back to the list"),
    "back_how": _("↩ Show all accounts"),
    "gone": _("This account is no longer there"),
    "gone_how": _("It was removed meanwhile · ↩ Back to the list"),
    "unknown": _("Tankful does not know “{}”"),
    "unknown_how": _("Another version of the workflow may have asked for it · ↩ Back to the list"),
    "add": _("Add account…"),
    "add_how": _("↩ Choose one of {} providers, or take what is on the clipboard"),
    # details
    "fact_how": _("{} · ↩ Copy this value"),
    "dashboard_how": _("↩ Open {} · ⌘Y Quick Look"),
    "no_dashboard_how": _("This Tankful does not know the provider; update Tankful"),
    "fact_copy": _("⌥↩ Copy this value"),
    "fact_manage": _("⌃↩ Manage {}"),
    # manage
    "details": _("Details"),
    "details_how": _("↩ Every number of {}"),
    "rename": _("Rename…"),
    "rename_how": _("Now “{}” · ↩ Type another name"),
    "rename_prompt": _("New name for {}"),
    "rename_hint": _("↩ Rename"),
    "replace": _("Replace the credential…"),
    "replace_how": _("The old one stays until the new one is checked and stored"),
    "exchange": _("Re-exchange the session"),
    "exchange_how": _("↩ Trade the session for a new access token"),
    "account_region": _("Region: {}"),
    "account_region_how": _("↩ Choose the region that the key belongs to"),
    "scope": _("{}: {}"),
    "scope_how": _("↩ Type another value; empty removes it"),
    "scope_none": _("not set"),
    "scope_hint": _("↩ Keep it; empty means none"),
    "threshold": _("Low threshold: {}"),
    "threshold_how": _("↩ Below how many percent left, or what balance, {} counts as low"),
    "threshold_as_set": _("as in the settings ({} %)"),
    "threshold_prompt": _("Low below … (percent left, or an amount of the balance)"),
    "threshold_hint": _("A number; empty: as in the settings"),
    "up": _("Move up"),
    "down": _("Move down"),
    "move_how": _("↩ One place in the list"),
    "move_urgency_how": _(
        "The list is sorted by urgency now; this counts when it is sorted by hand"
    ),
    "pin": _("Pin to the top"),
    "pin_how": _("↩ Above all others, whatever the order"),
    "unpin": _("Unpin"),
    "unpin_how": _("↩ Back to its place"),
    "hide": _("Hide"),
    "hide_how": _("↩ Leave it out of the list; “{}” shows it again"),
    "show": _("Show in the list again"),
    "show_how": _("↩ It is hidden now"),
    "dashboard": _("Open the dashboard"),
    "remove": _("Remove…"),
    "remove_how": _("↩ Asks first; the secret leaves the keychain too"),
    "remove_title": _("Remove {}?"),
    "remove_text": _(
        "Its credential is deleted from the keychain. The key itself stays valid at the provider."
    ),
    "remove_yes": _("Remove"),
    "cancel": _("Cancel"),
    # replace a credential
    "open_keys": _("Open the page where the key is made"),
    "open_keys_how": _("↩ {} · ⌘Y Steps"),
    "paste_new": _("Paste the new credential…"),
    "paste_how": _("↩ A hidden dialog takes {}; it is checked before it is stored"),
    "clipboard": _("From the clipboard…"),
    "clipboard_how": _(
        "Key, cookie, JSON, cURL · ↩ Read it once, show what it is, ask before anything is sent"
    ),
    # ChatGPT
    "console": _("A · Copy the console command, open chatgpt.com"),
    "console_how": _(
        "Logged in there: run it in the browser's console, come back, “From the clipboard”"
    ),
    "token": _("A · Paste the access token…"),
    "cookie": _("B · Paste the session cookie…"),
    "cookie_how": _(
        "Stays alive by itself · DevTools → Application → Cookies → __Secure-next-auth.session-token"
    ),
    "steps": _("Show the steps"),
    "steps_how": _("↩ Open the guide · ⌘Y Quick Look"),
    "steps_here": _("Show the steps in this list"),
    "step_how": _("↩ Open {} · ⌘Y the guide"),
    # add
    "provider_how": _("{} · ↩ Go on"),
    "provider_keys": _("⌘↩ Open {}"),
    "provider_keys_cn": _("⌥↩ Open {} (China)"),
    "import": _("Import keys found on this machine…"),
    "import_how": _("↩ Looks for them only now; shows what there is before anything is stored"),
    "candidate": _("{} · from {}"),
    "candidate_how": _("{} · ↩ Check it at the provider and add it"),
    "no_candidate": _("No key was found on this machine"),
    "no_candidate_how": _(
        "Looked at the variables of the {} providers and at Codex's sign-in · ↩ Back to the list"
    ),
    "label_prompt": _("Name of the new {} account"),
    "label_hint": _("Such as Work · ↩ Go on; empty: “{}”"),
    "region_auto": _("Find the region out"),
    "region_auto_how": _(
        "↩ The key is shown once to {}'s own hosts of each region, and from then on to one"
    ),
    "region": _("{}"),
    "region_how": _("↩ {} only"),
    "region_now": _("{} (now)"),
    # settings and the rest of the second keyword
    "refresh_all": _("Refresh all accounts"),
    "refresh_all_how": _("↩ Refresh every account now"),
    "summary": _("Summary"),
    "summary_how": _("↩ Preview it, then copy it"),
    "summary_private": _("Private summary"),
    "summary_private_how": _(
        "↩ Preview it without names, e-mails and amounts of money, then copy it"
    ),
    "copy_all": _("Copy the summary of all accounts"),
    "copy_private": _("Copy the summary without names, e-mails and amounts"),
    "copy_all_how": _("↩ Copy exactly these {} lines"),
    "line_how": _("↩ Copy this line"),
    "hidden": _("Show {} again"),
    "hidden_how": _("Hidden from the list · ↩ Show it"),
    "configure": _("Workflow Configuration…"),
    "configure_how": _("↩ Keyword, language, refresh interval, low threshold …"),
    "diagnostics": _("Diagnostics"),
    "diagnostics_how": _("↩ Copy a report without secrets, labels or amounts"),
    "guide": _("Credential guide"),
    "guide_how": _("↩ What each provider needs, and where it is found"),
    "guide_all": _("The whole guide"),
    "setting": _("{}: {}"),
    "setting_how": _("↩ Change to {}"),
    "nothing": _("No account yet"),
    # the settings and their values
    "set_language": _("Language"),
    "set_show": _("Show"),
    "best": _("Work here now: {}"),
    "best_then": _("then {}"),
    "set_privacy": _("Privacy (names and money hidden)"),
    "set_clock": _("Clock"),
    "set_order": _("Order of the list"),
    "set_best": _("First row says where to work now"),
    "set_summary": _("Summary as"),
    "value_auto": _("as the system"),
    "value_en": _("English"),
    "value_zh": _("简体中文"),
    "value_left": _("what is left"),
    "value_used": _("what is used"),
    "value_0": _("off"),
    "value_1": _("on"),
    "value_12": _("12 hours"),
    "value_24": _("24 hours"),
    "value_hand": _("by hand"),
    "value_urgency": _("by urgency"),
    "value_text": _("text"),
    "value_markdown": _("Markdown"),
    # what ↩ does on an error row
    "remedy_replace": _("↩ Replace the credential"),
    "remedy_ask": _("↩ Refresh now"),
    "remedy_token": _("↩ Copy a new token (method A)"),
    "remedy_details": _("↩ Details"),
    "remedy_refresh": _("↩ Try again now"),
    "remedy_unlock": _("↩ Ask the keychain again"),
    "remedy_open": _("↩ Open the provider's page"),
    "remedy_diagnostics": _("↩ Copy a diagnostic report"),
    "held": _("⌘↩ Not now: it asked to be left alone, next try in {} ({})"),
    # notifications
    "copied": _("Copied: {}"),
    "nothing_to_copy": _("There was nothing to copy; the clipboard is as it was"),
    "command_copied": _(
        "The command is copied. Run it in the console of chatgpt.com, then: Add account → ChatGPT → From the clipboard"
    ),
    "report_copied": _("The report is copied. It holds no secret, label or amount."),
    "waits": _("{} asked to be left alone until {}"),
    "wait": _("{} accounts asked to be left alone until {}: {}"),
    "left_out": _("time ran out before asking {}; the next refresh asks again"),
    "some_failed": _("{} of {} accounts failed: {}"),
    "renamed": _("{} is now called {}"),
    "same_name": _("A name needs at least one character; {} keeps its name"),
    "removed": _("Removed {}"),
    "removed_but": _(
        "{} is removed, but the keychain kept its secret; unlock it: it goes when the next account is added or removed"
    ),
    "exchanged": _("{}: a new token{}"),
    "good_until": _(", which expires {}"),
    "is_low_at": _(
        "{} counts as low below {} (percent left, or the balance), and always at {} % left or less"
    ),
    "is_low_as_set": _("{} counts as low at {} % left or less, as in the settings"),
    "not_a_number": _("“{}” is not a number above zero; nothing was changed"),
    "is_hidden": _("{} is hidden; “{}:” shows it again"),
    "added": _("Added {}"),
    "cancelled": _("Nothing was added"),
    "replaced": _("New credential for {}"),
    # the dialogs that take a credential
    "ask_title": _("Tankful · {}"),
    "ask": _("Paste {} of {}.\nIt is made at {}"),
    "ask_why": _("{}\n\n{}"),
    "ask_which": _("Which provider?"),
    "ask_may_be": _(
        "This key may belong to several providers, and is sent to none to find out. Which one is it?"
    ),
    "ask_several": _(
        "Several credentials are in it; none has been sent yet. Which one is to be added?"
    ),
    "take_all": _("All of them ({})"),
    "go_on": _("Check and Save"),
    "use_clipboard": _("Use the Clipboard"),
    "seen": _(
        "On the clipboard: {}{} ({} characters).\nNothing has been sent yet. It will be checked at {}."
    ),
    "seen_label": _("Name of the account:"),
    "try_again": _("Try again"),
    "type_again": _("Type again"),
    "save_anyway": _("Save anyway, without a check"),
    "add_as": _("Add it as {}"),
    "choose": _("Choose"),
}


def say(name: str, language: str, *parts: object) -> str:
    """The sentence of this name, with its parts filled in."""
    return _say(WORDS[name], language).format(*parts)
