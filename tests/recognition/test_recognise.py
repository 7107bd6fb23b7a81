from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
import time
from contextlib import suppress
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.profiles import scaled
from tests.said import both, chinese, english
from workflow.errors import Mistake, UsageError, WrongCredential
from workflow.models import Credential
from workflow.provider import discovery as providers
from workflow.recognition import other_services
from workflow.recognition.finding import Finding, choices, is_one
from workflow.recognition.recognise import LONGEST, Unrecognised, read, read_all, recognise

SAMPLES = Path(__file__).parents[1] / "samples" / "chatgpt"
NAME = "__Secure-next-auth.session-token"
OTHER = "__Secure-authjs.session-token"
SESSION = (
    "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..c3ludGhldGlj.Y2lwaGVydGV4dC1vZi1hLXNlc3Npb24.dGFn"
)
SEALED = f"eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..{'a' * 16}.{'b' * 40}.{'c' * 22}"
FIRST, SECOND = SESSION[:50], SESSION[50:]
WORKSPACE = "00000000-aaaa-4bbb-8ccc-000000000002"
ENDS = datetime(2026, 10, 13, 9, 0, tzinfo=timezone.utc)


def token(claims: dict[str, object]) -> str:
    header: dict[str, object] = {"alg": "RS256", "typ": "JWT"}
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()) for part in (header, claims))
    return ".".join(
        [*(part.decode().rstrip("=") for part in parts), "c2lnbmF0dXJlLW9mLXRoZS10b2tlbg"]
    )


ACCESS = token(
    {
        "https://api.openai.com/auth": {"chatgpt_account_id": WORKSPACE},
        "exp": int(ENDS.timestamp()),
        "iss": "https://auth.openai.com",
    }
)
OLD_MINIMAX = token({"iss": "minimax", "GroupID": "123"})
KIMI_WEB = token({"app_id": "kimi", "iss": "user-center"})
ADMIN = "sk-admin-Canary0123456789abcdefghij"
USER = "sk-None-Canary0123456789abcdefghij"
LEGACY = "sk-Canary0123456789abcdT3BlbkFJ0123456789abcdefghij"
TAVILY = "tvly-dev-Canary0123456789abcdefghij"
GLM = "0123456789abcdef0123456789abcdef.CanaryAbCdEf0123"
PLAN = "sk-cp-Canary0123456789abcdefghij"
PAYG = "sk-api-Canary0123456789abcdefghij"
CODE = "sk-kimi-Canary0123456789abcdefghij"
SHARED = "sk-" + "Cn4rY0" * 8  # 48
DEEPSEEK = "sk-" + "0123456789abcdef" * 2


def session_json(**more: object) -> str:
    return json.dumps(
        {
            "WARNING_BANNER": "!!! WARNING: DO NOT SHARE … !!!",
            "user": {"id": "user-1", "name": "Ada", "email": "ada@example.com"},
            "expires": "2027-01-02T09:00:00.000Z",
            "account": {"id": WORKSPACE, "planType": "team", "structure": "workspace"},
            "accessToken": ACCESS,
            "authProvider": "openai",
            **more,
        },
        ensure_ascii=False,
    )


def only(pasted: str) -> Finding:
    found = recognise(pasted)
    assert len(found) == 1
    return found[0]


SURROUNDINGS = [
    pytest.param("{}", id="bare"),
    pytest.param("  {}\r\n", id="spaces"),
    pytest.param('"{}"', id="quotes"),
    pytest.param("'{}';", id="single quotes"),
    pytest.param("“{}”", id="typographic quotes"),
    pytest.param("「{}」", id="corner quotes"),
    pytest.param("`{}`", id="backticks"),
    pytest.param("**{}**", id="bold"),
    pytest.param("{}%", id="zsh's sign of a missing line break"),
    pytest.param("\ufeff\u200b{}\u200b\u200d", id="invisible"),
    pytest.param("\x1b[200~{}\x1b[201~", id="bracketed paste"),
    pytest.param("Bearer {}", id="Bearer"),
    pytest.param("Authorization: Bearer {}", id="Authorization"),
    pytest.param("authorization: {}", id="Authorization without Bearer"),
    pytest.param("-H 'Authorization: Bearer {}'", id="curl header"),
    pytest.param("x-api-key:{}", id="x-api-key"),
    pytest.param("export SOME_KEY={}", id="export"),
    pytest.param('export SOME_KEY="{}"  # mine', id="export with quotes"),
    pytest.param("SOME_KEY={}\nOTHER=1\n", id="env file"),
    pytest.param('$env:SOME_KEY="{}"', id="PowerShell variable"),
    pytest.param("some_key: {}", id="YAML"),
    pytest.param('{{"api_key": "{}"}}', id="JSON"),
    pytest.param("My key is {}, thanks.", id="English sentence"),
    pytest.param("我的密钥是{}，谢谢", id="Chinese sentence"),
    pytest.param("密钥：{}。", id="Chinese label"),
    pytest.param("API Key＝{}", id="full-width equals sign"),
    pytest.param("API key\n{}\nCopy", id="button below"),
    pytest.param("<{}>", id="angle brackets"),
]
KEYS = [
    pytest.param(ADMIN, "openai", id="OpenAI admin"),
    pytest.param(USER, "openai", id="OpenAI user"),
    pytest.param(LEGACY, "openai", id="OpenAI legacy"),
    pytest.param(TAVILY, "tavily", id="Tavily"),
    pytest.param(GLM, "glm", id="GLM"),
    pytest.param(PLAN, "minimax", id="MiniMax plan"),
    pytest.param(PAYG, "minimax", id="MiniMax pay-as-you-go"),
    pytest.param(CODE, "kimi", id="Kimi Code"),
    pytest.param(ACCESS, "chatgpt", id="ChatGPT access token"),
]


@pytest.mark.parametrize("around", SURROUNDINGS)
@pytest.mark.parametrize(("secret", "provider"), KEYS)
def test_a_key_is_found_whatever_stands_around_it(secret: str, provider: str, around: str) -> None:
    finding = only(around.format(secret))
    assert (finding.provider, finding.credential.secret, finding.sure) == (provider, secret, True)
    assert finding.credential.kind == ("access_token" if provider == "chatgpt" else "api_key")
    assert read(around.format(secret), provider) == finding


FORMS = [
    (about.id, shape.form)
    for about in providers.everything().values()
    for shape in about.shapes
    if shape.kind == "api_key"
]


@pytest.mark.parametrize(("provider", "form"), FORMS)
@settings(max_examples=scaled(8))
@given(st.data())
def test_every_key_that_a_provider_may_have_is_read_whole(
    provider: str, form: str, data: st.DataObject
) -> None:
    key = data.draw(st.from_regex(re.compile(form, re.ASCII), fullmatch=True))
    assume(len(key) < 400 and not other_services.message([key]))
    with suppress(WrongCredential):  # it happens to have the form of another vendor's, too
        assert read(key, provider).credential.secret == key


