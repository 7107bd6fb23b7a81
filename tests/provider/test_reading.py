from __future__ import annotations

import json
import time
import unicodedata
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.profiles import scaled
from tests.said import both
from workflow.errors import Blocked, RateLimited, UnexpectedResponse, UsageError
from workflow.provider import answer as answers
from workflow.provider import reading
from workflow.provider.answer import MAX_DEPTH, Answer
from workflow.provider.reading import MAX_TEXT

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=timezone.utc)
FOREIGN = settings(database=None, deadline=None, max_examples=scaled(200))
PAGE = "<!DOCTYPE html><html><title>Welcome</title></html>"
COUNTRY = '{"error": {"code": "unsupported_country_region_territory"}}'


def answer(status: int = 200, body: str = "{}", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, named, body.encode(), NOW)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0, "0"),
        (-3, "-3"),
        (1.5, "1.5"),
        (0.1, "0.1"),
        ("42.18", "42.18"),
        (" 7 ", "7"),
        ("+7", "7"),
        (".5", "0.5"),
        ("5.", "5"),
        ("0.000000001", "1E-9"),
        ("-0.0000000015", "-1.5E-9"),
        ("0.00000000000000000000", "0"),
        (10**17, "100000000000000000"),
    ],
)
def test_numbers(value: object, told: str) -> None:
    assert reading.number(value) == Decimal(told)


@pytest.mark.parametrize(
    "value",
    [
        None, True, False, "", " ", "NaN", "nan", "Infinity", "-inf", "1e3", "0x10", "1_000", "1,5",
        "٣", "--1", "1.2.3", "9" * 101, "9" * 20, 10**18, pytest.param(10**5000, id="huge"), 1e300, float("nan"),
        float("inf"), [], {}, [1], b"1", 1e-20, -1e-20, "0.0000000009", "0.000000000000000000000000000001", 5e-324,
    ],
)  # fmt: skip
def test_what_is_no_number_is_none_and_never_zero(value: object) -> None:
    assert reading.number(value) is None


def test_counts_and_integers() -> None:
    assert [reading.count(value) for value in (3, "0", -1, "-0.01")] == [3, 0, None, None]
    assert [reading.integer(value) for value in (3, "3.0", 3.5, True)] == [3, 3, None, None]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("limit", "used", "left"),
    [("100", "36", "64"), ("100", "101", "0"), (None, "3", None), ("3", None, None)],
)
def test_what_is_left_of_a_limit(limit: str | None, used: str | None, left: str | None) -> None:
    assert reading.remainder(*(told and Decimal(told) for told in (limit, used))) == (  # type: ignore[arg-type]
        left and Decimal(left)
    )


@FOREIGN
@given(JSON)
def test_any_value_is_read_or_unknown(value: object) -> None:
    found, counted, whole = reading.number(value), reading.count(value), reading.integer(value)
    assert found is None or (found.is_finite() and abs(found) < 10**18)
    assert counted is None or counted >= 0
    assert whole is None or whole == found
    assert reading.moment(value) is None or reading.moment(value).tzinfo is timezone.utc  # type: ignore[union-attr]
    assert reading.mapping(value) is value or reading.mapping(value) == {}
    assert reading.sequence(value) is value or reading.sequence(value) == []
    assert all(isinstance(entry, dict) for entry in reading.entries(value))


@pytest.mark.parametrize(
    "value",
    [
        1795359600,
        "1795359600",
        1795359600.0,
        1795359600000,
        "1795359600000",
        "2026-11-22T15:00:00Z",
        "2026-11-22 15:00:00",
        "2026-11-22T15:00:00.000000000Z",
        "2026-11-22T23:00:00+08:00",
        "2026-11-22T23:00:00+0800",
        " 2026-11-22T15:00:00+00:00 ",
    ],
)
def test_times(value: object) -> None:
    assert reading.moment(value) == NOW


