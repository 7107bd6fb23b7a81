"""People with a ChatGPT subscription."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import tokens
from .clock import DAY, HOUR


@dataclass(frozen=True)
class Workspace:
    """One account in ChatGPT's sense: the personal one, or a workspace."""

    id: str
    plan: str
    name: str | None = None

    @property
    def structure(self) -> str:
        """`personal` or `workspace`."""
        return "workspace" if self.name else "personal"


@dataclass(frozen=True)
class Person:
    """A person who signs in; the first workspace is the selected one."""

    name: str
    number: int
    workspaces: tuple[Workspace, ...]

    @property
    def user_id(self) -> str:
        """The user id."""
        return f"user-Synthetic{self.number:016d}"

    @property
    def email(self) -> str:
        """The e-mail address."""
        return f"{self.name}@example.com"

    def workspace(self, wanted: str | None) -> Workspace | None:
        """Return the workspace with this id, the selected one for None; None if there is no such workspace."""
        if wanted is None:
            return self.workspaces[0]
        known = (each for each in self.workspaces if not each.id.startswith("user-"))
        return next((each for each in known if each.id == wanted), None)

    def claims(self, at: int, life: int, workspace: Workspace | None = None) -> dict[str, Any]:
        """Return the claims of an access token of this person."""
        selected = workspace or self.workspaces[0]
        return {
            "aud": ["https://api.openai.com/v1"],
            "client_id": "app_X8zY6vW2pQ9tR3dE7nK1jL5gH",
            "exp": at + life,
            "https://api.openai.com/auth": {
                "chatgpt_account_id": selected.id,
                "chatgpt_account_user_id": f"{self.user_id}__{selected.id}",
                "chatgpt_compute_residency": "no_constraint",
                "chatgpt_plan_type": selected.plan,
                "chatgpt_user_id": self.user_id,
                "user_id": self.user_id,
            },
            "https://api.openai.com/profile": {"email": self.email, "email_verified": True},
            "iat": at,
            "iss": "https://auth.openai.com",
            "jti": f"00000000-0000-4000-8000-{self.number:012d}",
            "nbf": at,
            "scp": ["openid", "email", "profile", "offline_access", "model.request", "model.read"],
            "session_id": "authsess_synthetic",
            "sub": f"auth0|synthetic{self.number}",
        }

    def access_token(
        self, at: int, life: int = 8 * DAY, workspace: Workspace | None = None, **more: Any
    ) -> str:
        """Issue an access token at the epoch second `at`, valid for `life` seconds (negative: expired)."""
        issued = at if life > 0 else at + life - 6 * HOUR
        return tokens.issue({**self.claims(issued, at + life - issued, workspace), **more})


def _workspace(number: int, plan: str, name: str | None = None) -> Workspace:
    return Workspace(f"00000000-aaaa-4bbb-8ccc-{number:012d}", plan, name)


PEOPLE = {
    person.name: person
    for person in (
        Person("plus", 1, (_workspace(1, "plus"),)),
        Person("pro", 2, (_workspace(2, "pro"),)),
        Person("team", 3, (_workspace(13, "team", "Example Team"), _workspace(3, "free"))),
        Person("free", 4, (_workspace(4, "free"),)),
        Person("lite", 5, (Workspace("user-Synthetic0000000000000005", "prolite"),)),
        Person("enterprise", 6, (_workspace(6, "enterprise_cbp_usage_based", "Example Corp"),)),
    )
}