@pytest.mark.parametrize("around", ["{}", "YDC_API_KEY={}", "curl -H 'X-API-Key: {}'", '"{}",'])
def test_an_inner_mark_does_not_end_a_key(around: str) -> None:
    for key in (f"ydc-sk-{'a1' * 12}<__>{'Bc2' * 8}", f"{'a1' * 12}<__>{'Bc2' * 8}"):
        assert only(around.format(key)).credential.secret == key
        assert only(around.format(f"{key[:30]}\n{key[30:]}")).credential.secret == key


@pytest.mark.parametrize(("secret", "provider"), KEYS)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\n    "])
def test_a_key_broken_into_lines_is_mended(secret: str, provider: str, newline: str) -> None:
    broken = newline.join([secret[:14], secret[14:20], secret[20:]])
    for pasted in (broken, f'Authorization: Bearer "{broken}"'):
        assert only(pasted).credential.secret == secret


def test_keys_below_each_other_stay_apart() -> None:
    found = recognise(f"{USER}\n{TAVILY}\n{GLM}\n{USER}")
    assert [finding.credential.secret for finding in found] == [USER, TAVILY, GLM]
    assert read(f"{USER} {TAVILY}", "tavily").credential.secret == TAVILY


def test_a_label_below_is_no_part_of_the_key() -> None:
    assert only(f"{USER}\nada@example.com").credential.secret == USER
    assert only(f"{USER}\nmy key of work").credential.secret == USER


BASH = (
    "curl 'https://chatgpt.com/backend-api/me?x=1' \\\n  -H 'accept: */*' \\\n"
    "  -H 'authorization: Bearer {access}' \\\n  -b '_ga=1; {cookies}; oai-did=d' \\\n"
    "  -H $'user-agent: Mozilla\\u0021' --compressed"
)
CMD = (
    'curl ^"https://chatgpt.com/backend-api/me?x=1^" ^\r\n  -H ^"accept: */*^" ^\r\n'
    '  -H ^"authorization: Bearer {access}^" ^\r\n  -b ^"_ga=1; {cookies}; oai-did=d^" ^\r\n'
    '  -H ^"sec-ch-ua: ^\\^"Chromium^\\^"^"'
)
FETCH = (
    'fetch("https://chatgpt.com/backend-api/me", {{"headers": {{"authorization": "Bearer {access}",'
    ' "cookie": "_ga=1; {cookies}; oai-did=d"}}, "method": "GET"}});'
)
POWERSHELL = (
    '$session.Cookies.Add((New-Object System.Net.Cookie("oai-did", "d", "/", "chatgpt.com")))\n'
    '$session.Cookies.Add((New-Object System.Net.Cookie("'
    + NAME
    + '", "'
    + SESSION
    + '", "/", "x")))\n'
    'Invoke-WebRequest -Headers @{{"authorization"="Bearer {access}"}}'
)


@pytest.mark.parametrize(
    "request_", [BASH, CMD, FETCH, POWERSHELL], ids=["bash", "cmd", "fetch", "ps"]
)
def test_a_copied_request_keeps_session_and_token(request_: str) -> None:
    finding = only(request_.format(access=ACCESS, cookies=f"{NAME}={SESSION}"))
    credential = finding.credential
    assert (finding.provider, credential.kind, finding.sure) == ("chatgpt", "session", True)
    assert credential.cookie == f"{NAME}={SESSION}; oai-did=d"
    assert (credential.secret, credential.expires_at) == (ACCESS, ENDS)


def test_percent_signs_survive_both_shells() -> None:
    csrf = "__Host-next-auth.csrf-token=ab%7Ccd"
    for pasted in (
        f"-b '{NAME}={SESSION}; {csrf}'",
        f'-b ^"{NAME}={SESSION}; __Host-next-auth.csrf-token=ab^%^7Ccd^"',
    ):
        assert only(pasted).credential.cookie == f"{NAME}={SESSION}; {csrf}"


COOKIES = [
    pytest.param(f"{NAME}={SESSION}", 1, id="pair"),
    pytest.param(f'"{NAME}={SESSION}"', 1, id="quoted pair"),
    pytest.param(f"Cookie: a=b; {NAME}={SESSION}; c=d", 1, id="header"),
    pytest.param(f"curl -H 'Cookie: {NAME}={SESSION}'", 1, id="curl -H"),
    pytest.param(f"{NAME}={SESSION[:60]}\n{SESSION[60:80]}\n{SESSION[80:]}", 1, id="broken lines"),
    pytest.param(f"{NAME}\t{SESSION}\t.chatgpt.com\t/", 1, id="DevTools row"),
    pytest.param(f"{NAME}.1={SECOND}; {NAME}.0={FIRST}", 2, id="chunks"),
    pytest.param(f"{NAME}.0={FIRST}\n{NAME}.1={SECOND}\n", 2, id="chunks in lines"),
    pytest.param(f"{NAME}.1\t{SECOND}\n{NAME}.0\t{FIRST}", 2, id="chunks in rows"),
    pytest.param(f".chatgpt.com\tTRUE\t/\tTRUE\t1799999999\t{NAME}\t{SESSION}", 1, id="Netscape"),
    pytest.param(
        json.dumps([{"domain": ".chatgpt.com", "name": NAME, "value": SESSION}]), 1, id="JSON"
    ),
    pytest.param(json.dumps({"cookies": [{"name": NAME, "value": SESSION}]}), 1, id="JSON object"),
    pytest.param(f"我的 Cookie：{NAME}={SESSION}，请保密", 1, id="Chinese"),
]


@pytest.mark.parametrize(("pasted", "chunks"), COOKIES)
def test_a_session_cookie_is_found(pasted: str, chunks: int) -> None:
    finding = read(pasted, "chatgpt")
    assert (finding,) == recognise(pasted)
    whole = f"{NAME}={SESSION}" if chunks == 1 else f"{NAME}.0={FIRST}; {NAME}.1={SECOND}"
    assert finding.credential == Credential("session", "", whole)
    assert ("2 chunks" in english(finding.what)) == (chunks == 2)
    assert ("2 段" in chinese(finding.what)) == (chunks == 2)


def test_the_other_cookie_name_is_accepted() -> None:
    assert only(f"{OTHER}={SESSION}").credential.cookie == f"{OTHER}={SESSION}"


@pytest.mark.parametrize("around", SURROUNDINGS)
def test_a_bare_session_token_gets_the_likelier_name(around: str) -> None:
    assert only(around.format(SESSION)).credential == Credential("session", "", f"{NAME}={SESSION}")


def test_a_name_above_its_value_is_a_bare_token() -> None:
    assert only(f"{NAME}\n{SESSION}").credential.cookie == f"{NAME}={SESSION}"


def test_the_account_cookie_selects_the_workspace() -> None:
    finding = only(f"_account={WORKSPACE}; {NAME}={SESSION}")
    assert finding.scope == {"workspace": WORKSPACE}
    assert finding.credential.cookie == f"{NAME}={SESSION}; _account={WORKSPACE}"


