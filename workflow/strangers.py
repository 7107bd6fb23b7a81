"""Credentials of services that Headroom does not cover, and what is said of one.

Some resemble a credential of ours (an OpenAI dashboard session, a sign-in token of MiniMax Code):
then the user is told which one is needed.
"""

from __future__ import annotations

import re
from typing import Iterable, Optional, Tuple

from . import jwt
from . import provider as providers
from .errors import Words

_LONGEST = 4096  # characters
_FORMS: Tuple[Tuple[str, str, str], ...] = (  # form, whose, our provider that it resembles
    (r"sk-ant-admin[\w-]{4,}", "Anthropic (Admin key)", ""),
    (r"sk-ant-[\w-]{4,}", "Anthropic / Claude", ""),
    (r"sk-or-[\w-]{4,}", "OpenRouter", ""),
    (r"sess-[\w-]{8,}", "OpenAI (dashboard session, sess-…)", "openai"),
    (r"mmo[ar]t_[\w-]{4,}", "MiniMax Code (sign-in token)", "minimax"),
    (r"fc-[\w-]{16,}", "Firecrawl", ""),
    (r"gsk_[\w-]{8,}", "Groq", ""),
    (r"xai-[\w-]{8,}", "xAI", ""),
    (r"pplx-[\w-]{8,}", "Perplexity", ""),
    (r"wk-[\w.-]{16,}", "Warp", ""),
    (r"fw_[\w-]{16,}", "Fireworks", ""),
    (r"syn_[\w-]{8,}", "Synthetic", ""),
    (r"sk_[\w-]{16,}", "ElevenLabs", ""),
    (r"AIza[\w-]{20,}", "Google Gemini", ""),
    (r"(?:gh[opurs]_|github_pat_)[\w-]{8,}", "GitHub", ""),
)
_STRANGERS = tuple((re.compile(form, re.ASCII), owner, ours) for form, owner, ours in _FORMS)


def said(words: Iterable[str]) -> Optional[Words]:
    """What to say of the first of these words that is a stranger's; None if there is none."""
    for word in words:
        owner, ours = _owner(word)
        if owner:
            return _words(owner, ours)
    return None


def _owner(word: str) -> Tuple[str, str]:
    """Whose it is and which provider of ours it resembles; ("", "") for no stranger's."""
    if word.startswith("eyJ") and jwt.claims(word).get("app_id") == "kimi":
        return "kimi.com (web login)", "kimi"
    for form, owner, ours in _STRANGERS:
        if len(word) <= _LONGEST and form.fullmatch(word):
            return owner, ours
    return "", ""


def _words(owner: str, ours: str) -> Words:
    if not ours:
        return (
            f"this is a credential of {owner}, which Headroom does not cover",
            f"这是 {owner} 的凭证；Headroom 不支持该服务",
        )
    about = providers.about(ours)
    page = about.keys_page("")
    return (
        f"this is a credential of {owner}, which tells nothing of the API; {about.name} needs: {about.needs.en} ({page})",
        f"这是 {owner} 的凭证，无法查询用量；{about.name} 需要：{about.needs.zh}（{page}）",
    )
