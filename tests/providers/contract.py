"""What every provider has to do, inherited by the test of each.

A provider's own test is data: ``provider``, ``account``, ``credential``, ``main`` (the request whose
failure is the account's failure) and ``cases``. The answers are the recorded samples in
``tests/samples``, whose INDEX.json gives status and headers; their clock stands at ``NOW``.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
import os
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple, Union
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import strategies as st

from tests.said import both
from workflow.errors import UsageError
from workflow.models import Account, Credential, Usage
from workflow.provider import contract
from workflow.provider import discovery as providers
from workflow.provider.answer import Answer

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=timezone.utc)
SAMPLES = os.path.join(os.path.dirname(os.path.dirname(__file__)), "samples")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))

Told = Union[str, Answer]  # the name of a sample, or an answer made by hand


def _index() -> Dict[str, Dict[str, Any]]:
    with open(os.path.join(SAMPLES, "INDEX.json"), encoding="utf-8") as file:
        return {entry["file"]: entry for entry in json.load(file)["samples"]}


INDEX = _index()


def body(name: str) -> bytes:
    """The bytes of a sample such as ``glm/quota_limit.team.json``."""
    with open(os.path.join(SAMPLES, name), "rb") as file:
        return file.read()


def document(name: str) -> Any:
    """A sample, read."""
    return json.loads(body(name))


def sample(name: str) -> Answer:
    """A sample as the answer it was."""
    entry = INDEX[name]
    headers = {"content-type": "text/html" if name.endswith(".html") else "application/json"}
    told = entry.get("response_headers") or {}
    cookies = told.get("set-cookie", ())
    headers.update({k.lower(): v for k, v in told.items() if isinstance(v, str)})
    return Answer(int(entry["http_status"]), headers, body(name), NOW, tuple(cookies))


def answer(status: int = 200, content: object = None, **headers: str) -> Answer:
    """An answer made by hand; bytes and strings go out as they are, the rest as JSON."""
    if isinstance(content, str):
        content = content.encode()
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"content-type": "application/json", **names}, raw, NOW)


def shape_of(provider: contract.Provider, secret: str) -> Optional[contract.Shape]:
    """The first shape that this credential has, if any."""
    return next((shape for shape in provider.shapes if shape.pattern.fullmatch(secret)), None)


@dataclass
class Asked:
    """One request that a provider sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    json: object = None


@dataclass
class ScriptedClient:
    """A Client that answers from a table ``"GET host/path" -> answers`` (the last one repeats).

    A key may carry a query (``"GET host/path?page=2"``), which then has to be part of the request.
    What the table lacks is answered with 404.
    """

    table: Mapping[str, Union[Told, List[Told]]]
    asked: List[Asked] = field(default_factory=list)
    _turns: Dict[str, int] = field(default_factory=dict)

    async def get(
        self, url: str, *, headers: Mapping[str, str], params: Optional[Mapping[str, Any]] = None
    ) -> Answer:
        query = urlencode({k: v for k, v in (params or {}).items() if v is not None}, doseq=True)
        return self._answer(
            "GET", f"{url}{'&' if '?' in url else '?'}{query}" if query else url, headers
        )

    async def post(self, url: str, *, headers: Mapping[str, str], json: object) -> Answer:
        return self._answer("POST", url, headers, json)

    def _answer(
        self, method: str, url: str, headers: Mapping[str, str], sent: object = None
    ) -> Answer:
        self.asked.append(Asked(method, url, dict(headers), sent))
        parts = urlsplit(url)
        route = f"{method} {parts.hostname}{parts.path}"
        best = [key for key in self.table if _fits(key, route, parts.query)]
        if not best:
            return answer(404, {"error": "not found"})
        key = max(best, key=len)
        told = self.table[key]
        turns = told if isinstance(told, list) else [told]
        turn = self._turns.get(key, 0)
        self._turns[key] = turn + 1
        found = turns[min(turn, len(turns) - 1)]
        return sample(found) if isinstance(found, str) else found


def _fits(key: str, route: str, query: str) -> bool:
    path, _, wanted = key.partition("?")
    return path == route and all(part in query.split("&") for part in wanted.split("&") if part)


@dataclass(frozen=True)
class Case:
    """Answers, and what the provider has to make of them: a Usage, or the kind of an error."""

    name: str
    answers: Mapping[str, Union[Told, List[Told]]]
    expect: Union[Usage, str]
    account: Optional[Account] = None
    credential: Optional[Credential] = None


def fetch(
    provider: str,
    account: Account,
    credential: Credential,
    answers: Mapping[str, Union[Told, List[Told]]],
) -> Tuple[Usage, ScriptedClient]:
    """Run a provider against recorded answers."""
    client = ScriptedClient(answers)
    usage = asyncio.run(providers.load(provider).fetch(client, account, credential))
    return usage, client


ODD = ["1e309", "NaN", "-1", "0", "9" * 40, 10**17, -1, 0, "2026-10-05T09:00:00Z", "9999-12-31T23:59:59Z"]  # fmt: skip
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(ODD),
    st.sampled_from([[], {}, [None, 7, {}, []]]),
)


@st.composite
def mutated(
    draw: Callable[..., Any], name: str, junk: st.SearchStrategy[Any] = JUNK, most: int = 4
) -> Any:
    """A sample with some of its values, at any depth, replaced or gone."""
    told = copy.deepcopy(document(name))
    for _ in range(draw(st.integers(0, most))):
        places = _places(told)
        if places:
            box, key = draw(st.sampled_from(places))
            put = draw(st.one_of(junk, st.just(_GONE)))
            if put is _GONE:
                del box[key]
            else:
                box[key] = copy.deepcopy(put)  # a strategy may hand out the same list again
    return told