@pytest.mark.parametrize("value", ["2026-11-22T15:00:00.123456789Z", "2026-11-22T15:00:00.123456Z"])
def test_nanoseconds_are_cut(value: str) -> None:
    assert reading.moment(value) == NOW.replace(microsecond=123456)


@pytest.mark.parametrize(
    "value",
    [
        None, 0, -1, "0", "-1", True, "", "soon", "2026-11-22", "2026-13-01T00:00:00Z",
        "1970-01-01T00:00:00Z", "1970-01-01T08:00:00+08:00", "0001-01-01T00:00:00Z",  # 0 in words
        "2026-11-22T25:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
        10**17, [], {}, "２０２６-11-22T15:00:00Z",
    ],
)  # fmt: skip
def test_what_is_no_time_is_none(value: object) -> None:
    assert reading.moment(value) is None


@FOREIGN
@given(st.text())
def test_any_text_becomes_one_bounded_line_without_controls(told: str) -> None:
    clean = reading.text(told)
    if clean is not None:
        assert 0 < len(clean) <= MAX_TEXT
        assert clean == " ".join(clean.split())
        assert not [c for c in clean if unicodedata.category(c) in ("Cc", "Cf", "Cs")]


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("Pro\x1b[31m\r\nX", "Pro[31m X"),
        ("abc\u202edef\u200b", "abcdef"),
        (" \x00 ", None),
        ("", None),
        (None, None),
        (7, None),
        ("套餐 Pro ✨", "套餐 Pro ✨"),
        ("x" * 500, "x" * 199 + "…"),
    ],
)
def test_text_is_data(told: object, shown: str | None) -> None:
    assert reading.text(told) == shown


def test_a_name_is_short() -> None:
    assert reading.short("n" * 40) == "n" * 40
    assert reading.short("n" * 41) == "n" * 39 + "…"


def test_the_first_field_that_is_not_null() -> None:
    source = {"a": None, "b": 0, "c": 1}
    assert reading.first(source, "x", "a", "b", "c") == 0
    assert reading.first(source, "x", "a") is None


def test_junk_between_objects_is_passed_over() -> None:
    assert reading.entries([{"a": 1}, None, "x", [], {"b": 2}]) == [{"a": 1}, {"b": 2}]
    assert reading.entries({"a": 1}) == []


STATUSES: dict[int, str] = {
    400: "unexpected_response",
    401: "credential_rejected",
    402: "not_available",
    403: "credential_rejected",
    404: "unexpected_response",
    304: "unexpected_response",
    418: "unexpected_response",
    429: "rate_limited",
    500: "provider_failed",
    502: "provider_failed",
    503: "provider_failed",
    529: "provider_failed",
}


@pytest.mark.parametrize(("status", "kind"), STATUSES.items())
def test_a_status_is_a_kind(status: int, kind: str) -> None:
    with pytest.raises(UsageError) as caught:
        answer(status).json()
    assert caught.value.kind == kind


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_a_success_is_no_error(status: int) -> None:
    assert answers.status_error(answer(status)) is None


def test_an_unknown_status_is_named() -> None:
    error = answers.status_error(answer(418))
    assert error is not None
    assert all("HTTP 418" in words and "{provider}" in words for words in both(error.message))


@pytest.mark.parametrize(
    "edge",
    [
        pytest.param(answer(403, PAGE), id="a 403 page"),
        pytest.param(answer(401, PAGE.replace("Welcome", "Just a moment...")), id="401 challenge"),
        pytest.param(answer(200, "<html>window._cf_chl_opt={}"), id="200 challenge"),
        pytest.param(answer(503, "<html>Attention Required!"), id="503 challenge"),
        pytest.param(answer(403, "{}", cf_mitigated="challenge"), id="named by the edge"),
        pytest.param(answer(403, "denied", content_type="text/html"), id="a bare 403 page"),
        pytest.param(answer(403, COUNTRY), id="country"),
        pytest.param(answer(401, COUNTRY), id="country as a 401"),
    ],
)
def test_the_edge_is_never_taken_for_a_refused_key(edge: Answer) -> None:
    assert isinstance(answers.status_error(edge), Blocked)
    with pytest.raises(Blocked):
        edge.json()


