"""The tests that every provider has to pass; the test class of each provider inherits them.

A provider's own test is data: ``provider``, ``account``, ``credential``, ``main`` (the request whose
failure fails the account) and ``cases``. The answers are the recorded samples in ``tests/samples``. An
INDEX.json there, or one in the provider's folder, gives their status and headers. They all answer at
``NOW``.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import functools
import glob
import json
import os
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any, Callable, Union
from urllib.parse import unquote_plus, urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.profiles import scaled
from tests.said import both
from workflow.errors import UsageError
from workflow.models import Account, Credential, Usage
from workflow.provider import contract, pointers, sources
from workflow.provider import discovery as providers
from workflow.provider.answer import Answer
from workflow.records import dataclass, field, replace
from workflow.refresh import fetch as fetching
from workflow.refresh import rate_limits

NOW = datetime(2026, 10, 5, 9, 0, tzinfo=timezone.utc)
SAMPLES = os.path.join(os.path.dirname(os.path.dirname(__file__)), "samples")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))

SLOW_OR_INHERITED = [  # the classes of all providers inherit one Hypothesis test
    each for each in HealthCheck if each.name in ("too_slow", "differing_executors")
]
Told = Union[str, Answer]  # the name of a sample, or an answer made by hand
Answers = Mapping[str, Union[Told, list[Told]]]  # by request; the last one of a list repeats


def _index() -> dict[str, dict[str, Any]]:
    with open(os.path.join(SAMPLES, "INDEX.json"), encoding="utf-8") as file:
        found = {entry["file"]: entry for entry in json.load(file)["samples"]}
    for place in glob.glob(os.path.join(SAMPLES, "*", "INDEX.json")):
        folder = os.path.basename(os.path.dirname(place))
        with open(place, encoding="utf-8") as file:
            found.update({f"{folder}/{name}": entry for name, entry in json.load(file).items()})
    return found


INDEX = _index()


@functools.cache
@functools.cache
def body(name: str) -> bytes:
    """Read the bytes of a sample such as ``glm/quota_limit.team.json``."""
    with open(os.path.join(SAMPLES, name), "rb") as file:
        return file.read()


def document(name: str) -> Any:
    """Read a sample as JSON."""
    return json.loads(body(name))


def sample(name: str) -> Answer:
    """Make the answer of a sample, with its status and headers."""
    entry = INDEX[name]
    kinds = {".html": "text/html", ".txt": "text/plain"}
    headers = {"content-type": kinds.get(os.path.splitext(name)[1], "application/json")}
    told = entry.get("response_headers") or {}
    cookies = told.get("set-cookie", ())
    headers.update({k.lower(): v for k, v in told.items() if isinstance(v, str)})
    return Answer(int(entry["http_status"]), headers, body(name), NOW, tuple(cookies))


def answer(status: int = 200, content: object = None, **headers: str) -> Answer:
    """Make an answer. Bytes and strings are sent as they are, everything else as JSON."""
    if isinstance(content, str):
        content = content.encode()
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"content-type": "application/json", **names}, raw, NOW)


def shape_of(provider: contract.Provider, secret: str) -> contract.Shape | None:
    """Return the first shape of the provider that this credential fits, or None."""
    return next((shape for shape in provider.shapes if shape.fits(secret)), None)


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

    A key may have a query (``"GET host/path?page=2"``), which the request then has to contain.
    A request that is not in the table gets a 404.
    """

    table: Answers
    asked: list[Asked] = field(default_factory=list)
    _turns: dict[str, int] = field(default_factory=dict)

    async def get(
        self, url: str, *, headers: Mapping[str, str], params: Mapping[str, Any] | None = None
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
        best = [key for key in self.table if _fits(key, route(self.asked[-1]), parts.query)]
        if not best:
            return answer(404, {"error": "not found"})
        key = max(best, key=len)
        told = self.table[key]
        turns = told if isinstance(told, list) else [told]
        turn = self._turns.get(key, 0)
        self._turns[key] = turn + 1
        found = turns[min(turn, len(turns) - 1)]
        return sample(found) if isinstance(found, str) else found


def route(asked: Asked) -> str:
    """Return the method and place of a request: ``GET host/path``."""
    parts = urlsplit(asked.url)
    return f"{asked.method} {parts.hostname}{parts.path}"


def _fits(key: str, route: str, query: str) -> bool:
    path, _, wanted = key.partition("?")
    return path == route and all(part in query.split("&") for part in wanted.split("&") if part)


@dataclass(frozen=True)
class Case:
    """Answers, and the expected result: a Usage, or the kind of an error.

    The kind may be followed by a part of the English message: ``not_available: no project``.
    """

    name: str
    answers: Answers
    expect: Union[Usage, str]
    account: Account | None = None
    credential: Credential | None = None


def fetch(
    provider: str,
    account: Account,
    credential: Credential,
    answers: Answers,
) -> tuple[Usage, ScriptedClient]:
    """Run a provider against these answers."""
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


@functools.cache  # making strategies takes longer than drawing from them
def mutated(
    name: str, junk: st.SearchStrategy[Any] = JUNK, most: int = 4
) -> st.SearchStrategy[Any]:
    """Draw a sample in which up to ``most`` values, at any depth, are replaced or removed."""
    return _mutated(name, st.one_of(junk, st.just(_GONE)), st.integers(0, most))


@st.composite
def _mutated(
    draw: Callable[..., Any],
    name: str,
    values: st.SearchStrategy[Any],
    changes: st.SearchStrategy[int],
) -> Any:
    told = document(name)
    for _ in range(draw(changes)):
        places = _places(told)
        if places:
            box, key = places[draw(_below(len(places)))]
            put = draw(values)
            if put is _GONE:
                del box[key]
            else:
                box[key] = copy.deepcopy(put)  # a strategy may draw the same list object again
    return told


@functools.cache
def _below(end: int) -> st.SearchStrategy[int]:
    return st.integers(0, end - 1)


_GONE = object()


def _places(value: Any) -> list[tuple[Any, Any]]:
    """List every place in a document, as container and key."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    below = [_places(value[key]) for key in keys if isinstance(value[key], (dict, list))]
    return [(value, key) for key in keys] + [place for places in below for place in places]


# fields that a vendor may add, and whether that has to be noticed
NEW: tuple[tuple[str, Any, bool], ...] = (
    ("bonusBlob", 5, True),
    ("bonusBlob", "12.50", True),
    ("bonusBlob", {"inner": [{"left": 3}]}, True),
    ("bonusBlob", "not a number", False),
    ("bonusBlob", None, False),
    ("bonusBlob", True, False),
    ("blobId", 1234567, False),
    ("blob_created_at", 1791158400, False),
)


def _documents(case: Case, endpoint: str) -> list[tuple[str, int, Any]]:
    """List the JSON answers of an endpoint: the route, the index in its list of answers, the document."""
    found = []
    for route, told in case.answers.items():
        if route.partition(" ")[2].partition("?")[0] == endpoint:
            for turn, each in enumerate(told if isinstance(told, list) else [told]):
                raw = body(each) if isinstance(each, str) else each.body
                with contextlib.suppress(ValueError):
                    found.append((route, turn, json.loads(raw)))
    return found


def stands_there(case: Case, place: sources.Field) -> bool:
    """Tell whether an answer holds the recorded value of a field; for a pointer with * whether there is an answer."""
    if "*" in place.pointer:
        return bool(_documents(case, place.endpoint))
    held = [pointers.value(told, place.pointer) for *_, told in _documents(case, place.endpoint)]
    return any(str(each).strip("$").startswith(place.value.rstrip("…")) for each in held)


def number_of(usage: Usage, source: sources.Source) -> Any:
    """Return the number that a source explains; 0 for a time."""
    groups: dict[str, dict[str, Any]] = {
        "quota": {each.label: each for each in reversed(usage.quotas)},
        "balance": {each.unit: each for each in reversed(usage.balances)},
        "spend": {each.period or each.unit: each for each in reversed(usage.spends)},
    }
    found = getattr(groups[source.kind][source.name], source.number)
    return found if isinstance(found, Decimal) else 0


def result_of(source: sources.Source) -> Decimal | None:
    """Compute a formula from the recorded values of its fields.

    Returns None if these do not suffice: for a time, a long sum, a shortened value, or fields of two pages.
    """
    if source.number == "resets_at" or "Σ" in source.formula:
        return None
    if len({place.pointer for place in source.fields}) < len(source.fields):
        return None  # fields of two pages
    if any("…" in place.value for place in source.fields):
        return None
    formula = source.formula
    for place in sorted(source.fields, key=lambda each: -len(each.pointer)):
        formula = formula.replace(place.pointer, f"Decimal('{place.value}')")
    for sign, python in (("−", "-"), ("×", "*"), ("÷", "/")):
        formula = formula.replace(sign, python)
    formula = re.sub(r"(?<![\w.'-])(\d[\d.]*)", r"Decimal('\1')", formula)
    found = eval(formula, {"Decimal": Decimal})  # noqa: S307
    return found if isinstance(found, Decimal) else None


def used_fields(usage: Usage) -> list[sources.Field]:
    """Return up to three fields that numbers of a usage came from, one for each object."""
    found = [place for each in sources.read(usage).numbers for place in each.fields]
    return list({place.pointer.rpartition("/")[0]: place for place in found}.values())[:3]


def with_field(case: Case, place: sources.Field, name: str, value: Any) -> Case | None:
    """Add a field beside a known one to the answers of a case; None if there is no object to add it to."""
    if "*" in place.pointer:
        return None
    for route, turn, told in _documents(case, place.endpoint):
        box = pointers.value(told, place.pointer.rpartition("/")[0])
        if isinstance(box, dict) and pointers.value(told, place.pointer) is not pointers.MISSING:
            turns = case.answers[route]
            several = list(turns) if isinstance(turns, list) else [turns]
            before = several[turn]
            box[name] = value
            whole = sample(before) if isinstance(before, str) else before
            several[turn] = replace(whole, body=json.dumps(told).encode())
            return replace(case, answers={**case.answers, route: several})
    return None


class ProviderContract:
    """The inherited tests. Name the subclass ``Test…`` and fill in the data."""

    provider: str
    account: Account
    credential: Credential
    main: str  # "GET host/path": the request whose failure fails the account
    cases: tuple[Case, ...]
    unread: Mapping[str, str] = {}  # sample -> why no case reads it
    in_query: str = ""  # the query parameter with the key, if the vendor takes it nowhere else
    sends: tuple[str, ...] = (
        "Authorization: Bearer {key}",
    )  # headers and body fields that are sent, with the key and beside it
    parameters: tuple[str, ...] = ()  # every query parameter that is sent; # is any number
    keyless: tuple[str, ...] = ()  # "GET host/path": the pages that are requested without a key

    kinds: Mapping[int, str] = {
        402: "not_available",
        404: "unexpected_response",
        429: "rate_limited",
        500: "provider_failed",
        503: "provider_failed",
    }

    def failing(self, told: Told) -> tuple[str, ScriptedClient]:
        client = ScriptedClient({self.main: told})
        with pytest.raises(UsageError) as caught:
            asyncio.run(providers.load(self.provider).fetch(client, self.account, self.credential))
        assert self.credential.secret not in str(caught.value)
        return caught.value.kind, client

    def test_cases(self) -> None:
        for case in self.cases:
            account, credential = case.account or self.account, case.credential or self.credential
            if isinstance(case.expect, str):
                kind, _, said = case.expect.partition(": ")
                with pytest.raises(UsageError) as caught:
                    fetch(self.provider, account, credential, case.answers)
                assert caught.value.kind == kind, case.name
                english = both(caught.value.message)[0]
                assert said in english, (case.name, english)
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
        names = set(os.listdir(folder)) - {"INDEX.json"}
        missing = {f"{self.provider}/{name}" for name in names} - read
        assert missing == set(self.unread)

    def test_requests(self) -> None:
        played = self.asked()
        self._secret_travels_only_in_headers_over_https(played)
        self._each_request_carries_the_key(played)
        self._each_parameter_is_asked_for(played)

    def _secret_travels_only_in_headers_over_https(self, played: list[tuple[Case, Asked]]) -> None:
        for case, asked in played:
            secret, address = (case.credential or self.credential).secret, asked.url
            assert address.startswith("https://")
            if self.in_query:
                assert f"{self.in_query}={secret}" in address
                address = address.replace(f"{self.in_query}={secret}", "")
            assert not secret or secret not in address

    def asked(self) -> list[tuple[Case, Asked]]:
        """Run all cases, and return their requests."""
        found = []
        for case in self.cases:
            client = ScriptedClient(case.answers)
            account, credential = case.account or self.account, case.credential or self.credential
            with contextlib.suppress(UsageError):
                asyncio.run(providers.load(self.provider).fetch(client, account, credential))
            found += [(case, asked) for asked in client.asked]
        return found

    def _each_request_carries_the_key(self, played: list[tuple[Case, Asked]]) -> None:
        seen = set()
        for case, asked in played if self.sends else ():
            secret = (case.credential or self.credential).secret
            sent = asked.json if isinstance(asked.json, dict) else {}
            pairs = {f"{name}: {value}" for name, value in (*asked.headers.items(), *sent.items())}
            carried = {each for each in self.sends if each.format(key=secret) in pairs}
            has_key = any("{key}" in each for each in carried)
            assert has_key == (route(asked) not in self.keyless), (case.name, route(asked))
            assert has_key == (secret in str(asked)), (case.name, route(asked))
            assert "Accept: application/json" in pairs, (case.name, route(asked))
            seen |= carried
        assert seen == set(self.sends)

    def _each_parameter_is_asked_for(self, played: list[tuple[Case, Asked]]) -> None:
        asked = {
            unquote_plus(part)
            for _, each in played
            for part in urlsplit(each.url).query.split("&")
            if part and part.partition("=")[0] != self.in_query
        }
        forms = {re.escape(form).replace(r"\#", r"-?\d+"): form for form in self.parameters}
        fitting = {
            part: [f for form, f in forms.items() if re.fullmatch(form, part)] for part in asked
        }
        unknown = [part for part, found in fitting.items() if not found]
        assert not unknown, unknown
        assert {each for found in fitting.values() for each in found} == set(self.parameters)

    def test_an_account_of_no_region_is_of_the_first(self) -> None:
        def host(region: str) -> str | None:
            client = ScriptedClient({})
            account = replace(self.account, region=region)
            with contextlib.suppress(UsageError):
                asyncio.run(providers.load(self.provider).fetch(client, account, self.credential))
            return urlsplit(client.asked[0].url).hostname if client.asked else None

        for region in providers.about(self.provider).regions[:1]:
            assert host("") == host(region)

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

    def test_no_message_repeats_the_credential(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rate_limits, "take", lambda counter, now: None)
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
                    asyncio.run(fetching.answered(client, self.account, self.credential))
                for words in both(caught.value.message):
                    assert words.isprintable()
                    assert len(words) < 400
                    assert not any(secret[i : i + 12] in words for i in range(len(secret) - 11))

    def test_country_block(self) -> None:
        told = {"error": {"code": "unsupported_country_region_territory", "message": "no"}}
        assert self.failing(answer(403, told))[0] == "blocked"

    @settings(
        database=None,
        deadline=None,
        max_examples=scaled(60),
        suppress_health_check=SLOW_OR_INHERITED,
    )
    @given(st.data())
    def test_whatever_changes_it_reads_or_says_so(self, data: st.DataObject) -> None:
        played = [case for case in self.cases if not isinstance(case.expect, str)]
        case = data.draw(st.sampled_from(played))
        answers = {route: self._changed(data, told) for route, told in case.answers.items()}
        with contextlib.suppress(UsageError):
            usage, _ = fetch(
                self.provider,
                case.account or self.account,
                case.credential or self.credential,
                answers,
            )
            assert usage.quotas or usage.balances or usage.spends or usage.notice or usage.blocked

    def _changed(
        self, data: st.DataObject, told: Union[Told, list[Told]]
    ) -> Union[Told, list[Told]]:
        if not isinstance(told, str) or not told.endswith(".json"):
            return told
        return replace(sample(told), body=json.dumps(data.draw(mutated(told))).encode())

    def test_usage_agrees_with_itself(self) -> None:
        for case in self.cases:
            if isinstance(case.expect, str):
                continue
            for quota in case.expect.quotas:
                if None not in (quota.used, quota.limit, quota.remaining) and not quota.unlimited:
                    assert quota.used is not None
                    assert quota.limit is not None
                    assert quota.remaining == max(Decimal(0), quota.limit - quota.used), case.name

    def explained(self, case: Case) -> Usage:
        """Return the usage of a case as a refresh stores it."""
        account, credential = case.account or self.account, case.credential or self.credential
        client = ScriptedClient(case.answers)
        return asyncio.run(fetching.answered(client, account, credential))

    def test_every_number_says_its_field(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rate_limits, "take", lambda counter, now: None)
        seen = 0
        for case in self.cases:
            if isinstance(case.expect, str):
                continue
            usage = self.explained(case)
            assert usage == case.expect, case.name
            assert not usage.is_changed, (case.name, usage.sources)
            for source in sources.read(usage).numbers:
                told = number_of(usage, source)
                if not source.formula:
                    assert not told or source.unit == "resets", (case.name, source)
                    continue
                seen += 1
                for place in source.fields:
                    assert stands_there(case, place), (case.name, place)
                reckoned = result_of(source)
                if reckoned is not None:
                    assert abs(reckoned - told) < Decimal("1e-9"), source
        assert seen

    def test_a_new_number_beside_a_known_one_is_a_change(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rate_limits, "take", lambda counter, now: None)
        seen = set()
        for case in self.cases:
            for place in () if isinstance(case.expect, str) else used_fields(self.explained(case)):
                beside = place.endpoint, re.sub(r"\d+", "#", place.pointer.rpartition("/")[0])
                if beside in seen:
                    continue  # known fields belong to an endpoint, whichever case shows them
                for name, value, is_new in NEW:
                    changed = with_field(case, place, name, value)
                    if changed is None:
                        continue
                    seen.add(beside)
                    usage = self.explained(changed)
                    told = sources.read(usage)
                    if any(name in each.formula for each in told.numbers):
                        continue  # an entry of a list, whose names need not be known
                    assert usage.is_changed == is_new, (case.name, place, name, value)
                    assert is_new == any(name in found.pointer for found in told.new)
        assert seen

    def test_describes_itself(self) -> None:
        about = providers.about(self.provider)
        assert about.id == self.provider
        for page in (*about.keys.values(), *about.dashboard.values()):
            assert page.startswith("https://")
        assert os.path.exists(os.path.join(ROOT, "icons", f"{self.provider}.png"))