_GONE = object()


def _places(value: Any) -> List[Tuple[Any, Any]]:
    """Every place in a document, as container and key."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    below = [_places(value[key]) for key in keys if isinstance(value[key], (dict, list))]
    return [(value, key) for key in keys] + [place for places in below for place in places]


class ProviderContract:
    """Inherit, name the class ``Test…``, fill in the data."""

    provider: str
    account: Account
    credential: Credential
    main: str  # "GET host/path" whose failure fails the account
    cases: Tuple[Case, ...]
    unread: Mapping[str, str] = {}  # sample -> why no case reads it

    kinds: Mapping[int, str] = {
        402: "not_available",
        404: "unexpected_response",
        429: "rate_limited",
        500: "provider_failed",
        503: "provider_failed",
    }

    def failing(self, told: Told) -> Tuple[str, ScriptedClient]:
        client = ScriptedClient({self.main: told})
        with pytest.raises(UsageError) as caught:
            asyncio.run(providers.load(self.provider).fetch(client, self.account, self.credential))
        assert self.credential.secret not in str(caught.value)
        return caught.value.kind, client

    def test_cases(self) -> None:
        for case in self.cases:
            account, credential = case.account or self.account, case.credential or self.credential
            if isinstance(case.expect, str):
                with pytest.raises(UsageError) as caught:
                    fetch(self.provider, account, credential, case.answers)
                assert caught.value.kind == case.expect, case.name
            else:
                usage, _ = fetch(self.provider, account, credential, case.answers)
                assert usage == case.expect, case.name

    def test_every_sample_is_read(self) -> None:
        folder = os.path.join(SAMPLES, self.provider)
        read = {
            told
            for case in self.cases
            for turn in case.answers.values()
            for told in (turn if isinstance(turn, list) else [turn])
            if isinstance(told, str)
        }
        missing = {f"{self.provider}/{name}" for name in os.listdir(folder)} - read
        assert missing == set(self.unread)

    def test_secret_travels_only_in_headers_over_https(self) -> None:
        for case in self.cases:
            credential = case.credential or self.credential
            client = ScriptedClient(case.answers)
            with contextlib.suppress(UsageError):
                asyncio.run(
                    providers.load(self.provider).fetch(
                        client, case.account or self.account, credential
                    )
                )
            for asked in client.asked:
                assert asked.url.startswith("https://")
                assert not credential.secret or credential.secret not in asked.url

    def test_statuses(self) -> None:
        for status, kind in self.kinds.items():
            assert self.failing(answer(status, {"error": "no"}))[0] == kind, status

    def test_retry_after_is_remembered(self) -> None:
        client = ScriptedClient({self.main: answer(429, {"error": "slow"}, retry_after="120")})
        with pytest.raises(UsageError) as caught:
            asyncio.run(providers.load(self.provider).fetch(client, self.account, self.credential))
        assert caught.value.retry_at is not None
        assert (caught.value.retry_at - NOW).total_seconds() == 120

    def test_edges_and_odd_bodies(self) -> None:
        page = "<!doctype html><html><title>Just a moment...</title></html>"
        nested = "[" * 100_000 + "]" * 100_000
        assert self.failing(answer(403, page, content_type="text/html"))[0] == "blocked"
        assert self.failing(answer(503, "<html>502</html>", content_type="text/html"))[0] == (
            "provider_failed"
        )
        assert self.failing(answer(200, "<html>hi</html>", content_type="text/html"))[0] == (
            "unexpected_response"
        )
        for odd in ("", '{"a": ', nested, "[]", "null", "7", '"text"', '{"data": NaN}', "\xff"):
            assert self.failing(answer(200, odd))[0] == "unexpected_response", odd[:20]

    def test_no_message_repeats_the_credential(self) -> None:
        secret = self.credential.secret
        said = f"no {{keys}} for {secret}, {secret[:14]}… or {secret[-14:]}\x07\u202e"
        for status in (200, 400, 401, 402, 403, 404, 409, 418, 429, 500):
            for told in (
                {"code": 777, "msg": said, "success": False},
                {"error": {"message": said, "type": "x"}},
                {"detail": {"error": said}},
                {"base_resp": {"status_code": 777, "status_msg": said}},
            ):
                client = ScriptedClient({self.main: answer(status, told)})
                with pytest.raises(UsageError) as caught:
                    asyncio.run(
                        providers.load(self.provider).fetch(client, self.account, self.credential)
                    )
                for words in both(caught.value.message):
                    assert words.isprintable() and len(words) < 400
                    assert not any(secret[i : i + 12] in words for i in range(len(secret) - 11))

    def test_country_block(self) -> None:
        told = {"error": {"code": "unsupported_country_region_territory", "message": "no"}}
        assert self.failing(answer(403, told))[0] == "blocked"

    def test_usage_agrees_with_itself(self) -> None:
        for case in self.cases:
            if isinstance(case.expect, str):
                continue
            for quota in case.expect.quotas:
                if None not in (quota.used, quota.limit, quota.remaining) and not quota.unlimited:
                    assert quota.used is not None and quota.limit is not None
                    assert quota.remaining == max(Decimal(0), quota.limit - quota.used), case.name

    def test_describes_itself(self) -> None:
        about = providers.about(self.provider)
        assert about.id == self.provider
        for page in (*about.keys.values(), *about.dashboard.values()):
            assert page.startswith("https://")
        assert os.path.exists(os.path.join(ROOT, "icons", f"{self.provider}.png"))