def test_a_country_block_says_so() -> None:
    error = answers.status_error(answer(403, COUNTRY))
    assert error is not None
    assert "country" in both(error.message)[0]
    assert "国家" in both(error.message)[1]


@pytest.mark.parametrize("status", [200, 404, 429, 502])
def test_an_ordinary_page_is_no_edge(status: int) -> None:
    assert not answers.is_challenge(answer(status, PAGE))
    assert answers.is_html(answer(status, PAGE))


ODD = ["", " ", "{", '{"a": ', "NaN", '{"a": NaN}', "[Infinity]", PAGE, "\x00", "[1,]", "'a'"]


@pytest.mark.parametrize("body", ODD)
def test_what_is_no_json_is_not_understood(body: str) -> None:
    assert answer(200, body).document() is None
    with pytest.raises(UnexpectedResponse):
        answer(200, body).json()


def test_null_alone_is_not_understood() -> None:
    with pytest.raises(UnexpectedResponse):
        answer(200, "null").json()


def nested(levels: int) -> Any:
    return json.loads("[" * levels + "]" * levels)


@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 5000, 100_000])
@pytest.mark.parametrize("pair", ["[]", ('{"a":', "}")])
def test_deep_nesting_is_refused(levels: int, pair: str) -> None:
    assert answer(200, pair[0] * levels + "1" + pair[1] * levels).document() is None


def test_ordinary_nesting_is_read() -> None:
    assert answer(200, "[" * MAX_DEPTH + "]" * MAX_DEPTH).document() == nested(MAX_DEPTH)


@FOREIGN
@given(st.binary(max_size=200), st.sampled_from([200, 401, 403, 429, 500]))
def test_any_bytes_are_read_or_refused(body: bytes, status: int) -> None:
    odd = Answer(status, {}, body, NOW)
    try:
        assert odd.json() is not None
        assert status == 200
    except UsageError as error:
        assert error.kind


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        pytest.param("120", 120, id="seconds"),
        pytest.param(" 0 ", 0, id="at once"),
        pytest.param("Sun, 22 Nov 2026 15:05:00 GMT", 300, id="date"),
        pytest.param("Sun, 22 Nov 2026 23:05:00 +0800", 300, id="date with a zone"),
        pytest.param("Sun, 22 Nov 2026 14:00:00 GMT", -3600, id="date that has passed"),
        pytest.param("99999999999999999999", 7 * 86400, id="a week at the most"),
        pytest.param("Fri, 22 Nov 2999 15:05:00 GMT", 7 * 86400, id="a far date"),
    ],
)
def test_retry_after(told: str, seconds: int) -> None:
    error = answers.status_error(answer(429, retry_after=told))
    assert isinstance(error, RateLimited)
    assert error.retry_at == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("told", ["", "soon", "-5", "1.5", "Sun, 99 Nov", "²", "1; 2"])
def test_a_retry_after_that_says_nothing(told: str) -> None:
    assert answers.retry_at(answer(429, retry_after=told)) is None


def test_without_retry_after() -> None:
    assert answers.retry_at(answer(429)) is None


def test_a_broken_server_may_ask_for_patience_too() -> None:
    error = answers.status_error(answer(503, retry_after="60"))
    assert error is not None
    assert error.retry_at == NOW + timedelta(seconds=60)


DATES = st.builds(
    "{}, {:02} {} {:04} {:02}:{:02}:{:02} {}".format,
    st.sampled_from(["Sun", "Xxx"]),
    st.integers(0, 40),
    st.sampled_from(["Jan", "Dec", "Foo"]),
    st.integers(0, 99999),
    st.integers(0, 30),
    st.integers(0, 70),
    st.integers(0, 70),
    st.sampled_from(["GMT", "-0000", "+2359", "-2359", "+9999", "EST", ""]),
)