CONSOLES = [
    pytest.param(session_json(), id="JSON"),
    pytest.param(json.dumps(session_json()), id="JSON as a string"),
    pytest.param(f"'{session_json()}'", id="JSON in quotes"),
    pytest.param(f"Promise {{<pending>}}\n{session_json()}\nundefined", id="JSON in a console"),
    pytest.param(
        f"{{WARNING_BANNER: '!!!… !!!', user: {{…}}, expires: '2027-01-02T09:00:00.000Z', "
        f"account: {{id: '{WORKSPACE}', planType: 'team'}}, accessToken: '{ACCESS}', …}}",
        id="Chrome",
    ),
    pytest.param(
        "{WARNING_BANNER: '!!!…', accessToken: 'eyJhbGciOi…RoZS10b2tlbg', …}\n"
        f'WARNING_BANNER\n: \n"!!!"\naccessToken\n: \n"{ACCESS}"\nexpires\n: \n'
        f"\"2027-01-02T09:00:00.000Z\"\naccount\n: \n{{id: '{WORKSPACE}', …}}",
        id="Chrome, opened",
    ),
    pytest.param(
        f'Object {{ WARNING_BANNER: "!!!…", user: {{…}}, account: Object {{ id: "{WORKSPACE}" }}, '
        f'expires: "2027-01-02T09:00:00.000Z", accessToken: "{ACCESS}" }}',
        id="Firefox",
    ),
]


@pytest.mark.parametrize("pasted", CONSOLES)
def test_the_output_of_the_console_command_is_read(pasted: str) -> None:
    finding = read(pasted, "chatgpt")
    assert (finding,) == recognise(pasted)
    assert finding.credential == Credential("access_token", ACCESS, expires_at=ENDS)
    assert finding.scope == {"workspace": WORKSPACE}
    assert finding.sure


def test_a_session_document_with_both_tokens_keeps_both() -> None:
    finding = only(session_json(sessionToken=SESSION))
    credential = finding.credential
    assert (credential.kind, credential.secret, credential.expires_at) == ("session", ACCESS, ENDS)
    assert credential.cookie == f"{NAME}={SESSION}; _account={WORKSPACE}"
    assert credential.session_expires_at == datetime(2027, 1, 2, 9, tzinfo=timezone.utc)
    personal = only((SAMPLES / "session.plus.json").read_text())
    assert personal.credential.cookie.startswith(f"{NAME}=")
    assert ";" not in personal.credential.cookie


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        pytest.param("{}", "not logged in", id="empty session"),
        pytest.param('{"WARNING_BANNER": "!!!"}', "not logged in", id="banner only"),
        pytest.param("{WARNING_BANNER: '!!!'}", "not logged in", id="banner as printed"),
        pytest.param(session_json(error="RefreshAccessTokenError"), "has ended", id="old login"),
        pytest.param("{accessToken: 'eyJhbGciOiJ…dXJl'}", "shortened", id="shortened token"),
        pytest.param("{user: {…}, WARNING_BANNER: '!!…', …}", "shortened", id="shortened object"),
        pytest.param(f"{ACCESS[:40]}…{ACCESS[-9:]}", "shortened", id="shortened bare token"),
        pytest.param(f"{ACCESS[:90]}", "incomplete", id="half a token"),
        pytest.param(f"{SESSION[:60]}", "incomplete", id="half a session"),
        pytest.param(SEALED[:-1], "its end is missing", id="a session without its last character"),
        pytest.param(f"value\n{SEALED[:-9]}", "its end is missing", id="and a word before it"),
        pytest.param(f"{NAME}.1={SECOND}", f"{NAME}.0 is missing", id="first chunk missing"),
        pytest.param(f"{NAME}.0={FIRST}", f"{NAME}.1 is missing", id="second chunk missing"),
        pytest.param("oai-did=1; cf_clearance=2; _ga=3", "no session", id="document.cookie"),
        pytest.param("fetch('/api/auth/session').then(r => r.json())", "itself", id="the command"),
    ],
)
def test_a_session_that_cannot_be_used_says_why(pasted: str, said: str) -> None:
    for call in (recognise, lambda text: read(text, "chatgpt")):
        with pytest.raises(Unrecognised, match=said) as caught:
            call(pasted)
        assert both(caught.value.message)[1] != both(caught.value.message)[0]


def test_a_whole_session_is_recognised_by_itself() -> None:
    assert recognise(SEALED)[0].credential.cookie == f"{NAME}={SEALED}"


def test_an_expired_token_is_accepted_with_a_note() -> None:
    after = datetime(2027, 1, 1, tzinfo=timezone.utc)
    found = recognise(ACCESS, after)[0]
    assert found.note is not None
    assert "expired" in english(found.note)
    assert recognise(ACCESS)[0].note is None
    assert read(ACCESS, "chatgpt", datetime(2026, 10, 5, tzinfo=timezone.utc)).note is None


@pytest.mark.parametrize(
    ("pasted", "candidates"),
    [
        pytest.param(
            SHARED, ["kimi", "minimax", "openai", "ai302", "aihubmix", "opencode"], id="sk- and 48"
        ),
        pytest.param(
            DEEPSEEK, ["minimax", "openai", "bocha", "deepseek", "opencode"], id="sk- and 32 hex"
        ),
        pytest.param(OLD_MINIMAX, ["minimax", "chatgpt"], id="some JWT"),
    ],
)
def test_a_shared_form_is_a_question(pasted: str, candidates: list[str]) -> None:
    found = recognise(pasted)
    assert [finding.provider for finding in found] == candidates
    assert not any(finding.sure for finding in found)
    if pasted.startswith("sk-"):
        assert found[0].note is not None
        assert "several services" in english(found[0].note)
    for name in candidates:
        assert read(pasted, name).credential.secret == pasted
        assert read(pasted, name).note is None


@pytest.mark.parametrize(
    ("pasted", "provider", "region"),
    [
        (f"export MOONSHOT_API_KEY={SHARED}", "kimi", ""),
        (f'KIMI_API_KEY="{SHARED}"', "kimi", ""),
        (
            f"curl https://api.moonshot.cn/v1/users/me -H 'Authorization: Bearer {SHARED}'",
            "kimi",
            "cn",
        ),
        (
            f"curl https://api.moonshot.ai/v1/models -H 'Authorization: Bearer {SHARED}'",
            "kimi",
            "intl",
        ),
        (f"OPENAI_BASE_URL=https://api.moonshot.cn/v1\nOPENAI_API_KEY={SHARED}", "kimi", "cn"),
        (f"curl https://open.bigmodel.cn/api -H 'Authorization: {GLM}'", "glm", "cn"),
        (f"ZAI_API_KEY={GLM}", "glm", "intl"),
        (f"curl https://api.minimaxi.com/v1 -H 'Authorization: Bearer {PLAN}'", "minimax", "cn"),
        (f"curl -X POST https://api.moonshot.cn/v1 -H 'x-api-key: {SHARED}'", "kimi", "cn"),
    ],
)
def test_what_stands_around_tells_provider_and_region(
    pasted: str, provider: str, region: str
) -> None:
    finding = only(pasted)
    assert (finding.provider, finding.region, finding.sure) == (provider, region, True)


