"""Ask providers at a key of the launcher, and report what the rows do not show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workflow.alfred import run_script
from workflow.display import names
from workflow.display.times import ahead
from workflow.errors import CredentialExpired, UsageError
from workflow.i18n.catalog import say
from workflow.i18n.message import _
from workflow.models import Account, Credential, Snapshot, utc_now
from workflow.storage import accounts

if TYPE_CHECKING:
    from scripts.alfred.request import Request
    from workflow.refresh.run import RefreshResult


def refresh(request: Request) -> str:
    """Ask the provider of an account now."""
    failures: list[str] = []

    def collect(account: Account, snapshot: Snapshot) -> None:
        if snapshot.failure:
            failures.append(names.headed(request.name(account), request.reason(snapshot.failure)))

    result = _fetch([request.account()], on_answer=collect)
    return run_script.answer("".join(failures) or _left_out(result, request), "list")


def refresh_all(request: Request) -> str:
    """Ask the providers of all accounts now."""
    result = _fetch(accounts.load().accounts)
    parts = [_left_out(result, request)]
    if result.failed:
        asked, failed = len(result.asked), result.failed
        sentence = _("{failed} of {count} accounts failed: {accounts}")
        names = request.names(failed)
        parts.insert(0, say(sentence, failed=len(failed), count=asked, accounts=names))
    return run_script.answer("; ".join(filter(None, parts)), "list")


def _fetch(chosen: Sequence[Account], **more: Any) -> RefreshResult:
    from scripts.terminal import refreshing

    return refreshing.refresh([each.id for each in chosen], **more)


def _left_out(result: RefreshResult, request: Request) -> str:
    """Say which accounts were not asked, and why; "" if all were."""
    parts: list[str] = []
    waiting = [account for account, _ in result.rate_limited]
    if waiting:
        names = request.names(waiting)
        until = request.span([end for _account, end in result.rate_limited])
        alone = _("{account} has to wait until {time}")
        several = _("{count} accounts have to wait until {time}: {accounts}")
        if len(waiting) == 1:
            parts.append(say(alone, account=names, time=until))
        else:
            parts.append(say(several, count=len(waiting), time=until, accounts=names))
    if result.timed_out:
        sentence = _("timed out before refreshing {accounts}; the next refresh continues")
        parts.append(say(sentence, accounts=request.names(result.timed_out)))
    if result.unkept:
        parts.append(say(result.unkept))
    return "; ".join(parts)


def exchange(request: Request) -> str:
    """Exchange an account's session cookie for a new token; if it has no cookie, show how to paste a token."""
    account = request.account()
    if account.kind != "session":
        return run_script.answer("", "menu", action="token", account=account.id)
    from workflow.chatgpt import session

    try:
        credential = session.renew(account)
    except CredentialExpired as error:
        message = _failure(error, account, request)
        return run_script.answer(message, "menu", action="replace", account=account.id)
    except UsageError as error:
        return run_script.answer(_failure(error, account, request), "list")
    _fetch([account])
    return run_script.answer(_renewed(account, credential, request), "list")


def _renewed(account: Account, credential: Credential, request: Request) -> str:
    lifetime = ""
    if credential.expires_at is not None:
        end, now = credential.expires_at.timestamp(), utc_now().timestamp()
        lifetime = say(_(", expires {time}"), time=ahead(end, now))
    sentence = _("{account}: new token{expiry}")
    return say(sentence, account=request.name(account), expiry=lifetime)


def _failure(error: UsageError, account: Account, request: Request) -> str:
    from workflow.provider import discovery as providers
    from workflow.refresh import fetch as fetching

    about = providers.about(account.provider)
    reason = request.reason(fetching.failure(error, account, about, utc_now()))
    return names.headed(request.name(account), reason)