@FOREIGN
@given(DATES | st.text())
def test_any_retry_after_is_a_time_within_a_week_or_nothing(told: str) -> None:
    when = answers.retry_at(answer(429, retry_after=told))
    assert when is None or when <= NOW + timedelta(days=7)


def test_neither_body_nor_cookies_show_in_a_repr() -> None:
    shown = repr(Answer(200, {}, b"canary", NOW, ("canary=1",)))
    assert "canary" not in shown


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"base_resp": {"status_code": 2057, "status_msg": "not coding plan token"}}', "not coding plan token"),
        ('{"code": 1234, "msg": "该功能暂未开放", "success": false}', "该功能暂未开放"),
        ('{"error": {"type": "x", "message": "Project archived."}}', "Project archived."),
        ('{"error": "url.not_found", "message": "nothing here"}', "url.not_found"),
        ('{"detail": {"error": "The account has been deactivated."}}', "The account has been deactivated."),
        ('{"detail": [{"msg": "field required"}, {"msg": "other"}]}', "field required"),
        ('{"detail": "", "message": "second"}', "second"),
        ('"Api key is invalid"', "Api key is invalid"),
        ('{"msg": "one\\n\\ttwo \\u0007\\u202ethree"}', "one two three"),
        ('{"msg": "see {keys} or {provider}"}', "see (keys) or (provider)"),
        ('{"msg": "sk-kimi-Synthe or sk-admin-abcd... it is pay-as-you-go, wait..."}', "••• or ••• it is pay-as-you-go, wait..."),
        ('{"msg": "ask owner@example.com first"}', "ask ••• first"),
        ('{"msg": "at 2026-10-05T09:00:00Z and 2026-10-05 it ends"}', "at 2026-10-05T09:00:00Z and 2026-10-05 it ends"),
        ('{"msg": "您的账户自2026年10月5日起欠费，请充值后继续使用"}', "您的账户自2026年10月5日起欠费，请充值后继续使用"),
        ('{"msg": 7}', None),
        ('{"msg": "  "}', None),
        ("[]", None),
        ("7", None),
        ("{", None),
        ("<html><title>no</title></html>", None),
    ],
)  # fmt: skip
def test_what_a_vendor_says_of_an_error(body: str, said: str | None) -> None:
    assert answers.vendor_message(answer(400, body)) == said


@pytest.mark.timing
@pytest.mark.parametrize("ruler", ["_", "a_", "-", "a-_"])
def test_a_long_line_is_masked_at_once(ruler: str) -> None:
    begun = time.process_time()
    assert answers.vendor_message(answer(400, json.dumps({"msg": ruler * 1000}))) is not None
    assert time.process_time() - begun < 0.5


def test_a_plain_text_is_a_message_too() -> None:
    told = answer(401, "Authentication Fails (governor)", content_type="text/plain; charset=utf-8")
    assert answers.vendor_message(told) == "Authentication Fails (governor)"


KEYS_REPEATED = (
    "0123456789abcdef0123456789abcdef.SyntheticSecret1",
    "sk-kimi-SyntheticSyntheticSynthetic0001",
    "sk-cp-SyntheticSyntheticSyntheticSynthetic",
    "sk-proj-****************abcd",
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1In0.c2ln",
    "tvly-dev-synthetic0123456Dev",
    "user-synthetic0123",
)


@given(st.sampled_from(KEYS_REPEATED), st.integers(0, 300), st.sampled_from(["", ": ", "「", "="]))
def test_no_message_repeats_a_credential(key: str, before: int, lead: str) -> None:
    said = answers.vendor_message(
        answer(400, json.dumps({"msg": f"{'no ' * before}{lead}{key}」 again"}))
    )
    assert said is not None
    assert len(said) <= answers.MAX_MESSAGE
    assert not any(key[i : i + 8] in said for i in range(len(key) - 7))


