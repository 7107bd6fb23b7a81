"""ChatGPT (Subscription): usage windows, credits, feature allowances, plan and its renewal.

``wham/usage`` has the main numbers; everything may be null or missing::

    {"plan_type": "plus", "rate_limit": {"allowed": true, "limit_reached": false,
       "primary_window": {"used_percent": 14, "limit_window_seconds": 18000,
         "reset_after_seconds": 9120, "reset_at": 1791199920}, "secondary_window": null},
     "additional_rate_limits": [{"limit_name": "…", "rate_limit": {…}}], "code_review_rate_limit": {…},
     "credits": {"has_credits": true, "unlimited": false, "balance": "250.5"},
     "spend_control": {"reached": false, "individual_limit": {"limit": "2000", "used": "815.25"}},
     "rate_limit_reached_type": {"type": "…"}, "model_usage": {"<slug>": {"available": false}}}

Traps: a window is told by its length, never by its place (weekly-only plans put the week first) or
its name (more than two may come); one without ``used_percent`` is unknown, not empty;
``limit_reached`` is another fact than 100 % (chatgpt_credits.py); ``account_id`` may be "" or the id of the user; of features
(``conversation/init``) only what is left is told, no total; free accounts have ``will_renew: false``;
``accounts/check`` lists every workspace, and another workspace's plan says nothing of ours. These are
ChatGPT's own pages, not a public API: what cannot be read is left out, never made up.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple

from ..chatgpt import allowances, browser, credits, plan
from ..chatgpt import token as tokens
from ..chatgpt.pages import (
    CUT,
    HOST,
    READ,
    REJECTED,
    Told,
    ask_main,
    check,
    extra_calls,
    headers_for,
    refusal,
    workspace_id,
)
from ..errors import CredentialRejected
from ..i18n.message import Message, _
from ..models import Account, Credential, Quota, Usage
from ..provider.answer import is_challenge
from ..provider.calls import bearer, optional, together
from ..provider.contract import Client, Form, Provider, Remembering, shape
from ..provider.notices import joined
from ..provider.reading import mapping, text

_WHOAMI = "https://auth.openai.com/api/accounts/v1/user-auth-credential/whoami"
_PERSONAL = "at-"  # what a Codex access token begins with
_SESSION_COOKIE = r"(?s:.*)__Secure-(?:next-auth|authjs)\.session-token(?s:.*)"
PROVIDER = Provider(
    id="chatgpt",
    name="ChatGPT (Subscription)",
    short="ChatGPT",
    kind="plan",
    needs=_("access token or session cookie of chatgpt.com"),
    shows=_(
        "5 hours, week and every other window, spending limits, credits, code review, deep research, agent, images, plan and renewal"
    ),
    keys={"": f"{HOST}/"},
    dashboard={"": f"{HOST}/codex/settings/usage"},
    shapes=(
        shape(
            r'\{(?s:.*)"accessToken"(?s:.*)\}',
            _("ChatGPT session (JSON)"),
            kind="access_token",
        ),
        shape(_SESSION_COOKIE, _("ChatGPT session cookie"), kind="session"),
        shape(
            r"eyJ[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+",
            _("ChatGPT session token"),
            kind="session",
        ),
        shape(
            r"at-(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{32,}",
            _("Codex access token (at-…)"),
            kind="access_token",
        ),
        shape(
            r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+",
            _("possibly a ChatGPT access token"),
            kind="access_token",
            sure=False,
        ),
    ),
    scopes={"workspace": _("workspace (account ID)")},
    forms={
        "workspace": Form(
            _("an account ID"),
            re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE),
            "0a1b2c3d-1111-4222-8333-444455556666",
        )
    },
    interval=300,
    ways=("console", "clipboard", "token", "cookie", "steps"),
    console="copy(JSON.stringify(await (await fetch('/api/auth/session')).json()))",
    mistaken_for=("openai",),
    match="openai chatgpt codex subscription plus pro team 订阅 会员",
    variables={"CODEX_ACCESS_TOKEN": ""},
    steps=(
        _("Log in at {keys} in your browser and stay on that page."),
        _(
            "Method A: open DevTools → **Console** and run the console command; it copies the answer with your `accessToken`."
        ),
        _(
            "Or method B: DevTools → **Application** or **Storage** → Cookies, copy `__Secure-next-auth.session-token`. Tankful then renews the token by itself."
        ),
        _(
            "Business, Enterprise: a Codex access token (`at-…`) of <https://chatgpt.com/admin/access-tokens> works too."
        ),
        _(
            "Paste it into Tankful. An `sk-…` key is not a ChatGPT login: add that as OpenAI API (Token)."
        ),
    ),
)
_OF_THE_PLAN = ("accounts", "subscription")  # pages that are asked once a day
_NO_NUMBER = _("ChatGPT exposes no number for this plan")
_REVOKED: Message = _(
    "{provider} does not accept this Codex access token; make a new one at https://chatgpt.com/admin/access-tokens"
)


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Ask all pages at once, and for free resets when there may be any.

    Raises UsageError, for an expired token before anything is sent.
    """
    token = credential.secret
    check(credential)
    own = workspace_id(tokens.account_id(token))
    workspace = workspace_id(account.scope.get("workspace")) or own
    if workspace is None:
        workspace = (await scope_of(client, credential)).get("workspace")
    headers = headers_for(token, workspace)
    paged = {**headers, **_as_browser(account, credential)}
    extras = extra_calls(client, paged, workspace)
    kept = _Kept(client, workspace)
    due = {name: call for name, call in extras.items() if name not in kept.pages}
    main = ask_main(client, headers, paged, workspace)
    try:
        (answer, usage, more), found = await together(main, *due.values())
    except CredentialRejected as error:
        if token.startswith(_PERSONAL) and error.message in (REJECTED, CUT):
            raise CredentialRejected(_REVOKED) from None
        raise
    pages = {**kept.pages, **dict(zip(due, found))}
    if kept.is_outdated(usage):
        pages.update({name: await optional(extras[name]()) for name in kept.pages})
    kept.keep(usage, pages)
    told = Told(
        answer.at,
        usage or {},
        workspace,
        tokens.plan(token) if workspace == own else None,
        **more,
        **{name: mapping(document) for name, document in pages.items()},
    )
    if (
        usage is None
        and not plan.account_node(told)
        and not text(told.subscription.get("plan_type"))
    ):
        raise refusal(answer)
    return parse(told)


