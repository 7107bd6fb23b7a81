"""ChatGPT (Subscription): usage windows, credits, feature allowances, plan and its renewal.

``wham/usage`` has the main numbers; everything may be null or missing::

    {"plan_type": "plus", "rate_limit": {"allowed": true, "limit_reached": false,
       "primary_window": {"used_percent": 14, "limit_window_seconds": 18000,
         "reset_after_seconds": 9120, "reset_at": 1791199920}, "secondary_window": null},
     "additional_rate_limits": [{"limit_name": "…", "rate_limit": {…}}], "code_review_rate_limit": {…},
     "credits": {"has_credits": true, "unlimited": false, "balance": "250.5"},
     "spend_control": {"reached": false, "individual_limit": {"limit": "2000", "used": "815.25"}},
     "rate_limit_reached_type": {"type": "…"}, "model_usage": {"<slug>": {"available": false}}}

Traps: a window is identified by its length, never by its place (weekly-only plans have the week first) or its
name (there may be more than two). One without ``used_percent`` is unknown, not empty. ``limit_reached`` is
not the same as 100 % (chatgpt/credits.py). ``account_id`` may be "" or the id of the user. Features
(``conversation/init``) have only what is left, no total. Free accounts have ``will_renew: false``.
``accounts/check`` lists every workspace, and the plan of another workspace is not ours. These are ChatGPT's
own pages, not a public API: what cannot be read is left out, never made up.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from ..chatgpt import allowances, browser, credits, plan
from ..chatgpt import token as tokens
from ..chatgpt.pages import (
    CUT,
    KNOWN_BLOCKS,
    REJECTED,
    Documents,
    FreeResets,
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
from ..provider.contract import Client, Form, Provider, shape
from ..provider.notices import joined
from ..provider.plan_pages import PlanPages
from ..provider.reading import Fields, mapping, text

_WHOAMI = "https://auth.openai.com/api/accounts/v1/user-auth-credential/whoami"
_PERSONAL = "at-"  # prefix of a Codex access token
_SESSION_COOKIE = r"(?s:.*)__Secure-(?:next-auth|authjs)\.session-token(?s:.*)"
PROVIDER = Provider(
    id="chatgpt",
    name="ChatGPT (Subscription)",
    is_prominent=True,
    short="ChatGPT",
    kind="plan",
    needs=_("access token or session cookie of chatgpt.com"),
    shows=_(
        "5 hours, week and every other window, spending limits, credits, code review, deep research, agent, images, plan and renewal"
    ),
    keys={"": "https://chatgpt.com/"},
    dashboard={"": "https://chatgpt.com/codex/settings/usage"},
    shapes=(
        shape(r'\{(?s:.*)"accessToken"(?s:.*)\}', _("ChatGPT session (JSON)"), kind="access_token"),
        shape(_SESSION_COOKIE, _("ChatGPT session cookie"), kind="session"),
        shape(r"eyJ[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+", _("ChatGPT session token"), kind="session"),
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
            r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
            "0a1b2c3d-1111-4222-8333-444455556666",
        )
    },
    interval=300,
    beside=("/backend-api/conversation/init",),
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
_OF_THE_PLAN = ("accounts", "subscription")  # fetched only once a day, as their edge is strict
_NO_NUMBER = _("ChatGPT reports no number for this plan")
_REVOKED: Message = _(
    "{provider} does not accept this Codex access token; make a new one at https://chatgpt.com/admin/access-tokens"
)


async def fetch(client: Client, account: Account, credential: Credential) -> Usage:
    """Fetch all pages in parallel, and the free resets if there may be any.

    Raises UsageError; for an expired token before anything is sent.
    """
    token = credential.secret
    check(credential)
    own_workspace = workspace_id(tokens.account_id(token))
    workspace = workspace_id(account.scope.get("workspace")) or own_workspace
    if workspace is None:
        workspace = (await scope_of(client, account, credential)).get("workspace")
    headers = headers_for(token, workspace)
    page_headers = {**headers, **_as_browser(account, credential)}
    extras = extra_calls(client, page_headers, workspace)
    kept = PlanPages(client, _OF_THE_PLAN, workspace or "")
    due = {name: call for name, call in extras.items() if name not in kept.pages}
    resets = FreeResets(client, workspace)
    if resets.is_expected():
        due["resets"] = resets.call(client, headers)
    main = ask_main(client, headers, page_headers, workspace, resets, due)
    try:
        (answer, usage, more), results = await together(main, *due.values())
    except CredentialRejected as error:
        if token.startswith(_PERSONAL) and error.message in (REJECTED, CUT):
            raise CredentialRejected(_REVOKED) from None
        raise
    pages = {**kept.pages, **dict(zip(due, results))}
    if kept.is_outdated(_plan_type(usage)):
        pages.update({name: await optional(extras[name]()) for name in kept.pages})
    kept.keep(_plan_type(usage), pages)
    free = resets.page(usage or {}, mapping(pages.pop("resets", more.pop("resets", None))))
    documents = Documents(
        answer.at,
        usage or {},
        workspace,
        tokens.plan(token) if workspace == own_workspace else None,
        resets=free,
        **more,
        **{name: mapping(document) for name, document in pages.items()},
    )
    if (
        usage is None
        and not plan.account_node(documents)
        and not text(documents.subscription.get("plan_type"))
    ):
        raise refusal(answer)
    return parse(documents)


async def scope_of(client: Client, account: Account, credential: Credential) -> dict[str, str]:
    """Fetch the workspace of a Codex access token, which does not contain it; {} for any other token.

    Returns {} if the page does not answer. Raises CredentialRejected.
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