@FOREIGN
@given(JSON, st.integers(200, 599))
def test_any_answer_makes_a_sentence_of_one_line(told: Any, status: int) -> None:
    for code in (None, told, 42):
        error = answers.unknown_error(answer(status, json.dumps(told)), code)
        for words in both(error.message):
            assert len(words) < 300
            assert words.isprintable()
            assert set("{}") & set(words.replace("{provider}", "")) == set()


def test_an_unknown_code_is_named_with_the_message_of_the_vendor() -> None:
    told = answers.unknown_error(answer(200, '{"msg": "no such {thing}"}'), 4711)
    assert both(told.message) == (
        "{provider} answered with code 4711 (“no such (thing)”), which Tankful does not know; try again, then update Tankful",
        "{provider} 返回了错误码 4711（“no such (thing)”），Tankful 无法识别；请重试，仍不行请更新 Tankful",
    )
    status = answers.status_error(answer(418, '{"error": "teapot"}'))
    assert status is not None
    assert "HTTP 418 (“teapot”)" in both(status.message)[0]
    assert answers.unknown_error(answer(200, "{}")).message == UnexpectedResponse.default


def test_a_share_below_zero_reads_as_zero() -> None:
    assert [reading.share(told) for told in (-3, "-0.01", 0, "42.5", 130)] == [
        *(Decimal(0), Decimal(0), Decimal(0)),
        *(Decimal("42.5"), Decimal(130)),
    ]
    odd: list[Any] = [None, True, "x", "NaN", []]
    assert [reading.share(told) for told in odd] == [None] * 5


@pytest.mark.parametrize(
    ("date", "hour"),
    [
        ("Sun, 22 Nov 2026 17:00:00 GMT", 17),
        ("Sun, 22 Nov 2026 16:00:00 -0000", 16),
        ("Sun, 22 Nov 2026 13:00:00 GMT", 15),
        ("now", 15),
        ("", 15),
    ],
)
def test_the_later_of_two_clocks(date: str, hour: int) -> None:
    assert answers.latest(answer(date=date)) == NOW.replace(hour=hour)


@settings(database=None, deadline=None, max_examples=scaled(200))
@given(st.integers(0, 16_000_000_000))
def test_a_usual_date_is_read_as_any_other(seconds: int) -> None:
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    date = format_datetime(moment, usegmt=True)
    assert answers.http_date(date) == moment
    assert answers.http_date(date.replace("GMT", "+0000")) == moment


def test_the_zero_time_is_read_as_a_library_does() -> None:
    date = "Mon, 01 Jan 0001 00:00:00 GMT"
    assert answers.http_date(date) == parsedate_to_datetime(date)


@pytest.mark.parametrize(
    "date",
    [
        "Sun, 31 Feb 2026 17:00:00 GMT",
        "Sun, 22 Nov 2026 24:00:00 GMT",
        "Sun, 22 Nov 2026 23:59:60 GMT",
    ],
)
def test_a_date_that_does_not_exist_is_none(date: str) -> None:
    assert answers.http_date(date) is None


@pytest.mark.parametrize(
    ("headers", "ahead"),
    [
        ({"date": "Sun, 22 Nov 2026 14:58:00 GMT"}, 120),
        ({"date": "Sun, 22 Nov 2026 15:00:30 GMT"}, -30),
        ({"date": "Sun, 22 Nov 2026 14:00:00 GMT", "age": "3600"}, 0),
        ({"date": "Sun, 22 Nov 2026 14:58:00 GMT", "age": "old"}, None),
        ({"date": "soon"}, None),
        ({}, None),
    ],
)
def test_how_far_our_clock_is_ahead(headers: dict[str, str], ahead: float | None) -> None:
    at = datetime(2026, 11, 22, 15, 0, tzinfo=timezone.utc)
    assert answers.clock_ahead(answers.Answer(200, headers, b"", at)) == ahead