FOREIGN = [
    ("sk-ant-api03-Canary0123456789", "Anthropic"),
    ("sk-ant-oat01-Canary0123456789", "Claude"),
    ("gsk_Canary0123456789", "Groq"),
    ("pplx-Canary0123456789", "Perplexity"),
    ("wk-Canary0123456789abcdef", "Warp"),
    ("AIzaCanary0123456789abcdefghij", "Gemini"),
    ("ghp_Canary0123456789", "GitHub"),
    ("sess-Canary0123456789", "OpenAI"),
    ("sk-proj-Canary0123456789abcdefghij", "OpenAI"),
    ("sk-svcacct-Canary0123456789", "OpenAI"),
    ("mmoat_Canary0123456789", "MiniMax"),
    (KIMI_WEB, "kimi.com"),
]


@pytest.mark.parametrize("around", ["{}", "export SOME_KEY='{}'", "我的密钥：{}。"])
@pytest.mark.parametrize(("secret", "owner"), FOREIGN)
def test_a_key_of_somebody_else_is_named(secret: str, owner: str, around: str) -> None:
    with pytest.raises(Unrecognised, match=owner):
        recognise(around.format(secret))
    for name in providers.names():
        with pytest.raises(WrongCredential, match=owner) as caught:
            read(around.format(secret), name)
        assert owner in both(caught.value.message)[1]
        assert secret[:14] not in "".join(both(caught.value.message))


@pytest.mark.parametrize(("secret", "provider"), KEYS)
def test_a_key_of_another_of_ours_is_sent_there(secret: str, provider: str) -> None:
    assert read(secret, provider).credential.secret == secret
    for wanted in set(providers.names()) - {provider}:
        with pytest.raises(WrongCredential, match=f"tankful add {provider}") as caught:
            read(secret, wanted)
        for words in both(caught.value.message):
            assert providers.about(provider).name in words, wanted
            assert words.format(provider="", keys="") == words  # nothing to be filled in


@pytest.mark.parametrize("secret", [USER, LEGACY, SHARED, DEEPSEEK])
def test_an_openai_key_is_no_credential_of_chatgpt(secret: str) -> None:
    with pytest.raises(WrongCredential) as caught:
        read(secret, "chatgpt")
    for words in both(caught.value.message):
        assert "OpenAI API" in words
        assert "OpenAI API (Token)" in words
        assert "tankful add openai" in words
        assert "admin key" in words.lower()


PROJECT = "sk-proj-Canary0123456789abcdefghij"


def test_a_key_that_reads_nothing_is_told_what_the_wanted_provider_needs() -> None:
    with pytest.raises(WrongCredential) as caught:
        read(PROJECT, "chatgpt")
    english, chinese = both(caught.value.message)
    assert english.endswith("; ChatGPT needs: access token or session cookie of chatgpt.com")
    assert chinese.endswith("；ChatGPT 需要：chatgpt.com 的访问令牌或会话 Cookie")


def test_a_vendor_that_names_its_own_page_says_what_it_needs_once() -> None:
    for key, provider in ((PROJECT, "openai"), ("sess-Canary0123456789", "openai")):
        with pytest.raises(WrongCredential) as caught:
            read(key, provider)
        english, _chinese = both(caught.value.message)
        assert english.endswith("at https://platform.openai.com/settings/organization/admin-keys")


def test_a_session_belongs_to_chatgpt() -> None:
    for pasted in (SESSION, f"{NAME}={SESSION}", session_json()):
        with pytest.raises(WrongCredential, match="tankful add chatgpt"):
            read(pasted, "minimax")


@pytest.mark.parametrize(
    "rubbish",
    [
        "",
        " \n\t",
        "x",
        "hello world",
        "sk-",
        "sk-1",
        "tvly-",
        "password123",
        "中文密钥",
        "\x00\x01\x02",
        "\ud800",
        "[]",
        "null",
        "[[[",
        '"""',
        "eyJ",
        "eyJ.eyJ.x",
        "a" * 5000,
        "sk-" + "a" * 5000,
        f"{ADMIN[:20]} {ADMIN[20:]}",
        f"{TAVILY[:16]} {TAVILY[16:]}",
        f"{GLM[:42]}é{GLM[42:]}",
        f"{PLAN[:18]}\x07{PLAN[18:]}",
        f"{CODE[:20]}密{CODE[20:]}",
        f"{USER[:20]}…",
        f"{USER[:20]}...{USER[-4:]}",
        f"{USER[:20]}***{USER[-4:]}",
        f"{USER[:20]}•••{USER[-4:]}",
    ],
)
def test_rubbish_is_refused_in_a_clear_line(rubbish: str) -> None:
    calls: list[Callable[[str], object]] = [recognise]
    calls += [partial(read, provider_id=wanted) for wanted in providers.names()]
    for call in calls:
        with pytest.raises(Unrecognised) as caught:
            call(rubbish)
        for words in both(caught.value.message):
            assert 10 < len(words) < 400
            assert "\n" not in words


def test_what_is_not_well_formed_lists_what_is() -> None:
    with pytest.raises(Unrecognised) as caught:
        read("password1234567890", "glm")
    en, zh = both(caught.value.message)
    assert "an API key of z.ai or bigmodel.cn" in en
    assert "z.ai 或 bigmodel.cn 的 API Key" in zh
    assert "https://z.ai/" in en
    assert "a credential of GLM, " in en


def test_an_unknown_provider_is_a_mistake() -> None:
    with pytest.raises(Mistake, match="no provider"):
        read(TAVILY, "nobody")


def test_more_than_a_megabyte_is_refused() -> None:
    with pytest.raises(Unrecognised, match="1 MB"):
        recognise("x" * (LONGEST + 1))
    assert recognise(f"{TAVILY}{' ' * (LONGEST - len(TAVILY))}")


