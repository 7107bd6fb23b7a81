"""The default world: every provider, without faults."""

from __future__ import annotations

import importlib
import pkgutil
import threading
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol

from .clock import Clock
from .keys import Key, by_name
from .message import Reply, Request
from .plain import Plain
from .providers import __path__ as folders
from .providers import chatgpt, glm, kimi, minimax, openai, tavily

PLAIN: Mapping[str, Plain] = MappingProxyType(
    {
        found.name: importlib.import_module(f"{__package__}.providers.{found.name}").SERVER
        for found in pkgutil.iter_modules(folders)
        if found.name not in ("chatgpt", "glm", "kimi", "minimax", "openai", "tavily")
    }
)
KEYS: Mapping[str, Key] = MappingProxyType(
    by_name(
        *(minimax.KEYS, glm.KEYS, tavily.KEYS, openai.KEYS, kimi.KEYS, chatgpt.KEYS),
        *(vendor.keys for vendor in PLAIN.values()),
    )
)


class Vendor(Protocol):
    """A vendor, which answers for some hosts."""

    @property
    def hosts(self) -> tuple[str, ...]:
        """Its host names."""

    def answer(self, request: Request) -> Reply:
        """Answer a request."""


class World:
    """All providers, with their state between requests."""

    def __init__(self, read: Callable[[], float] = time.time) -> None:
        self.clock = Clock(read)
        self.minimax = minimax.MiniMax(self.clock)
        self.glm = glm.GLM(self.clock)
        self.tavily = tavily.Tavily(self.clock)
        self.openai = openai.OpenAI(self.clock)
        self.kimi = kimi.Kimi(self.clock)
        self.chatgpt = chatgpt.ChatGPT(self.clock)
        self._lock = threading.Lock()
        six = (self.minimax, self.glm, self.tavily, self.openai, self.kimi, self.chatgpt)
        vendors: tuple[Vendor, ...] = (*six, *PLAIN.values())
        self._hosts = {host: vendor for vendor in vendors for host in vendor.hosts}

    def answer(self, request: Request) -> Reply:
        """Answer a request as the provider of its host does."""
        provider = self._hosts.get(request.host)
        if provider is None:
            return Reply(404, {"error": f"no provider is called {request.host!r}"})
        with self._lock:
            return provider.answer(request)