def _as_browser(account: Account, credential: Credential) -> dict[str, str]:
    """Make the headers of pages that expect a browser."""
    device = browser.device(credential.cookie, account.id)
    return {**browser.page_headers(), "oai-language": "en-US", "oai-device-id": device}


def _plan_type(usage: Fields | None) -> str | None:
    return text(mapping(usage).get("plan_type"))


def parse(documents: Documents) -> Usage:
    """Read the documents of one fetch."""
    usage, node = documents.usage, plan.account_node(documents)
    amount = credits.amount(usage, documents.balance)
    credits_pay = credits.pay(usage, amount)
    windows = allowances.lane_quotas(usage.get("rate_limit"), documents.at, credits_pay=credits_pay)
    limits = credits.limits(usage, documents.at)
    counted = [*windows, *limits, *credits.without_number(usage, windows, amount)]
    quotas = _distinct([*counted, *_secondary(documents, node), *allowances.free_resets(documents)])
    balances = credits.balances(usage, windows, counted, amount)
    blocked = credits.blocked(usage, node, documents.subscription, windows, amount, documents.at)
    parts = [
        *plan.credit_notices(documents, windows, amount, credits_pay=credits_pay),
        *plan.plan_notices(node, documents),
        *plan.feature_notices(documents),
        *plan.reset_notices(documents),
    ]
    if not (quotas or balances or blocked or credits.lacks_amount(usage)):
        parts.append(("no number", _NO_NUMBER))
    notice = joined(*plan.in_order(parts))
    return Usage(
        quotas, balances, plan=plan.plan_of(documents, node), notice=notice, blocked=blocked
    )


def _secondary(documents: Documents, node: Fields) -> list[Quota]:
    sources = {"usage": documents.usage, "init": documents.init, "node": node}
    others = (
        allowances.allowances(source, KNOWN_BLOCKS[kind], documents.at)
        for kind, source in sources.items()
    )
    return [
        *allowances.lanes(documents.usage, documents.at),
        *allowances.models(documents),
        *allowances.features(documents),
        *chain.from_iterable(others),
    ]


def _distinct(quotas: Iterable[Quota]) -> tuple[Quota, ...]:
    by_label: dict[str, Quota] = {}
    for quota in quotas:
        by_label.setdefault(quota.label, quota)
    return tuple(by_label.values())