HUGE = [
    "{}", " ", "a", "a b ", "key-a1b2 ", f"{NAME}\t", f"{NAME}=x; ", f"{NAME}.1=", "{", "[1,", "A_", '"', "'",
    'accessToken:"', "account:{ ", "accessToken", "a.", "eyJ.", "eyJaaaaaaaaaaa.a.a ", "https://a.b.c ",
    "bearer ", "abcdefgh\n", "中", "\n", '^"^', "^", "$'\\u0021", "\\\n", "…", "-", "\x00", "\u200b", "sk-a é",
    f"{SHARED}\n", "tvly-abcd 1", f"{{\"name\":\"{NAME}\",",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("unit", HUGE, ids=[repr(unit)[:20] for unit in HUGE])
def test_time_grows_with_the_length_and_no_faster(unit: str) -> None:
    def seconds(size: int) -> float:
        text = (unit * (size // len(unit) + 1))[:size]
        return min(_timed(lambda: _tried(text)) for _ in range(3))

    seconds(1000)
    assert seconds(100_000) < 0.1  # a generous bound for a busy machine; 20 ms is usual
    text = (unit * (LONGEST // len(unit) + 1))[:LONGEST]
    assert _timed(lambda: _tried(text)) < 1.0


def test_a_hundred_kilobytes_take_no_time() -> None:
    noise = "; ".join(f"cookie_{n}=eyJ{n}.a-b_c.d{n}" for n in range(4500))
    pasted = f"curl 'https://chatgpt.com/' -H 'Cookie: {noise}; {NAME}={SESSION}'"
    assert len(pasted) > 100_000
    assert min(_timed(lambda: recognise(pasted)) for _ in range(5)) < 0.02


def _timed(call: Callable[[], object]) -> float:
    start = time.thread_time()
    call()
    return time.thread_time() - start


def _tried(text: str, wanted: str | None = None) -> object:
    try:
        return read(text, wanted) if wanted else recognise(text)
    except (Mistake, UsageError) as error:
        return error


SECRETS = [ADMIN, TAVILY, GLM, SHARED, ACCESS, SESSION, "sk-ant-api03-Canary0123456789", KIMI_WEB]
PUBLIC = "sk-admin- sk-ant-api03-"  # what everybody's key begins with
PIECES = st.one_of(
    st.sampled_from(SECRETS),
    st.sampled_from(
        [f"{NAME}=", f"{NAME}.0=", f"{OTHER}.1=", "; ", "\t", "\n", "\\\n", '"', "'", "{", "}", "[", ":", ",",
         "accessToken: '", '"accessToken": "', "sessionToken", "account:{id:'", "Cookie: ", "Bearer ", "curl ",
         '^"', "$'", "…", "...", "\x00", "\x1b[200~", "\u202e", "\ufeff", "\ud800", "https://z.ai", "TRUE\t/\t"]
    ),
    st.text(max_size=20),
)  # fmt: skip


@settings(database=None, deadline=None, max_examples=scaled(400))
@given(st.lists(PIECES, max_size=14), st.sampled_from(["", *providers.names()]), st.integers(0, 40))
def test_whatever_is_pasted_nothing_leaks(pieces: list[str], wanted: str, cut: int) -> None:
    text = "".join(piece[cut % 7 :] if cut > 20 else piece for piece in pieces)
    _leaks_nothing(_tried(text, wanted or None), text)


@settings(database=None, deadline=None, max_examples=scaled(200))
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(SECRETS),
        lambda inner: st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["accessToken", "sessionToken", "account", "id", "expires", "error", "tokens", "access_token",
                 "account_id", "cookies", "name", "value", "domain", NAME, f"{NAME}.0", "OPENAI_API_KEY", "user"]
            ),
            inner,
            max_size=6,
        ),
        max_leaves=12,
    )
)  # fmt: skip
def test_whatever_document_is_pasted_nothing_leaks(document: object) -> None:
    text = json.dumps(document)
    _leaks_nothing(_tried(text), text)
    _leaks_nothing(_tried(text, "chatgpt"), text)


def _leaks_nothing(outcome: object, text: str) -> None:
    shown = [repr(outcome), str(outcome)]
    if isinstance(outcome, (Mistake, UsageError)):
        shown += both(outcome.message)
        assert outcome.__cause__ is None
    for secret in SECRETS:
        if secret in text:
            pieces = {secret[n : n + 8] for n in range(len(secret) - 7)}
            pieces = {piece for piece in pieces if piece not in PUBLIC}
            assert not [piece for piece in pieces for line in shown if piece in line]


def refused(call: Callable[[], object]) -> tuple[str, str]:
    """Return the message of a text that is not accepted, in both languages."""
    with pytest.raises((Unrecognised, WrongCredential)) as caught:
        call()
    error: BaseException = caught.value
    assert isinstance(error, (Unrecognised, WrongCredential))
    return both(error.message)


def ways(pasted: str, *names: str) -> list[Callable[[], object]]:
    """To recognise it, and to read it for each of these providers, or for all."""
    named = [partial(read, pasted, name) for name in names or providers.names()]
    return [partial(recognise, pasted), *named]


# ---- whose it is by the address beside it

HOSTS = st.from_regex(r"[a-z][a-z0-9-]{0,10}[a-z]\.(?:dev|example|net|ai)", fullmatch=True).filter(
    lambda host: host not in ("z.ai", "kimi.ai")
)
BESIDE = [
    "curl https://{host}/v1/models -H 'Authorization: Bearer {key}'",
    "curl -X POST 'https://{host}/v1/models' -H 'Authorization: Bearer {key}'",
    "curl -H 'Authorization: Bearer {key}' \\\n  https://{host}/v1/models",
    "OPENAI_BASE_URL=https://{host}/v1\nOPENAI_API_KEY={key}\n",
    "OPENAI_API_KEY={key}\nOPENAI_BASE_URL=https://{host}/v1",
    "set -gx MOONSHOT_BASE_URL https://{host}\nset -gx MOONSHOT_API_KEY {key}",
    '{{"env": {{"ANTHROPIC_AUTH_TOKEN": "{key}", "ANTHROPIC_BASE_URL": "https://{host}/anthropic"}}}}',
    '{{"provider": {{"x": {{"options": {{"baseURL": "https://{host}/v1", "apiKey": "{key}"}}}}}}}}',
    '{{"apiKey": "{key}", "endpoint": {{"baseUrl": "https://{host}"}}}}',
    '{{"auth": {{"OPENAI_API_KEY": "{key}"}}, "config": "base_url = \\"https://{host}/v1\\""}}',
    'fetch("https://{host}/x", {{"headers": {{"authorization": "Bearer {key}"}}}})',
    "GET /v1/models HTTP/1.1\nHost: {host}\nAuthorization: Bearer {key}",
    "base_url: https://{host}\napi_key: {key}",
    "我的中转站 https://{host} 密钥 {key}",
    "api.{host} {key}",
]


@settings(database=None, deadline=None, max_examples=scaled(150))
@given(
    st.sampled_from([SHARED, DEEPSEEK, GLM, OLD_MINIMAX, SESSION]), HOSTS, st.sampled_from(BESIDE)
)
def test_a_key_beside_a_foreign_address_is_nobody_elses(key: str, host: str, text: str) -> None:
    pasted = text.format(host=host, key=key)
    for call in ways(pasted):
        try:
            found = call()
        except (Unrecognised, WrongCredential) as error:
            for words in both(error.message):
                assert host in words or "tankful add relay" in words
            continue
        (finding,) = found if isinstance(found, tuple) else (found,)
        assert finding.provider == "relay"  # whose key goes to this host only
        assert re.fullmatch(rf"https://{re.escape(host)}", finding.scope["address"])
        assert "base" in text.lower()


@pytest.mark.parametrize(
    ("pasted", "address"),
    [
        (
            f"OPENAI_BASE_URL=https://relay.example/v1\nOPENAI_API_KEY={SHARED}",
            "https://relay.example",
        ),
        (
            f"export ANTHROPIC_AUTH_TOKEN={SHARED}\nexport ANTHROPIC_BASE_URL='https://relay.example:8443/one'",
            "https://relay.example:8443/one",
        ),
        (
            json.dumps(
                {
                    "env": {
                        "ANTHROPIC_AUTH_TOKEN": SHARED,
                        "ANTHROPIC_BASE_URL": "http://127.0.0.1:3000",
                    }
                }
            ),
            "http://127.0.0.1:3000",
        ),
        (
            json.dumps(
                {
                    "providers": {
                        "a": {
                            "settingsConfig": {
                                "env": {
                                    "ANTHROPIC_API_KEY": f"cr_{'5e7e' * 16}",
                                    "ANTHROPIC_BASE_URL": "https://relay.example/api/",
                                }
                            }
                        }
                    }
                }
            ),
            "https://relay.example",
        ),
    ],
)
def test_a_key_beside_a_base_url_is_a_relays(pasted: str, address: str) -> None:
    finding = only(pasted)
    assert (finding.provider, dict(finding.scope)) == ("relay", {"address": address})
    assert finding.sure
    assert address in both(finding.note)[0]
    with pytest.raises(WrongCredential, match="tankful add relay"):
        read(pasted, "openai")


@pytest.mark.parametrize(
    "pasted",
    [
        f"OPENAI_BASE_URL=https://api.mistral.ai/v1\nOPENAI_API_KEY={SHARED}",
        f"OPENAI_BASE_URL=http://relay.example/v1\nOPENAI_API_KEY={SHARED}",
        "ANTHROPIC_BASE_URL=https://relay.example\nANTHROPIC_API_KEY=sk-ant-api03-Canary0123456789",
        f"OPENAI_BASE_URL=https://relay.example\nOPENAI_API_KEY={TAVILY}",
    ],
)
def test_a_vendors_own_key_or_host_is_no_relays(pasted: str) -> None:
    try:
        found = recognise(pasted)
    except Unrecognised:
        return
    assert {each.provider for each in found} == {"tavily"}


@pytest.mark.parametrize(
    "pasted",
    [
        f"curl https://api.moonshot.cn/v1/users/me -H 'Authorization: Bearer {SHARED}'",
        f'OpenAI(api_key="{SHARED}", base_url="https://api.moonshot.cn/v1")',
        f"OPENAI_BASE_URL=https://api.moonshot.cn/v1\nOPENAI_API_KEY={SHARED}",
        f"https://platform.moonshot.cn/console {SHARED}",
        f"api.moonshot.cn {SHARED}",
    ],
)
def test_the_address_of_one_of_ours_is_believed_too(pasted: str) -> None:
    assert (only(pasted).provider, only(pasted).region) == ("kimi", "cn")
    for name in ("openai", "minimax", "chatgpt"):
        with pytest.raises(WrongCredential, match="tankful add kimi"):
            read(pasted, name)


def test_whoever_names_the_provider_knows_better_than_a_variable() -> None:
    assert read(f"OPENAI_API_KEY={SHARED}", "minimax").credential.secret == SHARED


SITES = [
    "curl 'https://{host}/x' \\\n  -H 'accept: */*' \\\n  -b 'a=1; {cookies}'",
    "curl 'https://{host}/x' -H 'referer: https://chatgpt.com/' -H 'cookie: {cookies}'",
    'curl ^"https://{host}/x^" ^\r\n  -b ^"{cookies}^"',
    'fetch("https://{host}/x", {{"headers": {{"cookie": "{cookies}"}}, "method": "GET"}});',
    "GET / HTTP/2\nHost: {host}\nCookie: {cookies}",
    ":authority: {host}\n:method: GET\ncookie: {cookies}",
    '{{"headers": [{{"name": "Host", "value": "{host}"}}, {{"name": "Cookie", "value": "{cookies}"}}]}}',
    '{{"url": "https://{host}/", "headers": {{"cookie": "{cookies}"}}}}',
    "referer: https://{host}/\ncookie: {cookies}",
]


@settings(database=None, deadline=None, max_examples=scaled(150))
@given(HOSTS, st.sampled_from(SITES), st.sampled_from([NAME, OTHER]), st.booleans())
def test_the_session_of_another_site_is_not_chatgpts(
    host: str, text: str, name: str, chunked: bool
) -> None:
    cookies = f"{name}.0={FIRST}; {name}.1={SECOND}" if chunked else f"{name}={SESSION}"
    pasted = text.format(host=host, cookies=cookies)
    for words in map(refused, ways(pasted, "chatgpt", "minimax")):
        assert "a session of" in words[0]
        assert host in words[1]
    assert only(text.format(host="chatgpt.com", cookies=cookies)).credential.cookie == cookies


@pytest.mark.parametrize(
    "pasted",
    [
        pytest.param(f"{NAME}\t{SESSION}\twww.site.example\t/\t2027-01-02", id="row of DevTools"),
        pytest.param(
            f'new Cookie("{NAME}", "{SESSION}", "/", ".site.example")', id="PowerShell"
        ),
        pytest.param(json.dumps([{"name": NAME, "value": SESSION, "domain": ".site.example"}]), id="export"),
        pytest.param(f".site.example\tTRUE\t/\tTRUE\t1999999999\t{NAME}\t{SESSION}", id="Netscape"),
        pytest.param(f'{{"domain": "site.example", "name": "{NAME}", "value": "{SESSION}"}} junk', id="broken"),
        pytest.param(json.dumps({"url": "https://site.example", "sessionToken": SESSION}), id="document"),
    ],
)  # fmt: skip
def test_the_domain_of_a_cookie_is_believed(pasted: str) -> None:
    with pytest.raises(Unrecognised, match=r"a session of .*site\.example"):
        recognise(pasted)
    with pytest.raises(WrongCredential, match=r"a session of .*site\.example"):
        read(pasted, "chatgpt")


@pytest.mark.parametrize(
    "pasted",
    [
        f"# from https://github.com/somebody/notes\nexport MOONSHOT_API_KEY={SHARED}",
        f"https_proxy=http://127.0.0.1:7890\nKIMI_API_KEY={SHARED}",
        f"SITE_URL=https://my.site.example\nMOONSHOT_API_KEY={SHARED}",
        f"OPENAI_BASE_URL=https://api.mistral.ai\nMOONSHOT_API_KEY={SHARED}",
        f"curl -x http://10.0.0.1:80 https://api.moonshot.ai/v1/models -H 'x-api-key: {SHARED}'",
        json.dumps(
            {
                "$schema": "https://opencode.ai/config.json",
                "a": {"baseURL": "https://api.mistral.ai", "apiKey": DEEPSEEK},
                "b": {"baseURL": "https://api.moonshot.ai/v1", "apiKey": SHARED},
            }
        ),
    ],
)
def test_an_address_of_something_else_is_no_hindrance(pasted: str) -> None:
    assert [(found.provider, found.sure) for found in recognise(pasted)] == [("kimi", True)]


def test_a_key_with_a_sign_of_its_own_is_its_vendors() -> None:
    for key, provider in ((USER, "openai"), (TAVILY, "tavily"), (PLAN, "minimax")):
        assert only(f"curl https://proxy.example -H 'x-api-key: {key}'").provider == provider


def test_the_variable_of_another_vendor_is_believed() -> None:
    pasted = f"export DASHSCOPE_API_KEY={DEEPSEEK}"
    with pytest.raises(Unrecognised, match="Alibaba"):
        recognise(pasted)
    with pytest.raises(WrongCredential, match="Alibaba"):
        read(pasted, "minimax")


# ---- characters that have no place in a key

ODD = (
    "\t\x0b\x0c\x85\xa0\u1680\u2000\u2002\u2003\u2009\u200a\u202f\u205f\u3000"  # white space
    "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"  # hyphens
    "\uff41\uff21\uff10\uff3f\u0430\u0415\u03bf\u00e9\u5bc6\x07"  # letters
)
BROKEN_KEYS = [ADMIN, USER, TAVILY, GLM, PLAN, PAYG, CODE, SHARED, DEEPSEEK, ACCESS, LEGACY]


@settings(database=None, deadline=None, max_examples=scaled(8))
@given(
    st.sampled_from(BROKEN_KEYS),
    st.sampled_from(ODD),
    st.floats(0, 1),
    st.sampled_from(["{}", "Authorization: Bearer {}", "export SOME_KEY={}", '{{"key": "{}"}}', "我的密钥：{}"]),
    st.booleans(),
)  # fmt: skip
def test_half_a_key_is_never_taken(
    key: str, odd: str, where: float, around: str, instead: bool
) -> None:
    at = 1 + int(where * (len(key) - 3))
    broken = key[:at] + odd + key[at + instead :]
    outcome = _tried(around.format(broken))
    if odd in "\x0b\x0c\x85":  # line breaks, which are mended
        if isinstance(outcome, tuple) and not instead:
            assert [found.credential.secret for found in outcome][:1] == [key]
        return
    assert isinstance(outcome, Unrecognised), around.format(broken)


@pytest.mark.parametrize("key", [TAVILY, PLAN, GLM, SHARED, ACCESS])
@pytest.mark.parametrize(
    "odd", ["\t", "\xa0", "\u2009", "\u202f", "\u3000", "\u2011", "\u2013", "\u0430"]
)
def test_the_character_is_named(key: str, odd: str) -> None:
    broken = key[:-9] + odd + key[-8:]
    for words in map(refused, ways(broken)):
        assert all(f"U+{ord(odd):04X}" in line for line in words)


def test_full_width_writing_is_named() -> None:
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in TAVILY)
    with pytest.raises(Unrecognised, match="full-width"):
        recognise(wide)
    with pytest.raises(Unrecognised, match="hyphen"):
        recognise(TAVILY.replace("-", "\u2013"))


