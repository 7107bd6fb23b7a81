"""The default world: every provider on an ordinary day."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

from .clock import Clock
from .keys import Key, by_name
from .message import Reply, Request
from .providers import chatgpt, glm, kimi, minimax, openai, tavily

KEYS: Mapping[str, Key] = MappingProxyType(
    by_name(minimax.KEYS, glm.KEYS, tavily.KEYS, openai.KEYS, kimi.KEYS, chatgpt.KEYS)
)


class World:
    """All providers, with the little they remember between two requests."""

    def __init__(self, read: Callable[[], float] = time.time) -> None:
        self.clock = Clock(read)
        self.minimax = minimax.MiniMax(self.clock)
        self.glm = glm.GLM(self.clock)
        self.tavily = tavily.Tavily(self.clock)
        self.openai = openai.OpenAI(self.clock)
        self.kimi = kimi.Kimi(self.clock)
        self.chatgpt = chatgpt.ChatGPT(self.clock)
        self._lock = threading.Lock()
        self._hosts = {
            host: provider
            for provider in (
                self.minimax,
                self.glm,
                self.tavily,
                self.openai,
                self.kimi,
                self.chatgpt,
            )
            for host in provider.hosts
        }

    def answer(self, request: Request) -> Reply:
        """What the provider behind this host says."""
        provider = self._hosts.get(request.host)
        if provider is None:
            return Reply(404, {"error": f"no provider is called {request.host!r}"})
        with self._lock:
            return provider.answer(request)
