"""Everything that can go wrong, one class for each thing the user can do about it.

UsageError
├── NoCredential           the secret store has nothing for this account: replace the credential
├── CredentialRejected     the provider refuses the credential: make or copy another one
├── CredentialExpired      it was good once: get a fresh one
├── WrongCredential        a good key for something else: add it where it belongs
├── NotAvailable           valid, but no plan behind it: subscribe, or remove the account
├── RateLimited            asked too often: wait
├── Blocked                the edge or the country is in the way: change the network
├── Unreachable            no answer: check the connection
├── ProviderFailed         the provider is broken: wait
├── UnexpectedResponse     an answer nobody understands: update Tankful
└── StoreLocked            the secret store is locked or refuses: unlock it

Mistake                    the user asked for something that cannot be done; exit code 1

Words are pairs (English, 简体中文). ``{provider}`` and ``{keys}`` (the page where the credential is
made) are filled in where the account is known.
"""

from __future__ import annotations

from datetime import datetime
from typing import Optional, Tuple

Words = Tuple[str, str]
BY_ITSELF: Words = ("Tankful tries again by itself", "稍后会自动重试")


class UsageError(Exception):
    """An account could not be read. ``words`` replaces the class's own sentence.

    Args:
        words: one line each in English and Chinese that says what, and what next.
        retry_at: aware UTC; the account is not to be asked again before.
    """

    kind = "unexpected_response"
    default: Words = ("{provider} failed", "{provider} 出错")

    def __init__(
        self, words: Optional[Words] = None, *, retry_at: Optional[datetime] = None
    ) -> None:
        self.words = words or self.default
        self.retry_at = retry_at
        super().__init__(self.words[0])


class NoCredential(UsageError):
    """Nothing is stored for this account."""

    kind = "no_credential"
    default = (
        "{provider}: no credential is stored; replace it (a new one: {keys})",
        "{provider}：没有保存凭证；请更换凭证（获取：{keys}）",
    )


class CredentialRejected(UsageError):
    """The provider refuses the credential."""

    kind = "credential_rejected"
    default = (
        "{provider} does not accept this credential; copy it again or make a new one at {keys}",
        "{provider} 不接受此凭证；请重新复制，或到 {keys} 新建",
    )


class CredentialExpired(UsageError):
    """The credential was good once and is no longer."""

    kind = "credential_expired"
    default = (
        "{provider}: the credential has expired; get a fresh one at {keys} and replace it",
        "{provider}：凭证已过期；请到 {keys} 重新获取并更换",
    )


class WrongCredential(UsageError):
    """A good credential, for something else."""

    kind = "wrong_credential"
    default = (
        "{provider}: this is a credential for something else; see {keys}",
        "{provider}：此凭证属于其他服务；请参考 {keys}",
    )


class NotAvailable(UsageError):
    """The credential is valid, and there is no such plan behind it."""

    kind = "not_available"
    default = (
        "{provider}: the credential is valid but has no plan; subscribe, or use another one",
        "{provider}：凭证有效但没有套餐；请先订阅，或换用其他凭证",
    )


class RateLimited(UsageError):
    """Asked too often."""

    kind = "rate_limited"
    default = (
        f"{{provider}} asks to slow down; {BY_ITSELF[0]}",
        f"{{provider}} 提示请求过于频繁；{BY_ITSELF[1]}",
    )


class Blocked(UsageError):
    """Something between us and the provider refuses; the credential may be fine."""

    kind = "blocked"
    default = (
        "{provider} is blocked from this network (the credential may be fine); try another network or proxy",
        "{provider} 在当前网络被拦截（凭证可能没有问题）；请更换网络或代理",
    )


class Unreachable(UsageError):
    """No answer."""

    kind = "unreachable"
    default = (
        "{provider} cannot be reached; check the connection or proxy",
        "无法连接 {provider}；请检查网络或代理",
    )


class ProviderFailed(UsageError):
    """The provider answered that it is broken."""

    kind = "provider_failed"
    default = (
        f"{{provider}} has a problem of its own; {BY_ITSELF[0]}",
        f"{{provider}} 服务端出错；{BY_ITSELF[1]}",
    )


class UnexpectedResponse(UsageError):
    """An answer that is not what the provider is known to say."""

    kind = "unexpected_response"
    default = (
        "{provider} gave an answer that Tankful does not understand; try again, then update Tankful",
        "{provider} 的回应无法识别；请重试，仍不行请更新 Tankful",
    )


class StoreLocked(UsageError):
    """The secret store is locked, or its dialog was refused or left unanswered."""

    kind = "store_locked"
    default = (
        "{provider}: the keychain is locked or refused access; unlock it (over SSH: security unlock-keychain) and try again",
        "{provider}：钥匙串已锁定或拒绝访问；请解锁后重试（SSH 中：security unlock-keychain）",
    )


class Mistake(Exception):
    """The user asked for something that cannot be done; ``words`` says what and what next."""

    def __init__(self, words: Words) -> None:
        self.words = words
        super().__init__(words[0])