def test_a_row_of_a_table_is_whole() -> None:
    row = f"My key\t{TAVILY}\t2026-01-02\tNever"
    assert only(row).credential.secret == TAVILY


# ---- shells, lists and settings that write no equals sign

NO_EQUALS = [
    "set -x {name} {key}",
    "set -gx {name} '{key}'",
    'set -Ux {name} "{key}"',
    "setx {name} {key}",
    'setx {name} "{key}" /M',
    "launchctl setenv {name} {key}",
    "setenv {name} '{key}'",
    '[Environment]::SetEnvironmentVariable("{name}", "{key}", "User")',
    "env:\n  - name: {name}\n    value: {key}\n",
    '[{{"name": "{name}", "value": "{key}"}}]',
    '{{"key": "{name}", "value": "{key}", "enabled": true}}',
]


@pytest.mark.parametrize("form", NO_EQUALS)
@pytest.mark.parametrize(
    ("name", "key", "provider", "region"),
    [
        ("MOONSHOT_API_KEY", SHARED, "kimi", ""),
        ("OPENAI_API_KEY", SHARED, "openai", ""),
        ("ZHIPUAI_API_KEY", GLM, "glm", "cn"),
        ("MINIMAX_CN_API_KEY", PLAN, "minimax", "cn"),
    ],
)
def test_a_variable_is_named_without_an_equals_sign(
    form: str, name: str, key: str, provider: str, region: str
) -> None:
    found = only(form.format(name=name, key=key))
    assert (found.provider, found.region, found.sure) == (provider, region, True)
    assert found.credential.secret == key