async def scope_of(client: Client, credential: Credential) -> Dict[str, str]:
    """The workspace of a Codex access token, which does not tell it itself; {} for any other.

    Raises CredentialRejected. Where the page does not answer, the usage is asked without it.
    """
    if not credential.secret.startswith(_PERSONAL):
        return {}
    answer = await optional(client.get(_WHOAMI, headers=bearer(credential.secret)))
    if answer is None or is_challenge(answer):
        return {}
    if answer.status == 401:
        raise CredentialRejected(_REVOKED)
    workspace = workspace_id(mapping(answer.document()).get("chatgpt_account_id"))
    return {"workspace": workspace} if workspace else {}


def _as_browser(account: Account, credential: Credential) -> Dict[str, str]:
    """What the pages of a browser are asked with besides."""
    device = browser.device(credential.cookie, account.id)
    return {**browser.page_headers(), "oai-language": "en-US", "oai-device-id": device}


class _Kept:
    """The pages of the plan as they were told today: they are watched, and change rarely.

    They are asked again after a day, and when the plan is another one.
    """

    def __init__(self, client: Client, workspace: Optional[str]) -> None:
        self._all = client.pages if isinstance(client, Remembering) else {}
        self._keys = {name: f"{name} {workspace or ''}" for name in (*_OF_THE_PLAN, "plan")}
        self.pages = {
            name: self._all[self._keys[name]]
            for name in _OF_THE_PLAN
            if self._keys[name] in self._all
        }

    def is_outdated(self, usage: Optional[Mapping[str, Any]]) -> bool:
        """Whether the main page tells of another plan than when these were kept."""
        return bool(self.pages) and self._all.get(self._keys["plan"]) != _plan_type(usage)

    def keep(self, usage: Optional[Mapping[str, Any]], pages: Mapping[str, Any]) -> None:
        """Remember these pages, also that one of them did not come."""
        self._all[self._keys["plan"]] = _plan_type(usage)
        self._all.update({self._keys[n]: pages[n] for n in _OF_THE_PLAN if n in pages})


def _plan_type(usage: Optional[Mapping[str, Any]]) -> Optional[str]:
    return text(mapping(usage).get("plan_type"))


def parse(told: Told) -> Usage:
    """Read the answers of one round."""
    usage, node = told.usage, plan.account_node(told)
    left = credits.amount(usage, told.balance)
    spare = credits.pay_on(usage, left)
    windows = allowances.lane_quotas(usage.get("rate_limit"), told.at, spare=spare)
    caps = credits.limits(usage, told.at)
    main = [*windows, *caps, *credits.uncounted(usage, windows, left)]
    quotas = _distinct([*main, *_side(told, node), *allowances.free_resets(told)])
    balances = credits.balances(usage, windows, main, left)
    blocked = credits.blocked(usage, node, told.subscription, windows, left, told.at)
    parts = [
        *plan.credit_notices(told, windows, left, spare=spare),
        *plan.plan_notices(node, told),
        *plan.feature_notices(told),
        *plan.reset_notices(told),
    ]
    if not (quotas or balances or blocked or credits.is_untold(usage)):
        parts.append((30, _NO_NUMBER))
    parts.sort(key=lambda part: part[0])
    notice = joined(*(phrase for _, phrase in parts))
    return Usage(quotas, balances, plan=plan.plan_of(told, node), notice=notice, blocked=blocked)


def _side(told: Told, node: Mapping[str, Any]) -> List[Quota]:
    sources = {"usage": told.usage, "init": told.init, "node": node}
    others = (
        allowances.allowances(source, READ[kind], told.at) for kind, source in sources.items()
    )
    return [
        *allowances.lanes(told.usage, told.at),
        *allowances.models(told),
        *allowances.features(told),
        *chain.from_iterable(others),
    ]


def _distinct(quotas: Iterable[Quota]) -> Tuple[Quota, ...]:
    found: Dict[str, Quota] = {}
    for quota in quotas:
        found.setdefault(quota.label, quota)
    return tuple(found.values())
