"""Services whose keys cannot read any usage: the reason, the page with the numbers, the form of the keys.

Nothing is ever sent to them. The reasons are from the vendors' documents and from users, as of November 2026.
"""

from __future__ import annotations

import re
from functools import cached_property
from re import Pattern

from ..i18n.message import Message, _
from ..records import dataclass

_SEEN: Message = _("this is a key of {owner}: {why}; nothing was sent; see {page}")
_OTHER_KEY: Message = _("this is a key of {owner}: {why}; nothing was sent; create one at {page}")
_NAMED: Message = _("{owner}: {why}; there is nothing to add; see {page}")


@dataclass(frozen=True)
class Service:
    """A service whose keys cannot read any usage.

    Attributes:
        id: the name for ``add`` and ``guide``; the part before its first hyphen is enough.
        vendor: the name of the vendor.
        why: the reason, half a sentence.
        page: the page with the numbers, or with the rule that forbids it.
        form: the form of its keys; "" if it is not special.
        variables: the beginnings, up to the first underscore, of variables that contain its key.
        match: more search words of its row.
        kind: the kind of the vendor's keys that is meant; None for all of them.
        other_key: another kind of key can read usage, and ``page`` is where it is made.
    """

    id: str
    vendor: str
    why: Message
    page: str
    form: str = ""
    variables: tuple[str, ...] = ()
    match: str = ""
    kind: Message | None = None
    other_key: bool = False

    @cached_property
    def pattern(self) -> Pattern[str]:
        """The compiled form."""
        return re.compile(self.form, re.ASCII)

    @property
    def name(self) -> Message:
        """The vendor, and the kind of key if the vendor has several."""
        if self.kind is None:
            return Message.quoted(self.vendor)
        return _("{vendor} ({kind})", vendor=self.vendor, kind=self.kind)

    def message_of_key(self) -> Message:
        """Return the message about a pasted key."""
        if self.other_key:
            return _OTHER_KEY.filled(owner=self.vendor, why=self.why, page=self.page)
        return _SEEN.filled(owner=self.name, why=self.why, page=self.page)

    def message_of_name(self) -> Message:
        """Return the message for an account that the user wants to add by name."""
        return _NAMED.filled(owner=self.name, why=self.why, page=self.page)