# ---- documents within documents

CHUNKED = f"{NAME}.0={FIRST}; {NAME}.1={SECOND}"


def har(*requests: tuple[str, str]) -> dict[str, object]:
    entries = [
        {
            "request": {
                "url": url,
                "headers": [{"name": "Cookie", "value": cookie}, {"name": "Referer", "value": url}],
                "cookies": [],
            },
            "response": {"headers": [{"name": "set-cookie", "value": f"{NAME}.0=new; Path=/"}]},
        }
        for url, cookie in requests
    ]
    return {"log": {"version": "1.2", "entries": entries}}


@pytest.mark.parametrize(
    "document",
    [
        {"headers": {"cookie": CHUNKED}},
        {"Request Headers (8.1 KB)": {"headers": [{"name": "Cookie", "value": CHUNKED}]}},
        {"Request Cookies": {f"{NAME}.0": FIRST, f"{NAME}.1": SECOND}},
        {"a": [{"b": {"request": {"headers": [["x", "y"], {"name": "cookie", "value": CHUNKED}]}}}]},
        har(("https://chatgpt.com/backend-api/me", CHUNKED)),
        har(("https://chatgpt.com/a", f"{NAME}={SESSION}x"), ("https://chatgpt.com/b", CHUNKED)),
        har(("https://site.example/", f"{NAME}=x{SESSION}"), ("https://chatgpt.com/", CHUNKED)),
        {"text": f"curl 'https://chatgpt.com/' -b '{CHUNKED}'"},
        [{"domain": ".chatgpt.com", "cookies": [{"name": f"{NAME}.1", "value": SECOND, "domain": "chatgpt.com"},
                                                {"name": f"{NAME}.0", "value": FIRST, "domain": "chatgpt.com"}]}],
    ],
)  # fmt: skip
def test_cookies_are_found_wherever_they_lie(document: object) -> None:
    finding = read(json.dumps(document), "chatgpt")
    assert (finding,) == recognise(json.dumps(document, indent=1))
    assert finding.credential.cookie == CHUNKED


@pytest.mark.parametrize(
    "document",
    [
        {"data": json.loads(session_json())},
        [{"x": {"session": json.loads(session_json())}}],
        {"response": {"content": {"mimeType": "application/json", "text": session_json()}}},
    ],
)
def test_a_session_document_is_found_wherever_it_lies(document: object) -> None:
    finding = only(json.dumps(document))
    assert finding.credential == Credential("access_token", ACCESS, expires_at=ENDS)
    assert finding.scope == {"workspace": WORKSPACE}


# ---- several in one text


