"""Trade a ChatGPT session for a new access token."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Callable, List, Optional, Tuple, Union

import click

from scripts.terminal import output
from workflow import settings as preferences
from workflow.alfred import publish
from workflow.chatgpt import session
from workflow.client import PER_HOST
from workflow.credentials import store
from workflow.display.times import ahead
from workflow.errors import Mistake, StoreLocked, UsageError, Words
from workflow.models import Account, Credential, utc_now
from workflow.provider import discovery as providers
from workflow.refresh import fetch as fetching
from workflow.refresh import run as refresh
from workflow.settings import Settings
from workflow.storage import accounts
from workflow.storage.snapshots import Cache

Outcome = Union[Credential, UsageError]
Outcomes = List[Tuple[Account, Outcome]]


@click.command(cls=output.Asking, name="exchange")
@click.argument("account", required=False)
@click.option("--brief", is_flag=True, help="One line for all accounts.")
def command(account: Optional[str], brief: bool) -> None:
    """Trade the session of ACCOUNT, or of all that have one, for a new access token now."""
    settings = preferences.load()
    chosen = _chosen(account, settings)
    outcomes = list(zip(chosen, _outcomes(chosen)))
    (_tell_briefly if brief else _tell)(outcomes, settings)
    _remember(outcomes)
    if _failed(outcomes):
        raise SystemExit(1)


def _chosen(named: Optional[str], settings: Settings) -> List[Account]:
    book = accounts.load()
    if named is None:
        found = [account for account in book.accounts if account.kind == "session"]
        if found:
            return found
        raise Mistake(
            (
                "no account has a session cookie; add one: tankful add chatgpt",
                "没有使用会话 Cookie 的账号；添加：tankful add chatgpt",
            )
        )
    account = book.named(named)
    if account.kind == "session":
        return [account]
    name = output.name(account, settings)
    if account.kind != "access_token":
        raise Mistake(
            (
                f"{name} has an API key, which is never exchanged; refresh it: tankful refresh",
                f"{name} 使用 API Key，无需换取令牌；可刷新：tankful refresh",
            )
        )
    raise Mistake(
        (
            f"{name} has an access token only; copy a new one (tankful guide chatgpt, method A) and store it: tankful replace {account.id}, or store a session cookie (method B)",
            f"{name} 只有访问令牌；请复制新令牌（tankful guide chatgpt，方法 A）并更换：tankful replace {account.id}，或改存会话 Cookie（方法 B）",
        )
    )


def _outcomes(chosen: List[Account]) -> List[Outcome]:
    """Exchange several at once, but read one secret after the other: each may need a dialog."""
    secrets = [_attempt(store.read, account) for account in chosen]
    with ThreadPoolExecutor(PER_HOST) as desks:
        return list(desks.map(_renewed, chosen, secrets))


def _renewed(account: Account, secret: Outcome) -> Outcome:
    if isinstance(secret, UsageError):
        return secret
    return _attempt(session.renew, account, secret)


def _attempt(call: Callable[..., Credential], *about: object) -> Outcome:
    try:
        return call(*about)
    except UsageError as error:
        return error
    except Mistake as error:  # of accounts.json, or the renewed session is not kept
        return StoreLocked(error.words)


def _failed(outcomes: Outcomes) -> Outcomes:
    return [(account, outcome) for account, outcome in outcomes if isinstance(outcome, UsageError)]


def _tell(outcomes: Outcomes, settings: Settings) -> None:
    """A line for every account: new tokens on stdout, failures on stderr."""
    for account, outcome in outcomes:
        words = _told(account, outcome, settings)
        if isinstance(outcome, UsageError):
            output.complain(words)
        else:
            click.echo(output.told(words))


def _tell_briefly(outcomes: Outcomes, settings: Settings) -> None:
    """One line for all accounts, which names those that failed."""
    count, failed = len(outcomes), _failed(outcomes)
    if count == 1:
        words = _told(*outcomes[0], settings)
    elif not failed:
        words = (f"{count} sessions exchanged, all fine", f"已换取 {count} 个会话的令牌，全部成功")
    elif len(failed) == 1:
        english, chinese = _told(*failed[0], settings)
        words = (
            f"1 of {count} sessions failed: {english}",
            f"{count} 个会话中 1 个失败：{chinese}",
        )
    else:
        names = ", ".join(output.name(account, settings) for account, _ in failed)
        words = (
            f"{len(failed)} of {count} sessions failed: {names}; why: tankful exchange",
            f"{count} 个会话中 {len(failed)} 个失败：{names}；原因见 tankful exchange",
        )
    click.echo(output.told(words))


def _told(account: Account, outcome: Outcome, settings: Settings) -> Words:
    name = output.name(account, settings)
    if isinstance(outcome, UsageError):
        english, chinese = _reason(outcome, account)
    else:
        english, chinese = _lifetime(outcome, settings)
    return f"{name}: {english}", f"{name}：{chinese}"


def _reason(error: UsageError, account: Account) -> Words:
    """Why it failed, without the provider's name in front, where the account's will stand."""
    about = providers.about(account.provider)
    message = fetching.failure(error, account, about, utc_now()).message
    return message.en.removeprefix(f"{about.name}: "), message.zh.removeprefix(f"{about.name}：")


def _remember(outcomes: Outcomes) -> None:
    """Let every face show what came of it; an account that had failed is asked again."""
    with Cache() as cache:
        known = {account.id: cache.get(account.id) for account, _ in outcomes}
        for account, outcome in outcomes:
            if isinstance(outcome, UsageError):
                about = providers.about(account.provider)
                why = fetching.failure(outcome, account, about, utc_now())
                cache.put(fetching.failed(known[account.id], why))
    again = [a.id for a, outcome in outcomes if isinstance(outcome, Credential)]
    again = [account_id for account_id in again if known[account_id].failure]
    if again:
        refresh.refresh(again, publish=publish.publish)
    else:
        publish.publish()


def _lifetime(credential: Credential, settings: Settings) -> Words:
    if credential.expires_at is None:
        return ("a new token", "已换取新令牌")
    left = ahead(
        credential.expires_at.timestamp(),
        utc_now().timestamp(),
        settings.language,
        settings.hours24,
    )
    return (f"a new token, which expires {left}", f"已换取新令牌，{left}过期")
