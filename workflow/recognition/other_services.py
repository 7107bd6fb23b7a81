"""Credentials of services that Tankful does not cover, and what is said of one.

Some resemble a credential of ours (an OpenAI dashboard session, a sign-in token of MiniMax Code):
then the user is told which one is needed.
"""

from __future__ import annotations

import functools
import re
from typing import Iterable, Optional, Tuple

from ..chatgpt import token
from ..i18n.message import Message, _
from ..provider import discovery as providers
from ..provider.contract import Lookalike

_LONGEST = 4096  # characters
_FORMS: Tuple[Tuple[str, str], ...] = (  # form, whose
    (r"sk-ant-admin[\w-]{4,}", "Anthropic (Admin key)"),
    (r"sk-ant-oa?t[\w-]{4,}", "Anthropic / Claude (sign-in token)"),
    (r"sk-ant-[\w-]{4,}", "Anthropic / Claude"),
    (r"sk-or-[\w-]{4,}", "OpenRouter"),
    (r"sk-sp-[\w-]{8,}", "Alibaba Model Studio (coding plan)"),
    (r"[0-9a-fA-F]{32}\.[\w-]{24}", "Ollama"),
    (r"fc-[\w-]{16,}", "Firecrawl"),
    (r"gsk_[\w-]{8,}", "Groq"),
    (r"xai-[\w-]{8,}", "xAI"),
    (r"pplx-[\w-]{8,}", "Perplexity"),
    (r"wk-[\w.-]{16,}", "Warp"),
    (r"fw_[\w-]{16,}", "Fireworks"),
    (r"syn_[\w-]{8,}", "Synthetic"),
    (r"sk_[0-9a-f]{48}", "ElevenLabs"),
    (r"sk_[\w-]{16,}", "ElevenLabs or Novita"),
    (r"vck_[\w-]{16,}", "Vercel AI Gateway"),
    (r"jina_[\w-]{16,}", "Jina"),
    (r"r8_[\w-]{16,}", "Replicate"),
    (r"tgp_v1_[\w-]{16,}", "Together"),
    (r"cpk_[\w.-]{16,}", "Chutes"),
    (r"nvapi-[\w-]{16,}", "NVIDIA"),
    (r"csk-[\w-]{16,}", "Cerebras"),
    (r"hf_\w{16,}", "Hugging Face"),
    (r"bce-v3/[\w/-]{16,}", "Baidu Qianfan"),
    (r"AKLT[\w=]{16,}", "Volcengine"),
    (r"AKID\w{16,}", "Tencent Cloud"),
    (r"LTAI\w{12,}", "Alibaba Cloud"),
    (r"AIza[\w-]{20,}", "Google Gemini"),
    (r"(?:gh[opurs]_|github_pat_)[\w-]{8,}", "GitHub"),
)
_NAMES = {  # what the variables of others begin with, whose keys have no form of their own
    "ALIBABA": "Alibaba Model Studio",
    "BAILIAN": "Alibaba Model Studio",
    "BOCHA": "Bocha",
    "DASHSCOPE": "Alibaba Model Studio",
    "DEEPSEEK": "DeepSeek",
    "LITELLM": "LiteLLM",
    "MISTRAL": "Mistral",
    "NEWAPI": "New API",
    "ONEAPI": "One API",
    "OPENCODE": "OpenCode",
    "OLLAMA": "Ollama",
    "QWEN": "Alibaba Model Studio",
    "SILICONFLOW": "SiliconFlow",
    "STEPFUN": "StepFun",
}
_HOST = re.compile(
    r"(?:[a-z0-9-]{1,40}\.){1,5}[a-z]{2,12}|localhost|\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]{2,45}\]"
)
_STRANGERS = tuple((re.compile(form, re.ASCII), owner) for form, owner in _FORMS)


def said(words: Iterable[str]) -> Optional[Message]:
    """What to say of the first of these words that is a stranger's; None if there is none."""
    for word in words:
        owner, ours = _owner(word)
        if owner:
            return _words(owner, ours)
    return None


def named(variable: str) -> str:
    """Whose key a variable of this name holds, by the vendors that are known; else ""."""
    beginning = variable.partition("_")[0] if "_" in variable else ""
    return _NAMES.get(beginning, "")


def said_of(owner: str) -> Message:
    """What to say of a credential whose owner is told by the variable that holds it."""
    return _words(owner, "")


def said_beside(host: str) -> Message:
    """What to say of a credential that is used with this address."""
    return _(
        "this is a key used with {host}, which Tankful does not cover; nothing was sent; if it belongs elsewhere, paste the key alone",
        host=shown(host),
    )


def shown(host: str) -> Message:
    """A host as it may be shown: what a key was glued to is not."""
    pieces = re.split(r"[.-]", host)
    is_glued = any(len(one) > 13 and sum(map(str.isdigit, one)) > 1 for one in pieces)
    if len(host) > 80 or is_glued or not _HOST.fullmatch(host):
        return _("another address")
    return Message.quoted(host)


def said_of_session(host: str) -> Message:
    """What to say of a session of another site."""
    return _(
        "this is a session of {host}, not of chatgpt.com; nothing was sent; copy the cookies of https://chatgpt.com",
        host=shown(host),
    )


@functools.lru_cache(maxsize=1)
def _lookalikes() -> Tuple[Tuple[Lookalike, str], ...]:
    known = providers.everything().values()
    return tuple((one, about.id) for about in known for one in about.lookalikes)


def _owner(word: str) -> Tuple[str, str]:
    """Whose it is and which provider of ours it resembles; ("", "") for no stranger's."""
    if len(word) > _LONGEST:
        return "", ""
    for one, ours in _lookalikes():
        if one.pattern.fullmatch(word) and one.claims.items() <= token.claims(word).items():
            return one.owner, ours
    return next((owner for form, owner in _STRANGERS if form.fullmatch(word)), ""), ""


def _words(owner: str, ours: str) -> Message:
    if "sign-in token" in owner and not ours:
        return _(
            "this is a credential of {owner}, which is for Anthropic's own programs only; Tankful does not take it",
            owner=owner,
        )
    if not ours:
        return _("this is a credential of {owner}, which Tankful does not cover", owner=owner)
    about = providers.about(ours)
    page = about.keys_page("")
    return _(
        "this is a credential of {owner}, which tells nothing of the API; {provider} needs: {needs} ({page})",
        owner=owner,
        provider=about.name,
        needs=about.needs,
        page=page,
    )