def test_all_keys_of_a_text_are_listed() -> None:
    text = f"A={TAVILY}\nB={PLAN}\nC={TAVILY}x\nD={SHARED}"
    found = choices(recognise(text))
    assert [one.credential.secret for one in found if one.sure] == [TAVILY, PLAN, f"{TAVILY}x"]
    assert {one.provider for one in found if not one.sure} == {"kimi", "minimax", "openai"}
    assert [one.credential.secret for one in read_all(text, "tavily")] == [TAVILY, f"{TAVILY}x"]
    assert [one.credential.secret for one in read_all(text, "kimi")] == [SHARED]
    assert is_one(recognise(SHARED))
    assert not is_one(recognise(text))


def test_sessions_of_two_requests_are_two() -> None:
    other = SESSION.replace("Y2lw", "Y3lw")
    text = f"curl 'https://chatgpt.com/' -b '{NAME}={SESSION}'\ncurl 'https://chatgpt.com/' -b '{NAME}={other}'"
    assert [f.credential.cookie for f in read_all(text, "chatgpt")] == [
        f"{NAME}={SESSION}",
        f"{NAME}={other}",
    ]


def test_a_session_and_a_key_are_both_listed() -> None:
    found = recognise(f"curl 'https://chatgpt.com/' -b '{NAME}={SESSION}'\nTAVILY_API_KEY={TAVILY}")
    assert [one.provider for one in found] == ["chatgpt", "tavily"]


# ---- look-alikes


@pytest.mark.parametrize("tail", ["abcdefghIJKL0123456789_-", "A" * 24])
def test_a_key_of_ollama_is_none_of_glm(tail: str) -> None:
    key = f"{GLM[:33]}{tail}"
    found = only(key)
    assert (found.provider, found.sure) == ("ollama", True)
    for name in set(providers.names()) - {"ollama"}:
        with pytest.raises(WrongCredential, match="Ollama"):
            read(key, name)
    assert (only(GLM).provider, only(GLM).sure) == ("glm", True)
    assert len(GLM) == 49
    with pytest.raises(Unrecognised):
        read(GLM[:-1], "glm")  # a part of one


@pytest.mark.parametrize(
    ("key", "owner"),
    [
        ("sk-sp-0123456789abcdef0123456789abcdef", "Alibaba"),
        ("jina_Canary0123456789abcdef", "Jina"),
        ("r8_Canary0123456789abcdefgh", "Replicate"),
        ("tgp_v1_Canary0123456789abcdef", "Together"),
        ("sk-ant-oat01-Canary0123456789", "Claude Code"),
    ],
)
def test_more_keys_of_others_are_named(key: str, owner: str) -> None:
    for words in map(refused, ways(key, "openai")):
        assert owner in words[0]


PERSONAL = "at-Canary" + "0123456789abcdefghijABCDEFGHIJ" * 2


@pytest.mark.parametrize(
    "pasted",
    [
        PERSONAL,
        f"export CODEX_ACCESS_TOKEN={PERSONAL}",
        f"Authorization: Bearer {PERSONAL}",
        json.dumps({"auth_mode": "personalAccessToken", "personal_access_token": PERSONAL}),
        json.dumps({"OPENAI_API_KEY": None, "tokens": None, "personal_access_token": PERSONAL}),
    ],
)
def test_an_access_token_made_for_codex(pasted: str) -> None:
    finding = only(pasted)
    assert finding == read(pasted, "chatgpt")
    assert finding.credential == Credential("access_token", PERSONAL)
    assert (finding.provider, finding.sure, finding.note) == ("chatgpt", True, None)
    with pytest.raises(WrongCredential, match="tankful add chatgpt"):
        read(pasted, "openai")


def test_no_heavy_module_is_loaded() -> None:
    code = (
        "import sys; from workflow.recognition import recognise; from workflow.recognition import found_keys as inventory; recognise.recognise('tvly-abc12345');"
        "print([m for m in ('httpx', 'click', 'keyring', 'diskcache', 'rich') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.strip() == "[]"


UUID = "0a1b2c3d-1111-4222-8333-444455556666"
VAGUE = [  # what many vendors' keys look like, and other things too
    pytest.param(UUID, ["deepl", "linkup", "nanogpt"], "DEEPL_API_KEY", "deepl", id="UUID"),
    pytest.param("0123456789abcdef" * 2 + "01234567", ["deepgram", "serper", "stepfun"], "SERPER_API_KEY", "serper", id="40 hex"),
    pytest.param("0123456789abcdef" * 4, ["serpapi", "stepfun"], "SERPAPI_KEY", "serpapi", id="64 hex"),
    pytest.param("Canary0123456789" * 4, ["stepfun"], "STEPFUN_API_KEY", "stepfun", id="64 letters and digits"),
]  # fmt: skip


@pytest.mark.parametrize(("key", "candidates", "variable", "provider"), VAGUE)
def test_a_form_of_many_counts_alone_or_where_it_is_named(
    key: str, candidates: list[str], variable: str, provider: str
) -> None:
    found = recognise(f" {key}\n")
    assert [each.provider for each in found] == candidates
    assert not any(each.sure for each in found)
    named = only(f"export {variable}='{key}'")
    assert (named.provider, named.sure) == (provider, True)
    host = providers.about(provider).keys_page("").split("/")[2].rpartition("platform.")[2]
    beside = only(f"curl https://api.{host}/v1 -H 'X-API-KEY: {key}'")
    assert (beside.provider, beside.sure) == (provider, True)
    assert read(key, provider).credential.secret == key
    with pytest.raises(Unrecognised):
        recognise(f"see commit {key} of yesterday")
    assert only(f"the key: {TAVILY} made by {key}").provider == "tavily"
    with pytest.raises(Unrecognised):
        recognise(json.dumps({"id": key}))


def test_a_key_beside_anothers_address_is_not_theirs() -> None:
    with pytest.raises(Unrecognised, match=r"mistral\.ai"):
        recognise(f"curl https://api.mistral.ai/v1 -H 'Authorization: Bearer {DEEPSEEK}'")
    found = only(
        f"ANTHROPIC_BASE_URL=https://api.deepseek.com/anthropic ANTHROPIC_AUTH_TOKEN={DEEPSEEK}"
    )
    assert (found.provider, found.sure) == ("deepseek", True)


def test_the_host_tells_the_site() -> None:
    key = "sk-" + "qwertyuiop" * 4 + "asdfghjk"
    for ending, region in (("cn", "cn"), ("com", "intl")):
        found = only(f"curl https://api.siliconflow.{ending}/v1 -H 'Authorization: Bearer {key}'")
        assert (found.provider, found.region, found.sure) == ("siliconflow", region, True)


@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "DEEPL_AUTH_KEY={}",
        '{{"key": "{}"}}',
        "curl -H 'Authorization: DeepL-Auth-Key {}'",
        "我的密钥：{}。",
    ],
)
def test_what_a_key_has_behind_a_colon_belongs_to_it(around: str) -> None:
    found = only(around.format(f"{UUID}:fx"))
    assert (found.provider, found.credential.secret, found.sure) == ("deepl", f"{UUID}:fx", True)
