"""Every sentence of the product that is not an error, by name; ``{…}`` is filled in with ``say``."""

from __future__ import annotations

from .catalog import plain
from .catalog import say as _say
from .message import _

WORDS = {
    "left": _("{} left"),
    "used": _("{} used"),
    "unlimited": _("∞ unlimited"),
    "no_number": _("no number is exposed"),
    "nothing_yet": _("no numbers yet"),
    "has_reset": _("has reset"),
    "never_asked": _("not asked yet"),
    "age_unknown": _("age unknown"),
    "cash": _("cash {} + voucher {}"),
    "voucher": _("voucher {}"),
    "below_alert": _("below the alert that you set there"),
    "state": _("State"),
    "cause_blocked": _("blocked: {}"),
    "cause_spent": _("{} is used up"),
    "cause_nearly": _("{} is nearly used up"),
    "cause_low": _("{} is low (≤ {})"),
    "brief_spent": _("used up"),
    "brief_nearly": _("nearly used up"),
    "brief_low": _("low (≤ {1})"),
    "cause_threshold": _("{} is below your {}"),
    "cause_reserve": _("{} is used up, now on {}"),
    "cause_empty": _("the balance is used up"),
    "cause_owed": _("money is owed"),
    "cause_untold": _("no limit is told"),
    "cause_uncounted": _("what is used is not told"),
    "lifts": _("lifted in {} ({})"),
    "part": _("{0} of {1}"),
    "the_balance": _("the balance"),
    "this_month": _("{} this month"),
    "today": _("today {}"),
    "days": _("{1} days {0}"),
    "resets": _("resets in {} ({})"),
    "token_expires": _("token expires in {} ({})"),
    "token_expired": _("token has expired"),
    "session_expires": _("session expires in {} ({})"),
    "session_expired": _("session has expired"),
    "kind_no_credential": _("no credential"),
    "kind_credential_rejected": _("credential refused"),
    "kind_credential_expired": _("credential expired"),
    "kind_wrong_credential": _("wrong kind of credential"),
    "kind_not_available": _("no plan"),
    "kind_rate_limited": _("asked too often"),
    "kind_blocked": _("blocked on the way"),
    "kind_unreachable": _("no connection"),
    "kind_provider_failed": _("the provider fails"),
    "kind_unexpected_response": _("answer not understood"),
    "kind_store_locked": _("keychain locked"),
    "retry": _("next try in {} ({})"),
    "retry_now": _("next try now"),
    "add_first": _("Add your first account"),
    "add_first_how": _("{count} providers: {names} · in a shell: tankful add"),
    "list_between": _(", "),
    "damaged": _("accounts.json was damaged and is kept aside"),
    "damaged_how": _(
        "↩ Show {} in Finder: mend it and rename it to accounts.json, or add the accounts again"
    ),
    "detour": _("Everything goes to {}"),
    "detour_how": _(
        "A stand-in for tests, not the providers: TANKFUL_LOOPBACK is set; unset it for real use"
    ),
    "asks_nobody": _("Tankful asks nobody"),
    "failure": _("Problem"),
    "balance": _("Balance"),
    "spend": _("Spend"),
    "plan": _("Subscription"),
    "notice": _("Notice"),
    "used_of": _("{} of {} used"),
    "window": _("window {}"),
    "source": _("Source"),
    "region": _("Region"),
    "region_intl": _("International"),
    "region_cn": _("China"),
    "credential": _("Credential"),
    "credential_api_key": _("API key"),
    "credential_access_token": _("access token"),
    "credential_session": _("session cookie"),
    "fetched": _("Fetched"),
    "endpoint": _("Endpoint"),
    "id": _("Account id"),
    "failed_at": _("Failed"),
    "next_try": _("Next try"),
    "untold": _("Not told by the provider"),
    "no_limit": _("limit"),
    "no_reset": _("reset"),
    "and": _(" and "),
    "mod_refresh": _("⌘↩ Refresh {} now"),
    "mod_copy": _("⌥↩ Copy this account's summary"),
    "mod_manage": _("⌃↩ Manage: rename, replace the credential, remove"),
    "mod_exchange": _("⌘⌥↩ Re-exchange the session for a new token"),
    "mod_no_exchange": _("⌘⌥↩ Nothing to exchange: that is for ChatGPT"),
    "mod_token": _("⌘⌥↩ Show how to copy a new token (method A)"),
}


def say(name: str, language: str, *parts: object, **named: object) -> str:
    """The sentence of this name, with its parts filled in."""
    return _say(WORDS[name], language).format(*parts, **named)


def name_of(kind: str, word: str, language: str) -> str:
    """What a word of ours is called; itself where only another version of Tankful knows it."""
    name = f"{kind}_{word}"
    return say(name, language) if name in WORDS else plain(word)
