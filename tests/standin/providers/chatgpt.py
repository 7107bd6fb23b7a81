"""ChatGPT: sessions, access tokens, and the answers about a subscription."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from .. import tokens
from ..clock import DAY, HOUR, MONTH, WEEK, Clock, iso
from ..keys import Key
from ..message import Reply, Request
from ..people import PEOPLE, Person, Workspace
from ..sessions import COOKIE, SESSIONS, Session, drop, keep

BANNER = "!!!!!!!!!!!!!!!!!!!! WARNING: DO NOT SHARE ANY PART OF THE INFORMATION YOU SEE HERE. …"
LIBRARIES = ("python", "curl/", "go-http-client", "node", "axios", "okhttp", "java")
BLOCKED = (
    '<html>\n  <head><meta name="viewport" content="width=device-width, initial-scale=1" /></head>'
    '\n  <body><div class="container"><div class="logo"></div><div class="data">'
    "<h1>Unable to load site</h1><p>Please try again later. If you are using a VPN, try turning "
    "it off.</p></div></div></body>\n</html>"
)
TOKENS = {
    "plus": "5 h 14 %, week 61 % used; one free reset",
    "pro": "5 h 3 %, week 9 % used; code review, Spark; 250.5 credits",
    "team": "month 12 % used, own cap 815.25 of 2000 credits, 4321.5 credits; also a free personal account",
    "free": "30 days 90 % used",
    "lite": "week 48 % used, told in the first window; the account id is the user id",
    "enterprise": "no windows, unlimited credits; the account id is empty",
}


def _token_key(name: str, token: str, about: str, **scopes: str) -> Key:
    return Key(name, token, "chatgpt", "", about, "access_token", scopes)


def _keys(now: int) -> tuple[Key, ...]:
    plus, team = PEOPLE["plus"], PEOPLE["team"]
    return (
        *(
            _token_key(f"chatgpt-{name}", PEOPLE[name].access_token(now), about)
            for name, about in TOKENS.items()
        ),
        _token_key(
            "chatgpt-team-personal",
            team.access_token(now, workspace=team.workspaces[1]),
            "the free personal account of the team's member",
            workspace=team.workspaces[1].id,
        ),
        _token_key("chatgpt-expired", plus.access_token(now, -HOUR), "expired an hour ago"),
        _token_key("chatgpt-revoked", plus.access_token(now, jti="revoked"), "signed out: 401"),
        *(
            Key(session.name, session.pasted(), "chatgpt", "", session.about, "session")
            for session in SESSIONS.values()
        ),
    )


KEYS = _keys(int(time.time()))


def refusal(status: int, code: str, message: str) -> Reply:
    """Make an error in the form of the backend."""
    error = {"message": message, "type": None, "code": code, "param": None}
    return Reply(status, {"error": error, "status": status})


def wrong_key() -> Reply:
    """Refuse a token that cannot be parsed."""
    message = "Could not parse your authentication token. Please try signing in again."
    return Reply(401, {"detail": message})


def expired() -> Reply:
    """Refuse an expired token."""
    message = "Provided authentication token is expired. Please try signing in again."
    return refusal(401, "token_expired", message)


def invalidated() -> Reply:
    """Refuse the token of a user who has signed out."""
    message = "Your authentication token has been invalidated. Please try signing in again."
    return refusal(401, "token_invalidated", message)


def _window(clock: Clock, used: int, seconds: int, ends_in: int) -> dict[str, int]:
    reset = clock.upcoming(ends_in, seconds)
    return {
        "used_percent": used,
        "limit_window_seconds": seconds,
        "reset_after_seconds": reset - clock.now(),
        "reset_at": reset,
    }


def _limit(primary: Any, secondary: Any = None) -> dict[str, Any]:
    return {
        "allowed": True,
        "limit_reached": False,
        "primary_window": primary,
        "secondary_window": secondary,
    }


def _credits(balance: str | None = "0", *, some: bool = False, **more: Any) -> dict[str, Any]:
    return {
        "has_credits": some,
        "unlimited": False,
        "overage_limit_reached": False,
        "balance": balance,
        "approx_local_messages": [60, 320] if some else [0, 0],
        "approx_cloud_messages": [10, 60] if some else [0, 0],
        **more,
    }


def _plus(clock: Clock) -> dict[str, Any]:
    return {
        "rate_limit": _limit(
            _window(clock, 14, 5 * HOUR, 9120), _window(clock, 61, WEEK, 84 * HOUR)
        ),
        "code_review_rate_limit": None,
        "additional_rate_limits": None,
        "credits": _credits(),
        "spend_control": {"reached": False, "individual_limit": None},
        "rate_limit_reached_type": None,
        "promo": None,
        "rate_limit_reset_credits": {"available_count": 1},
    }


def _pro(clock: Clock) -> dict[str, Any]:
    spark = {
        "limit_name": "GPT-5.3-Codex-Spark",
        "metered_feature": "codex_bengalfox",
        "rate_limit": _limit(
            _window(clock, 40, 5 * HOUR, 3000), _window(clock, 72, WEEK, 25 * HOUR)
        ),
    }
    return {
        "rate_limit": _limit(_window(clock, 3, 5 * HOUR, 17000), _window(clock, 9, WEEK, 500000)),
        "code_review_rate_limit": _limit(_window(clock, 25, WEEK, 100000)),
        "additional_rate_limits": [spark],
        "credits": _credits("250.5", some=True),
        "rate_limit_reached_type": None,
    }


def _team(clock: Clock) -> dict[str, Any]:
    reset = clock.upcoming(1200000, MONTH)
    return {
        "rate_limit": _limit(_window(clock, 12, 2628000, 900000)),
        "credits": _credits(None, some=True),
        "spend_control": {
            "reached": False,
            "individual_limit": {
                "source": "workspace_spend_controls",
                "limit": "2000",
                "used": "815.25",
                "remaining": "1184.75",
                "used_percent": 41,
                "remaining_percent": 59,
                "reset_after_seconds": reset - clock.now(),
                "reset_at": reset,
            },
        },
    }


USAGE: Mapping[str, Callable[[Clock], dict[str, Any]]] = {
    "plus": _plus,
    "pro": _pro,
    "team": _team,
    "free": lambda clock: {
        "rate_limit": _limit(_window(clock, 90, MONTH, 1000000)),
        "credits": None,
    },
    "prolite": lambda clock: {
        "rate_limit": _limit(_window(clock, 48, WEEK, 200000)),
        "credits": _credits(),
    },
    "enterprise_cbp_usage_based": lambda clock: {
        "rate_limit": None,
        "additional_rate_limits": None,
        "credits": _credits(None, some=True, unlimited=True),
        "spend_control": {"reached": False, "individual_limit": None},
    },
}

FEATURES: Mapping[str, tuple[tuple[str, int, int, int], ...]] = {
    "plus": (
        ("deep_research", 22, 19 * DAY, MONTH),
        ("odyssey", 38, 19 * DAY, MONTH),
        ("image_gen", 180, DAY, DAY),
        ("file_upload", 80, 3 * HOUR, 3 * HOUR),
    ),
    "pro": (
        ("deep_research", 230, 19 * DAY, MONTH),
        ("odyssey", 390, 19 * DAY, MONTH),
    ),
    "free": (
        ("deep_research", 5, 27 * DAY, MONTH),
        ("file_upload", 3, DAY, DAY),
    ),
}

PLAN_NAMES = {
    "plus": "chatgptplusplan",
    "pro": "chatgptpro",
    "team": "chatgptteamplan",
    "free": "chatgptfreeplan",
}


class ChatGPT:
    """chatgpt.com. It knows how often each session was exchanged, and who has signed out."""

    hosts = ("chatgpt.com",)

    def __init__(self, clock: Clock) -> None:
        self.revoked: set[str] = set()
        self._clock = clock
        self._generations = dict.fromkeys(SESSIONS, 0)

    def cookies(self, name: str) -> str:
        """Return the current cookies of a session, as a user copies them."""
        return SESSIONS[name].pasted(self._generations[name])

    def answer(self, request: Request) -> Reply:
        """Answer a request."""
        agent = (request.header("user-agent") or LIBRARIES[0]).lower()
        if agent.startswith(LIBRARIES):
            return Reply(403, BLOCKED)
        if request.path == "/api/auth/session":
            return self._session(request)
        routes = {
            "/backend-api/wham/usage": self._usage,
            "/backend-api/wham/rate-limit-reset-credits": self._resets,
            "/backend-api/accounts/check/v4-2023-04-27": self._check,
            "/backend-api/accounts": self._accounts,
            "/backend-api/subscriptions": self._subscription,
            "/backend-api/conversation/init": self._init,
            "/backend-api/me": self._me,
        }
        paid = request.path.endswith("/remaining_balance")
        route = self._balance if paid else routes.get(request.path)
        if route is None:
            return Reply(404, {"detail": "Not Found"})
        if request.method != ("POST" if route == self._init else "GET"):
            return Reply(405, {"detail": "Method Not Allowed"})
        return self._admitted(request, route)

    def _admitted(
        self, request: Request, route: Callable[[Request, Person, Workspace], Reply]
    ) -> Reply:
        token = request.bearer
        claims = tokens.read(token) if token else None
        if claims is None:
            return wrong_key()
        if token in self.revoked or claims["jti"] == "revoked":
            return invalidated()
        if claims["exp"] <= self._clock.now():
            return expired()
        auth = claims["https://api.openai.com/auth"]
        person = next(each for each in PEOPLE.values() if each.user_id == auth["user_id"])
        told = request.header("chatgpt-account-id")
        selected = auth["chatgpt_account_id"]
        workspace = person.workspace(told) if told is not None else None
        if told is not None and workspace is None:
            return Reply(403, {"detail": {"code": "account_not_found"}})
        chosen = workspace or person.workspace(selected) or person.workspaces[0]
        return route(request, person, chosen)

    def _session(self, request: Request) -> Reply:
        if request.method != "GET":
            return Reply(405, {"detail": "Method Not Allowed"})
        now = self._clock.now()
        sent = request.session
        session = next((s for s in SESSIONS.values() if self._current(s) == sent), None)
        if session is None or session.state == "dead":
            names = [name for name in request.cookies if name.startswith(COOKIE)]
            return Reply(body={}, headers=[drop(name) for name in names])
        if session.state == "banner":
            return Reply(body={"WARNING_BANNER": BANNER})
        person = session.person
        workspace = person.workspace(request.cookies.get("_account")) or person.workspaces[0]
        body = self._identity(person, workspace, now)
        if session.state == "stuck":
            stale = {"accessToken": person.access_token(now, -HOUR), "authProvider": "openai"}
            return Reply(body={**body, **stale, "error": "RefreshAccessTokenError"})
        generation = self._generations[session.name]
        self._generations[session.name] += 1
        token = person.access_token(now, workspace=workspace, jti=f"{session.name}.{generation}")
        headers = [
            keep("__Host-next-auth.csrf-token", "synthetic%7Csynthetic", now),
            *session.rotation(generation, now),
            keep("__cf_bm", "synthetic", now),
        ]
        return Reply(body={**body, "accessToken": token, "authProvider": "openai"}, headers=headers)

    def _current(self, session: Session) -> str:
        return session.token(self._generations[session.name])

    def _identity(self, person: Person, workspace: Workspace, now: int) -> dict[str, Any]:
        return {
            "WARNING_BANNER": BANNER,
            "user": {
                "id": person.user_id,
                "name": "Ada Example",
                "email": person.email,
                "image": "https://cdn.example/a.png",
                "picture": "https://cdn.example/a.png",
                "idp": "auth0",
                "iat": self._clock.ago(3 * DAY),
                "mfa": False,
                "groups": [],
            },
            "expires": iso(now + 89 * DAY, fraction=".000"),
            "account": {
                "id": workspace.id,
                "planType": workspace.plan,
                "structure": workspace.structure,
                "isDelinquent": False,
                "gracePeriodId": None,
            },
        }

    def _usage(self, request: Request, person: Person, workspace: Workspace) -> Reply:
        unnamed = workspace.plan.startswith("enterprise")
        identity = {
            "user_id": person.user_id,
            "account_id": "" if unnamed else workspace.id,
            "email": person.email,
            "plan_type": workspace.plan,
        }
        return Reply(body={**identity, **USAGE[workspace.plan](self._clock)})

    def _resets(self, request: Request, person: Person, workspace: Workspace) -> Reply:
        if workspace.plan != "plus":
            return Reply(body={"credits": [], "available_count": 0})
        credit = {
            "id": "RateLimitResetCredit_synthetic_1",
            "reset_type": "codex_rate_limits",
            "status": "available",
            "granted_at": iso(self._clock.ago(5 * DAY), fraction=".120000"),
            "expires_at": iso(self._clock.upcoming(25 * DAY, MONTH), fraction=".120000"),
            "redeem_started_at": None,
            "redeemed_at": None,
            "title": "One free rate limit reset",
        }
        return Reply(body={"credits": [credit], "available_count": 1})

    def _balance(self, request: Request, person: Person, workspace: Workspace) -> Reply:
        asked = person.workspace(request.path.split("/")[3])
        if asked is None or asked.plan != "team":
            return Reply(404, {"detail": "Not Found"})
        grant = {
            "amount_granted": "5000",
            "amount_remaining": "4321.5",
            "expiry_date": iso(self._clock.upcoming(200 * DAY, 365 * DAY), fraction=".336697"),
            "grant_type": "purchase",
        }
        return Reply(body={"balance": "4321.5", "expiring_balance_details": [grant]})

    def _check(self, request: Request, person: Person, workspace: Workspace) -> Reply:
        nodes = {each.id: self._node(person, each) for each in person.workspaces}
        return Reply(
            body={
                "accounts": {**nodes, "default": nodes[person.workspaces[-1].id]},
                "account_ordering": [each.id for each in person.workspaces],
                "temp_ap_available_at": None,
            }
        )

    def _node(self, person: Person, workspace: Workspace) -> dict[str, Any]:
        paid = workspace.plan != "free"
        renews = self._clock.upcoming(20 * DAY, MONTH)
        number = f"sub-{workspace.plan}" if paid else None
        return {
            "account": {
                "account_user_role": "account-owner",
                "account_user_id": f"{person.user_id}__{workspace.id}",
                "account_id": workspace.id,
                "organization_id": "org-synthetic" if workspace.name else None,
                "plan_type": workspace.plan,
                "structure": workspace.structure,
                "name": workspace.name,
                "is_deactivated": False,
                "created_time": iso(self._clock.ago(400 * DAY), fraction=".123456"),
                "has_previously_paid_subscription": paid,
                "profile_picture_url": None,
                "workspace_type": None,
            },
            "features": ["canvas", "codex"],
            "entitlement": {
                "subscription_id": number,
                "has_active_subscription": paid,
                "is_active_subscription_gratis": False,
                "subscription_plan": PLAN_NAMES.get(workspace.plan, f"chatgpt{workspace.plan}plan"),
                "expires_at": iso(renews + 6 * HOUR, zone="+00:00") if paid else None,
                "renews_at": iso(renews, zone="+00:00") if paid else None,
                "cancels_at": None,
                "billing_period": "monthly" if paid else None,
                "scheduled_plan_change": None,
                "billing_currency": "USD" if paid else None,
                "discount": None,
                "trial": None,
                "is_delinquent": False,
                "became_delinquent_timestamp": None,
                "grace_period_end_timestamp": None,
            },
            "last_active_subscription": {
                "subscription_id": number,
                "purchase_origin_platform": "chatgpt_web" if paid else "chatgpt_not_purchased",
                "will_renew": paid,
                "cancellation_outcome": None,
            },
            "rate_limits": [],
            "eligible_promo_campaigns": None,
            "eligible_offers": None,
            "is_eligible_for_yearly_plus_subscription": False,
            "sso_connection_name": None,
        }

    def _accounts(self, request: Request, person: Person, workspace: Workspace) -> Reply:
        items = [{"id": each.id, "name": each.name or ""} for each in person.workspaces]
        return Reply(body={"items": items})

    def _subscription(self, request: Request, person: Person, workspace: Workspace) -> Reply:
        asked = person.workspace(request.value("account_id") or "")
        if asked is None:
            return Reply(404, {"detail": "Not Found"})
        paid = asked.plan != "free"
        renews = self._clock.upcoming(20 * DAY, MONTH)
        return Reply(
            body={
                "id": f"sub-{asked.plan}" if paid else None,
                "plan_type": asked.plan,
                "seats_in_use": 7 if asked.name else 1,
                "seats_entitled": 10 if asked.name else 1,
                "seat_capacity": [],
                "active_start": iso(renews - MONTH) if paid else None,
                "active_until": iso(renews) if paid else None,
                "billing_period": "monthly" if paid else None,
                "will_renew": paid,
                "cancellation_outcome": None,
                "billing_currency": "USD" if paid else None,
                "is_delinquent": False,
                "grace_period_end_timestamp": None,
            }
        )

    def _init(self, request: Request, person: Person, workspace: Workspace) -> Reply:
        try:
            body = request.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return Reply(422, {"detail": [{"loc": ["body"], "msg": "value is not a valid dict"}]})
        features = FEATURES.get(workspace.plan)
        if features is None:
            nothing = {"limits_progress": None, "model_limits": None}
            return Reply(body={"type": "conversation_detail_metadata", **nothing})
        progress = [
            {
                "feature_name": name,
                "remaining": remaining,
                "reset_after": iso(
                    self._clock.upcoming(ends_in, length), fraction=".104512", zone="+00:00"
                ),
            }
            for name, remaining, ends_in, length in features
        ]
        blocked = ["sora", {"feature_name": "agent"}] if workspace.plan == "free" else []
        return Reply(
            body={
                "type": "conversation_detail_metadata",
                "banner_info": None,
                "blocked_features": blocked,
                "model_limits": [],
                "limits_progress": progress,
                "default_model_slug": "auto" if workspace.plan == "free" else "gpt-5-6-thinking",
                "intended_default_model_slug": None,
                "atlas_mode_enabled": None,
            }
        )

    def _me(self, request: Request, person: Person, workspace: Workspace) -> Reply:
        return Reply(
            body={
                "object": "user",
                "id": person.user_id,
                "email": person.email,
                "name": "Ada Example",
                "picture": "https://cdn.example/a.png",
                "created": self._clock.ago(900 * DAY),
                "phone_number": None,
                "mfa_flag_enabled": False,
                "amr": [],
                "groups": [],
                "orgs": {"object": "list", "data": []},
            }
        )