_PAGE_ONLY: Message = _("usage and balance are shown only on its own web page")
_PLAN: Message = _("a plan's usage is shown only in a browser that is logged in")
_SIGN_IN: Message = _("Anthropic allows a plan's sign-in token only in Claude Code and claude.ai")
SERVICES: tuple[Service, ...] = (
    Service(
        "alibaba-plan",
        "Alibaba",
        _PLAN,
        "https://bailian.console.aliyun.com/",
        r"sk-sp-[\w-]{8,}",
        ("ALIBABA", "BAILIAN", "DASHSCOPE", "QWEN"),
        match="阿里云 阿里 百炼 通义 千问 dashscope bailian qwen",
        kind=_("Model Studio plans"),
    ),
    Service(
        "brave",
        "Brave Search",
        _("limits are reported only in the answers to paid calls"),
        "https://api-dashboard.search.brave.com/",
        r"BSA[\w-]{20,}",
        ("BRAVE",),
    ),
    Service(
        "claude-token",
        "Claude",
        _SIGN_IN,
        "https://code.claude.com/docs/en/legal-and-compliance",
        r"sk-ant-oa?t[\w-]{4,}",
        kind=_("sign-in token"),
    ),
    Service(
        "anthropic-key",
        "Anthropic",
        _("an ordinary key cannot read spend; only an Admin key of an organization can"),
        "https://platform.claude.com/settings/admin-keys",
        r"sk-ant-(?!admin|oa?t)[\w-]{4,}",
        kind=_("API key"),
        other_key=True,
    ),
    Service(
        "cohere", "Cohere", _PAGE_ONLY, "https://dashboard.cohere.com/billing", "", ("COHERE",)
    ),
    Service(
        "cursor",
        "Cursor",
        _PLAN,
        "https://cursor.com/dashboard",
        r"(?:key|crsr)_[0-9a-f]{32,}",
        ("CURSOR",),
    ),
    Service(
        "exa",
        "Exa",
        _("a search key cannot read its team's credits"),
        "https://dashboard.exa.ai/billing",
        "",
        ("EXA",),
    ),
    Service(
        "gemini",
        "Google Gemini API",
        _("a key can read neither usage nor balance; Google AI Studio shows both"),
        "https://aistudio.google.com/usage",
        r"AIza[\w-]{20,}",
        ("GEMINI", "GOOGLE"),
        match="谷歌",
    ),
    Service(
        "groq",
        "Groq",
        _("limits are reported only in the answers to paid calls"),
        "https://console.groq.com/dashboard/usage",
        r"gsk_[\w-]{8,}",
        ("GROQ",),
    ),
    Service(
        "kagi",
        "Kagi",
        _("the balance is reported only in the answers to paid calls"),
        "https://kagi.com/settings/billing",
        "",
        ("KAGI",),
    ),
    Service(
        "mistral",
        "Mistral",
        _PAGE_ONLY,
        "https://admin.mistral.ai/organization/usage",
        "",
        ("MISTRAL",),
    ),
    Service(
        "openai-key",
        "OpenAI",
        _("a project key cannot read spend; only an Admin key can"),
        "https://platform.openai.com/settings/organization/admin-keys",
        r"sk-(?:proj|svcacct)-[\w-]{8,}",
        kind=_("project key"),
        other_key=True,
    ),
    Service(
        "perplexity",
        "Perplexity",
        _("a key cannot read the balance, and an empty one is refused like a wrong one"),
        "https://www.perplexity.ai/settings/api",
        r"pplx-[\w-]{8,}",
        ("PERPLEXITY", "PPLX"),
    ),
    Service(
        "replicate",
        "Replicate",
        _("a token shows whose account it is, but no balance"),
        "https://replicate.com/account/billing",
        r"r8_[\w-]{16,}",
        ("REPLICATE",),
    ),
    Service(
        "together",
        "Together",
        _PAGE_ONLY,
        "https://api.together.ai/settings/billing",
        r"tgp_v1_[\w-]{16,}",
        ("TOGETHER",),
    ),
    Service(
        "xai-key",
        "xAI",
        _("an inference key cannot read the balance; only a management key can"),
        "https://console.x.ai/",
        r"xai-(?!token-)[\w-]{8,}",
        kind=_("inference key"),
        other_key=True,
    ),
)


HOSTS = (  # of more vendors whose keys cannot read usage; a relay is never at these
    *("anthropic.com", "googleapis.com", "groq.com", "mistral.ai", "perplexity.ai", "x.ai"),
    *("together.xyz", "together.ai", "replicate.com", "cohere.com", "cohere.ai", "exa.ai"),
    *("aliyuncs.com", "aliyun.com", "azure.com", "amazonaws.com", "nvidia.com", "cerebras.ai"),
    *("huggingface.co", "volces.com", "baidubce.com", "tencentcloudapi.com", "kagi.com"),
    "brave.com",
)


def is_at(host: str) -> bool:
    """Tell whether a host is of a vendor whose own keys cannot read usage."""
    return any(host == each or host.endswith(f".{each}") for each in HOSTS)


def of_key(word: str) -> Service | None:
    """Find the service whose keys have the form of this word; None if there is none."""
    return next((each for each in SERVICES if each.form and each.pattern.fullmatch(word)), None)


def of_variable(name: str) -> Service | None:
    """Find the service whose key a variable of this name contains; None if there is none."""
    beginning, underscore, _rest = name.partition("_")
    return next((each for each in SERVICES if underscore and beginning in each.variables), None)


def named(name: str) -> Service | None:
    """Find a service by its id, or by the part of it before the first hyphen; None if there is none."""
    wanted = name.strip().lower()
    services = (each for each in SERVICES if wanted in (each.id, each.id.partition("-")[0]))
    return next(services, None)


def page_in(message: Message) -> str:
    """Return the page in a message about a service; "" for any other message."""
    page = message.param("page")
    return page if any(page == each.page for each in SERVICES) else ""
