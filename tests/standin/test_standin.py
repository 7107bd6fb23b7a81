"""The stand-in itself: it is as strict as the providers, and every fault works as described."""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from workflow.provider import discovery

from . import KEYS, Reply, Request, StandIn, World, faults, pass_on
from .__main__ import table
from .clock import DAY, HOUR, WEEK, Clock, iso
from .people import PEOPLE
from .providers import openai
from .proxy import ConnectProxy, SocksProxy
from .sessions import COOKIE, SESSIONS

BROWSER = {"User-Agent": "Mozilla/5.0 (Macintosh) Test/1.0"}
COSTS = "/v1/organization/costs"
WHAM = "/backend-api/wham/usage"
SESSION = "/api/auth/session"


@dataclass(frozen=True)
class Answer:
    """One answer as http.client saw it."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


def ask(
    stand_in: StandIn,
    host: str,
    path: str,
    key: str | None = None,
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 5,
) -> Answer:
    connection = http.client.HTTPConnection(*stand_in.address, timeout=timeout)
    sent = {"Host": host, **BROWSER}
    if key is not None and key in KEYS:
        known = KEYS[key]
        session = known.kind == "session"
        sent["Cookie" if session else "Authorization"] = (
            known.value if session else f"Bearer {known.value}"
        )
    elif key is not None:
        sent["Authorization"] = key
    try:
        connection.request(method, path, body, {**sent, **(headers or {})})
        answer = connection.getresponse()
        return Answer(answer.status, answer.getheaders(), answer.read())
    finally:
        connection.close()


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


def test_a_request_is_recorded_as_it_came(stand_in: StandIn) -> None:
    before = time.time()
    ask(stand_in, "api.openai.com", "/v1/x?a=1&b[]=2&b[]=3", method="POST", body=b'{"n":1}')
    (request,) = stand_in.requests
    assert (request.method, request.host, request.path) == ("POST", "api.openai.com", "/v1/x")
    assert request.query == "a=1&b[]=2&b[]=3"
    assert request.value("a") == "1"
    assert request.values("b") == ["2", "3"]
    assert request.header("User-Agent") == BROWSER["User-Agent"]
    assert request.json() == {"n": 1}
    assert before <= request.at <= time.time()


def test_unknown_hosts_and_paths_are_404_and_recorded(stand_in: StandIn) -> None:
    for host, path in (("example.com", "/"), ("api.z.ai", "/nowhere"), ("chatgpt.com", "/x")):
        answer = ask(stand_in, host, path)
        assert answer.status == 404
        assert isinstance(answer.json, dict)
    assert len(stand_in.requests) == 3


def test_a_connection_is_kept_alive(stand_in: StandIn) -> None:
    connection = http.client.HTTPConnection(*stand_in.address, timeout=5)
    for _ in range(3):
        connection.request("GET", "/usage", headers={"Host": "api.tavily.com"})
        assert connection.getresponse().read()
    connection.close()
    assert stand_in.connections == 1


@pytest.mark.timing
def test_hundreds_are_served_at_once(stand_in: StandIn) -> None:
    stand_in.delay = 0.4
    begun = time.monotonic()
    with ThreadPoolExecutor(240) as pool:
        answers = list(
            pool.map(
                lambda n: ask(stand_in, ("api.tavily.com", "api.z.ai")[n % 2], "/usage"), range(240)
            )
        )
    assert time.monotonic() - begun < 10
    assert {answer.status for answer in answers} == {401, 404}
    assert stand_in.peak("api.z.ai") > 30
    assert stand_in.peak() > stand_in.peak("api.z.ai")


def test_the_peak_of_one_after_another_is_one(stand_in: StandIn) -> None:
    for _ in range(20):
        ask(stand_in, "api.tavily.com", "/usage")
    assert stand_in.peak() == stand_in.peak("api.tavily.com") == 1
    assert stand_in.peak("api.z.ai") == 0


def test_the_latest_override_wins_and_a_list_is_used_up(stand_in: StandIn) -> None:
    host, path = "api.tavily.com", "/usage"
    stand_in.reply(host, path, Reply(500))
    stand_in.reply(host, path, [Reply(502), pass_on, Reply(503)])
    assert [ask(stand_in, host, path).status for _ in range(4)] == [502, 500, 503, 503]


def test_an_override_may_mind_method_credential_and_pattern(stand_in: StandIn) -> None:
    stand_in.reply("*", "*", Reply(418), method="PUT")
    stand_in.reply("*.tavily.com", "/us*", Reply(402), credential=KEYS["tavily-dev"].credential)
    stand_in.reply("chatgpt.com", "*", Reply(402), credential=KEYS["chatgpt-session"].credential)
    assert ask(stand_in, "api.tavily.com", "/usage", "tavily-dev").status == 402
    assert ask(stand_in, "api.tavily.com", "/usage", "tavily-paygo").status == 200
    assert ask(stand_in, "api.tavily.com", "/usage", "tavily-paygo", method="PUT").status == 418
    assert ask(stand_in, "chatgpt.com", SESSION, "chatgpt-session").status == 402


def test_an_override_may_compute_its_answer(stand_in: StandIn) -> None:
    stand_in.reply("api.z.ai", "/echo", lambda request: Reply(201, {"path": request.path}))
    answer = ask(stand_in, "api.z.ai", "/echo")
    assert (answer.status, answer.json) == (201, {"path": "/echo"})


def test_an_error_in_an_override_is_not_lost() -> None:
    def fail(request: Request) -> Reply:
        raise LookupError(request.path)

    with pytest.raises(LookupError, match="/broken"), StandIn() as stand_in:
        stand_in.reply("api.z.ai", "/broken", fail)
        assert ask(stand_in, "api.z.ai", "/broken").status == 500


def test_reset_forgets(stand_in: StandIn) -> None:
    stand_in.delay = 0.01
    stand_in.reply("api.tavily.com", "/usage", Reply(500))
    cookie = stand_in.world.chatgpt.cookies("chatgpt-session")
    ask(stand_in, "api.tavily.com", "/usage")
    ask(stand_in, "chatgpt.com", SESSION, "chatgpt-session")
    stand_in.reset()
    assert (stand_in.requests, stand_in.peak(), stand_in.delay) == ([], 0, 0)
    assert stand_in.world.chatgpt.cookies("chatgpt-session") == cookie
    assert ask(stand_in, "api.tavily.com", "/usage", "tavily-dev").status == 200


def test_headers_may_come_several_times(stand_in: StandIn) -> None:
    pairs = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    stand_in.reply("api.z.ai", "/", Reply(200, {}, pairs))
    assert ask(stand_in, "api.z.ai", "/").header("set-cookie") == ["a=1", "b=2"]


def test_a_large_answer_is_streamed(stand_in: StandIn) -> None:
    stand_in.reply("api.z.ai", "/", faults.huge())
    answer = ask(stand_in, "api.z.ai", "/", timeout=20)
    assert len(answer.body) == 50_000_000
    assert answer.header("transfer-encoding") == ["chunked"]


@pytest.mark.timing
def test_drip_comes_byte_by_byte(stand_in: StandIn) -> None:
    stand_in.reply("api.z.ai", "/", Reply(200, b"12345", drip=0.03))
    begun = time.monotonic()
    assert ask(stand_in, "api.z.ai", "/").body == b"12345"
    assert time.monotonic() - begun >= 0.15


@pytest.mark.timing
def test_a_delay_holds_one_answer(stand_in: StandIn) -> None:
    stand_in.reply("api.z.ai", "/", Reply(200, {}, delay=0.1))
    begun = time.monotonic()
    ask(stand_in, "api.z.ai", "/")
    assert time.monotonic() - begun >= 0.1


def test_hang_never_answers_but_ends_with_the_server() -> None:
    with StandIn() as stand_in:
        stand_in.reply("api.z.ai", "/", faults.hang())
        with pytest.raises(socket.timeout):
            ask(stand_in, "api.z.ai", "/", timeout=0.1)
        stuck = socket.create_connection(stand_in.address, timeout=5)
        stuck.sendall(b"GET / HTTP/1.1\r\nHost: api.z.ai\r\n\r\n")
        while len(stand_in.requests) < 2:
            time.sleep(0.01)
    with stuck:
        assert stuck.recv(1) == b""


def test_broken_connections(stand_in: StandIn) -> None:
    stand_in.reply("api.z.ai", "/closed", faults.closed())
    stand_in.reply("api.z.ai", "/cut", faults.cut_connection())
    stand_in.reply("api.z.ai", "/cut-stream", Reply(200, iter([b"12345", b"67890"]), truncate=7))
    with pytest.raises(http.client.RemoteDisconnected):
        ask(stand_in, "api.z.ai", "/closed")
    with pytest.raises(http.client.IncompleteRead) as cut:
        ask(stand_in, "api.z.ai", "/cut")
    assert len(cut.value.partial) == 12
    with pytest.raises(http.client.IncompleteRead):
        ask(stand_in, "api.z.ai", "/cut-stream")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_tls_has_a_certificate_nobody_trusts() -> None:
    with StandIn(tls=True) as stand_in:
        assert stand_in.url.startswith("https://127.0.0.1:")
        trusting = ssl.create_default_context()
        connection = http.client.HTTPSConnection(*stand_in.address, context=trusting, timeout=5)
        with pytest.raises(ssl.SSLCertVerificationError):
            connection.request("GET", "/usage")
        assert stand_in.requests == []
        blind = ssl.create_default_context()
        blind.check_hostname = False
        blind.verify_mode = ssl.CERT_NONE
        connection = http.client.HTTPSConnection(*stand_in.address, context=blind, timeout=5)
        connection.request("GET", "/usage", headers={"Host": "api.tavily.com"})
        assert connection.getresponse().status == 401
        connection.close()


def test_keys_are_synthetic_and_unlike() -> None:
    values = [key.value for key in KEYS.values()]
    assert len(set(values)) == len(values)
    known = discovery.everything().values()
    assert {key.provider for key in KEYS.values()} == {
        each.id for each in known if not each.is_local
    }
    assert not any("CANARY" in value.upper() for value in values)
    made_up = ("synthetic", "5e7e")  # the second in a key of hexadecimal digits
    for key in KEYS.values():
        assert key.kind != "api_key" or any(sign in key.value for sign in made_up)
    assert all(len(key.value) == 51 for name, key in KEYS.items() if name == "kimi-cn")
    assert all(key.name == name and key.about for name, key in KEYS.items())


def test_windows_stand_still_and_then_follow_each_other() -> None:
    now = [1000.0]
    clock = Clock(lambda: now[0])
    assert clock.upcoming(60, 300) == 1060
    now[0] = 1059.9
    assert clock.upcoming(60, 300) == 1060
    now[0] = 1060
    assert clock.upcoming(60, 300) == 1360
    now[0] = 2500
    assert clock.upcoming(60, 300) == 2560


REMAINS = "/v1/token_plan/remains"
BALANCE = "/account/query_balance"


def lanes(answer: Answer) -> dict[str, Any]:
    return {row["model_name"]: row for row in answer.json["model_remains"]}


def test_minimax_plans(stand_in: StandIn) -> None:
    general = lanes(ask(stand_in, "api.minimax.io", REMAINS, "minimax-plan-intl"))["general"]
    assert general["current_interval_remaining_percent"] == 73
    assert general["end_time"] == (stand_in.world.clock.started + 3 * HOUR) * 1000
    assert general["end_time"] - general["start_time"] == 5 * HOUR * 1000
    china = lanes(ask(stand_in, "api.minimaxi.com", REMAINS, "minimax-plan-cn"))
    assert china["video"]["current_interval_remaining_percent"] == 40
    assert china["general"]["current_weekly_remaining_percent"] == 64


def test_minimax_knows_a_key_in_its_region_only(stand_in: StandIn) -> None:
    for host, key in (
        ("api.minimaxi.com", "minimax-plan-intl"),
        ("api.minimax.io", "minimax-plan-cn"),
        ("api.minimax.io", "Bearer sk-cp-nobody"),
    ):
        answer = ask(stand_in, host, REMAINS, key)
        assert (answer.status, answer.json["base_resp"]["status_code"]) == (200, 2049)
    for unfit in (None, KEYS["minimax-plan-intl"].value):
        answer = ask(stand_in, "api.minimax.io", REMAINS, unfit)
        assert answer.json["base_resp"]["status_code"] == 1004


def test_minimax_balances(stand_in: StandIn) -> None:
    payg = ask(stand_in, "api.minimax.io", BALANCE, "minimax-payg-intl").json
    assert (payg["available_amount"], payg["base_resp"]["status_code"]) == ("23.71", 0)
    low = ask(stand_in, "api.minimaxi.com", BALANCE, "minimax-payg-cn").json
    assert (low["available_amount"], low["balance_alert_switch"]) == ("3.20", True)
    for key in ("minimax-payg-intl", "minimax-points-intl"):
        none = ask(stand_in, "api.minimax.io", REMAINS, key).json
        assert none["base_resp"]["status_code"] == 2062
    assert none["data"] == {"points_balance": "2500"}
    plan = ask(stand_in, "api.minimax.io", BALANCE, "minimax-plan-intl").json
    assert plan == {"base_resp": {"status_code": 1004, "status_msg": "not authorized"}}
    both = ask(stand_in, "api.minimax.io", BALANCE, "minimax-payg-plan-intl").json
    assert both["available_amount"] == "0.00"
    assert lanes(ask(stand_in, "api.minimax.io", REMAINS, "minimax-payg-plan-intl"))


LIMIT = "/api/monitor/usage/quota/limit"
REPORT = "/api/biz/account/query-customer-account-report"


def test_glm_plans_by_either_header_form(stand_in: StandIn) -> None:
    for form in ("{}", "Bearer {}"):
        answer = ask(stand_in, "api.z.ai", LIMIT, form.format(KEYS["glm-intl"].value)).json
        assert [limit["percentage"] for limit in answer["data"]["limits"]] == [8, 36, 21]
    lite = ask(stand_in, "open.bigmodel.cn", LIMIT, "glm-cn").json
    assert lite["data"]["limits"][0]["usage"] == 2000
    assert lite["data"]["limits"][0]["nextResetTime"] > time.time() * 1000


def test_glm_refusals_come_inside_a_200(stand_in: StandIn) -> None:
    for host, key in (("open.bigmodel.cn", "glm-intl"), ("api.z.ai", "glm-cn"), ("api.z.ai", "x")):
        answer = ask(stand_in, host, LIMIT, key)
        assert (answer.status, answer.json["code"]) == (200, 401)
    assert ask(stand_in, "api.z.ai", LIMIT).json["code"] == 1001
    english = {"Accept-Language": "en-US,en"}
    none = ask(stand_in, "api.z.ai", LIMIT, "glm-no-plan-intl", headers=english).json
    assert (none["code"], none["msg"]) == (500, "current user has no coding plan")
    assert "不存在coding plan" in ask(stand_in, "api.z.ai", LIMIT, "glm-no-plan-intl").json["msg"]


def test_glm_balance_is_chinese(stand_in: StandIn) -> None:
    balance = ask(stand_in, "www.bigmodel.cn", REPORT, "glm-no-plan-cn").json
    assert balance["data"]["availableBalance"] == 56.7
    assert ask(stand_in, "api.z.ai", REPORT, "glm-intl").status == 404


def test_glm_team_needs_its_scopes(stand_in: StandIn) -> None:
    key = KEYS["glm-team-cn"]
    scopes = {f"Bigmodel-{name.title()}": value for name, value in key.scopes.items()}
    host, team = "open.bigmodel.cn", f"{LIMIT}?type=2"
    assert ask(stand_in, host, team, key.name, headers=scopes).json["data"]["level"] == "team"
    assert ask(stand_in, host, LIMIT, key.name, headers=scopes).json["code"] == 500
    assert ask(stand_in, host, team, key.name).json["code"] == 500


def test_glm_side_routes(stand_in: StandIn) -> None:
    assert ask(stand_in, "api.z.ai", LIMIT, "glm-fallback-intl").json["code"] == 401
    parent = ask(stand_in, "api.z.ai", "/api/monitor/usage", "glm-fallback-intl").json
    assert parent["data"]["level"] == "pro"
    now = datetime.now(timezone(timedelta(hours=8)))  # the clock of both sites
    for hours, total in ((24, 222500), (1.5, 40500), (0, 0)):
        ends = {"startTime": now - timedelta(hours=hours), "endTime": now}
        times = "?" + urlencode({name: f"{at:%Y-%m-%d %H:%M:%S}" for name, at in ends.items()})
        path = f"/api/monitor/usage/model-usage{times}"
        models = ask(stand_in, "api.z.ai", path, "glm-intl").json
        assert models["data"]["totalUsage"]["totalTokensUsage"] == total
    cards = "/api/biz/customer-package-reset/list?targetType=TEAM"
    assert ask(stand_in, "api.z.ai", cards, "glm-intl").json["data"]["targetType"] == "TEAM"
    tools = ask(stand_in, "api.z.ai", f"/api/monitor/usage/tool-usage{times}", "glm-intl").json
    assert tools["data"]["totalUsage"]["totalSearchMcpCount"] == 4
    (plan,) = ask(stand_in, "api.z.ai", "/api/biz/subscription/list", "glm-intl").json["data"]
    assert plan["nextRenewTime"] > f"{datetime.now(timezone.utc):%Y-%m-%d}"


def test_tavily_usage(stand_in: StandIn) -> None:
    usage = ask(stand_in, "api.tavily.com", "/usage", "tavily-dev").json
    assert (usage["account"]["plan_usage"], usage["key"]["limit"]) == (361, None)
    assert ask(stand_in, "api.tavily.com", "/usage", "tavily-capped").json["key"]["limit"] == 500
    spent = ask(stand_in, "api.tavily.com", "/usage", "tavily-exhausted").json["account"]
    assert spent["plan_usage"] == spent["plan_limit"]
    for key in (None, "Bearer tvly-dev-nobody", KEYS["tavily-dev"].value):
        assert ask(stand_in, "api.tavily.com", "/usage", key).status == 401


def test_tavily_counts_only_when_told(stand_in: StandIn) -> None:
    def statuses(key: str) -> list[int]:
        return [ask(stand_in, "api.tavily.com", "/usage", key).status for _ in range(12)]

    assert statuses("tavily-dev") == [200] * 12
    stand_in.world.tavily.limited = True
    assert statuses("tavily-paygo") == [200] * 10 + [429] * 2
    refused = ask(stand_in, "api.tavily.com", "/usage", "tavily-paygo")
    assert 0 < int(*refused.header("retry-after")) <= 600


def pages(stand_in: StandIn, path: str, key: str, **query: Any) -> list[Any]:
    found: list[Any] = []
    more: dict[str, str] = {}
    while True:
        answer = ask(
            stand_in, "api.openai.com", f"{path}?{urlencode({**query, **more}, doseq=True)}", key
        )
        assert answer.status == 200, answer.body
        found.append(answer.json)
        if not answer.json["has_more"]:
            return found
        more = {"page": answer.json["next_page"]}


def total(found: list[Any]) -> Decimal:
    return sum(
        (
            Decimal(str(result["amount"]["value"]))
            for page in found
            for bucket in page["data"]
            for result in bucket["results"]
        ),
        Decimal(0),
    )


def test_openai_costs_by_day_and_page(stand_in: StandIn) -> None:
    now = int(time.time())
    since = (now // DAY - 20) * DAY
    (single,) = pages(stand_in, COSTS, "openai-admin", start_time=since, limit=31)
    assert [bucket["start_time"] for bucket in single["data"]] == [
        since + day * DAY for day in range(21)
    ]
    assert total([single]) == openai.spent(since, now + 1)
    assert len(pages(stand_in, COSTS, "openai-admin", start_time=since, limit=5)) == 5
    for start in (since, now // DAY * DAY):
        both = pages(
            stand_in,
            COSTS,
            "openai-admin-paged",
            start_time=start,
            limit=180,
            group_by="project_id",
        )
        assert len(both) == 2
        assert total(both) == openai.spent(start, now + 1)


def test_openai_costs_honour_end_groups_and_projects(stand_in: StandIn) -> None:
    today = int(time.time()) // DAY * DAY
    asked = {"start_time": today - 7 * DAY, "end_time": today, "bucket_width": "1d", "limit": 31}
    (page,) = pages(stand_in, COSTS, "openai-admin", **asked)
    assert len(page["data"]) == 7
    assert page["data"][-1]["end_time"] == today
    (grouped,) = pages(
        stand_in, COSTS, "openai-admin", **asked, **{"group_by[]": ["line_item", "project_id"]}
    )
    items = {r["line_item"] for bucket in grouped["data"] for r in bucket["results"]}
    assert items == {line.line_item for line in openai.LINES}
    assert total([grouped]) == total([page])
    (project,) = pages(stand_in, COSTS, "openai-admin", **asked, project_ids="proj_synthB")
    assert total([project]) == openai.spent(today - 7 * DAY, today, "proj_synthB")


def test_openai_is_strict_about_parameters(stand_in: StandIn) -> None:
    now = int(time.time())
    for query in (
        "",
        "start_time=soon",
        f"start_time={now}&limit=181",
        f"start_time={now}&bucket_width=1h",
        f"start_time={now}&end_time={now}",
        f"start_time={now}&page=page_of_somebody_else",
    ):
        assert ask(stand_in, "api.openai.com", f"{COSTS}?{query}", "openai-admin").status == 400
    path = f"/v1/organization/usage/completions?start_time={now}&limit=32"
    assert ask(stand_in, "api.openai.com", path, "openai-admin").status == 400


def test_openai_usage_of_every_kind(stand_in: StandIn) -> None:
    now = int(time.time())
    since = (now // DAY - 9) * DAY
    for kind, uses in openai.USAGE.items():
        path = f"/v1/organization/usage/{kind}"
        found = pages(stand_in, path, "openai-admin", start_time=since)
        assert len(found) == 2
        results = [r for page in found for bucket in page["data"] for r in bucket["results"]]
        for amount in uses[0].amounts:
            expected = openai.used(kind, amount, since, now + 1)
            assert sum(result[amount] for result in results) == expected
        assert all(result["project_id"] is None for result in results)
    grouped = pages(
        stand_in, "/v1/organization/usage/completions", "openai-admin",
        start_time=since, limit=31, group_by=["model"], project_ids=["proj_synthB"],
    )  # fmt: skip
    models = {r["model"] for b in grouped[0]["data"] for r in b["results"]}
    assert models == {"gpt-5-mini"}


def test_openai_limits_and_ordinary_keys(stand_in: StandIn) -> None:
    def get(path: str, key: str | None = None) -> Answer:
        return ask(stand_in, "api.openai.com", path, key)

    limit = "/v1/organization/spend_limit"
    assert get(limit, "openai-admin").json["threshold_amount"] == 12000
    assert get(limit, "openai-admin-no-limit").status == 404
    costs = f"{COSTS}?start_time=1"
    for key, status in (
        ("openai-project", 403),
        ("openai-service", 403),
        ("openai-user", 401),
        ("openai-restricted", 401),
        ("openai-relay", 403),
    ):
        refused = get(costs, key)
        assert (refused.status, b"Missing scopes: api.usage.read" in refused.body) == (status, True)
    assert isinstance(get(costs, "openai-service").json["error"], str)
    assert get("/v1/models", "openai-project").json["data"]
    assert get("/v1/models", "openai-restricted").status == 403
    assert get("/v1/models", "Bearer sk-proj-nobody").json["error"]["code"] == "invalid_api_key"
    assert get("/v1/models").status == 401


def test_openai_legacy_billing(stand_in: StandIn) -> None:
    today = datetime.now(timezone.utc)
    until = datetime.fromtimestamp(today.timestamp() + DAY, timezone.utc)
    billing = "/v1/dashboard/billing"
    usage = f"{billing}/usage?start_date={today:%Y-%m}-01&end_date={until:%Y-%m-%d}"
    grants = ask(stand_in, "api.openai.com", f"{billing}/credit_grants", "openai-relay").json
    assert grants["total_available"] == 18.8
    told = ask(stand_in, "api.openai.com", usage, "openai-relay").json["total_usage"]
    month = int(today.replace(day=1, hour=0, minute=0, second=0).timestamp())
    assert told == pytest.approx(float(openai.spent(month, int(today.timestamp()) + 1) * 100))
    refused = ask(stand_in, "api.openai.com", f"{billing}/subscription", "openai-project")
    assert refused.status == 403
    assert b"session key" in refused.body


def test_kimi_balances_by_region(stand_in: StandIn) -> None:
    path = "/v1/users/me/balance"
    china = ask(stand_in, "api.moonshot.cn", path, "kimi-cn").json
    assert (china["code"], china["data"]["available_balance"]) == (0, 63.90218)
    intl = ask(stand_in, "api.moonshot.ai", path, "kimi-intl").json
    assert intl["data"]["available_balance"] == 12.4
    debt = ask(stand_in, "api.moonshot.cn", path, "kimi-debt-cn").json
    assert debt["data"]["cash_balance"] == -2.37
    for host, key in (
        ("api.moonshot.ai", "kimi-cn"),
        ("api.moonshot.cn", "kimi-intl"),
        ("api.moonshot.cn", "kimi-code"),
        ("api.moonshot.cn", None),
    ):
        assert ask(stand_in, host, path, key).status == 401
    lost = ask(stand_in, "api.moonshot.cn", "/v1/users/me/unknown", "kimi-cn")
    assert (lost.status, lost.json["error"]) == (404, "url.not_found")


def test_kimi_code(stand_in: StandIn) -> None:
    path = "/coding/v1/usages"
    usages = ask(stand_in, "api.kimi.com", path, "kimi-code").json
    assert usages["usage"]["used"] == "31"
    assert usages["usage"]["resetTime"].startswith(iso(stand_in.world.clock.started + 4 * DAY)[:-1])
    assert "used" not in ask(stand_in, "api.kimi.com", path, "kimi-code-fresh").json["usage"]
    assert ask(stand_in, "api.kimi.com", path, "kimi-code-no-plan").status == 403
    assert ask(stand_in, "api.kimi.com", path, "kimi-cn").status == 401


def claims(token: str) -> Any:
    payload = token.split(".")[1]
    return json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def test_chatgpt_usage_by_plan(stand_in: StandIn) -> None:
    def wham(key: str) -> Any:
        return ask(stand_in, "chatgpt.com", WHAM, key).json

    plus = wham("chatgpt-plus")
    assert plus["rate_limit"]["primary_window"]["used_percent"] == 14
    assert plus["rate_limit"]["primary_window"]["reset_at"] > time.time()
    assert wham("chatgpt-pro")["additional_rate_limits"][0]["limit_name"] == "GPT-5.3-Codex-Spark"
    assert wham("chatgpt-free")["rate_limit"]["primary_window"]["limit_window_seconds"] == 30 * DAY
    assert wham("chatgpt-lite")["account_id"].startswith("user-")
    assert wham("chatgpt-lite")["rate_limit"]["primary_window"]["limit_window_seconds"] == WEEK
    assert wham("chatgpt-enterprise")["credits"]["unlimited"] is True


def test_chatgpt_tokens_look_real_and_are_checked(stand_in: StandIn) -> None:
    token = KEYS["chatgpt-plus"].value
    assert claims(token)["exp"] > time.time() + 7 * DAY
    assert claims(token)["https://api.openai.com/auth"]["chatgpt_plan_type"] == "plus"
    for key, code in (
        ("chatgpt-expired", "token_expired"),
        ("chatgpt-revoked", "token_invalidated"),
    ):
        refused = ask(stand_in, "chatgpt.com", WHAM, key)
        assert (refused.status, refused.json["error"]["code"]) == (401, code)
    for unfit in (None, f"Bearer {token[:-5]}", token, "Bearer nothing"):
        assert "parse" in ask(stand_in, "chatgpt.com", WHAM, unfit).json["detail"]
    stand_in.world.chatgpt.revoked.add(token)
    assert ask(stand_in, "chatgpt.com", WHAM, "chatgpt-plus").status == 401
    fresh = PEOPLE["plus"].access_token(int(time.time()), 60)
    assert ask(stand_in, "chatgpt.com", WHAM, f"Bearer {fresh}").status == 200


def test_chatgpt_refuses_libraries(stand_in: StandIn) -> None:
    for agent in ("python-httpx/0.28.1", "curl/8.0"):
        answer = ask(stand_in, "chatgpt.com", WHAM, "chatgpt-plus", headers={"User-Agent": agent})
        assert (answer.status, answer.header("content-type")) == (403, ["text/html; charset=utf-8"])


def test_chatgpt_workspace_is_chosen_by_header(stand_in: StandIn) -> None:
    team, personal = (each.id for each in PEOPLE["team"].workspaces)

    def plan(account: str) -> Answer:
        headers = {"ChatGPT-Account-Id": account}
        return ask(stand_in, "chatgpt.com", WHAM, "chatgpt-team", headers=headers)

    assert ask(stand_in, "chatgpt.com", WHAM, "chatgpt-team").json["plan_type"] == "team"
    assert plan(team).json["plan_type"] == "team"
    assert plan(personal).json["plan_type"] == "free"
    for account in ("", PEOPLE["team"].user_id, PEOPLE["plus"].workspaces[0].id):
        assert plan(account).status == 403


def test_chatgpt_side_routes(stand_in: StandIn) -> None:
    def get(path: str, key: str = "chatgpt-plus") -> Any:
        return ask(stand_in, "chatgpt.com", f"/backend-api/{path}", key).json

    check = get("accounts/check/v4-2023-04-27?timezone_offset_min=-480", "chatgpt-team")
    assert {*check["accounts"]} == {*check["account_ordering"], "default"}
    assert get("me")["id"] == PEOPLE["plus"].user_id
    assert get("wham/rate-limit-reset-credits")["available_count"] == 1
    team, personal = (each.id for each in PEOPLE["team"].workspaces)
    assert get(f"accounts/{team}/remaining_balance", "chatgpt-team")["balance"] == "4321.5"
    assert get(f"accounts/{personal}/remaining_balance", "chatgpt-team") == {"detail": "Not Found"}
    account = PEOPLE["plus"].workspaces[0].id
    assert get(f"subscriptions?account_id={account}")["will_renew"] is True
    assert [item["name"] for item in get("accounts", "chatgpt-team")["items"]] == [
        "Example Team",
        "",
    ]


def test_chatgpt_init_wants_post(stand_in: StandIn) -> None:
    path = "/backend-api/conversation/init"

    def init(key: str, body: bytes) -> Answer:
        return ask(stand_in, "chatgpt.com", path, key, method="POST", body=body)

    assert ask(stand_in, "chatgpt.com", path, "chatgpt-plus").status == 405
    assert ask(stand_in, "chatgpt.com", WHAM, "chatgpt-plus", method="POST").status == 405
    assert init("chatgpt-plus", b"").status == 422
    progress = init("chatgpt-plus", b"{}").json["limits_progress"]
    assert progress[0]["feature_name"] == "deep_research"
    assert init("chatgpt-team", b"{}").json["limits_progress"] is None


def jar(answer: Answer, before: str) -> str:
    """What a browser holds after this answer: the cookies it sends next."""
    cookies = dict(pair.split("=", 1) for pair in before.split("; "))
    for header in answer.header("set-cookie"):
        name, _, value = header.partition(";")[0].partition("=")
        cookies[name] = value
        if "Max-Age=0" in header:
            del cookies[name]
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def parts(cookie: str) -> list[str]:
    names = (pair.partition("=")[0] for pair in cookie.split("; "))
    return [name[len(COOKIE) :] for name in names if name.startswith(COOKIE)]


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("chatgpt-session", [[""], [""], [""]]),
        ("chatgpt-session-chunked", [[".0", ".1"], [".0", ".1"]]),
        ("chatgpt-session-growing", [[""], [".0", ".1"], [".0", ".1", ".2"]]),
        ("chatgpt-session-shrinking", [[".0", ".1", ".2"], [".0", ".1"], [""]]),
    ],
)
def test_chatgpt_session_rotates(stand_in: StandIn, name: str, forms: list[list[str]]) -> None:
    cookie = KEYS[name].value
    for form in forms:
        assert parts(cookie) == form
        answer = ask(stand_in, "chatgpt.com", SESSION, headers={"Cookie": cookie})
        token = answer.json["accessToken"]
        assert ask(stand_in, "chatgpt.com", WHAM, f"Bearer {token}").status == 200
        old = ask(stand_in, "chatgpt.com", SESSION, headers={"Cookie": cookie})
        assert (old.status, old.json) == (200, {})
        cookie = jar(answer, cookie)
    assert ask(stand_in, "chatgpt.com", SESSION, headers={"Cookie": cookie}).json["accessToken"]


def test_chatgpt_session_takes_the_parts_in_any_order_and_nothing_else(stand_in: StandIn) -> None:
    first, second = KEYS["chatgpt-session-chunked"].value.split("; ")

    def exchange(cookie: str) -> Any:
        return ask(stand_in, "chatgpt.com", SESSION, headers={"Cookie": cookie}).json

    assert exchange(first) == {}
    assert exchange(f"{COOKIE}=left-over; {first}; {second}") == {}
    assert exchange(f"oai-did=1; {second}; {first}; __cf_bm=2")["account"]["planType"] == "pro"
    assert exchange("oai-did=1") == {}


def test_chatgpt_session_tokens_have_five_parts_and_an_empty_second() -> None:
    for session in SESSIONS.values():
        for generation in range(4):
            pieces = session.token(generation).split(".")
            assert (len(pieces), pieces[1]) == (5, "")
            values = session.cookies(generation).values()
            assert "".join(values) == session.token(generation)
            assert all(0 < len(value) < 4096 for value in values)


def test_chatgpt_sessions_that_yield_no_token(stand_in: StandIn) -> None:
    dead = ask(stand_in, "chatgpt.com", SESSION, "chatgpt-session-dead")
    assert dead.json == {}
    assert all("Max-Age=0" in header for header in dead.header("set-cookie"))
    assert [*ask(stand_in, "chatgpt.com", SESSION, "chatgpt-session-banner").json] == [
        "WARNING_BANNER"
    ]
    stuck = ask(stand_in, "chatgpt.com", SESSION, "chatgpt-session-stuck").json
    assert stuck["error"] == "RefreshAccessTokenError"
    assert claims(stuck["accessToken"])["exp"] < time.time()


def test_chatgpt_session_account_cookie_selects_the_workspace(stand_in: StandIn) -> None:
    key = KEYS["chatgpt-session-team"]
    personal = PEOPLE["team"].workspaces[1].id
    cookie = f"{key.value}; _account={personal}"
    told = ask(stand_in, "chatgpt.com", SESSION, headers={"Cookie": cookie}).json
    assert told["account"]["planType"] == "free"
    auth = claims(told["accessToken"])["https://api.openai.com/auth"]
    assert auth["chatgpt_account_id"] == personal


def test_every_server_rotates_on_its_own(stand_in: StandIn) -> None:
    with StandIn() as other:
        for each in (stand_in, other):
            assert ask(each, "chatgpt.com", SESSION, "chatgpt-session").json["accessToken"]


def test_a_world_may_have_its_own_time() -> None:
    with StandIn(world=lambda: World(lambda: 1_791_190_800)) as stand_in:
        plus = ask(stand_in, "chatgpt.com", WHAM, "chatgpt-plus").json
        assert plus["rate_limit"]["primary_window"]["reset_at"] == 1_791_199_920


STATUSES = {
    "payment required": 402,
    "forbidden": 403,
    "not found": 404,
    "too many requests": 429,
    "too many requests, seconds": 429,
    "too many requests, date": 429,
    "server error": 500,
    "bad gateway": 502,
    "html": 200,
    "challenge": 403,
    "edge block": 403,
    "country block": 403,
    "empty": 200,
    "cut json": 200,
    "deep": 200,
    "not a number": 200,
    "booleans": 200,
    "redirect away": 302,
    "redirect home": 302,
}


@pytest.mark.parametrize("name", faults.BAD_DAYS)
def test_every_bad_day_arrives(stand_in: StandIn, name: str) -> None:
    stand_in.reply("*", "*", faults.BAD_DAYS[name]())
    if name not in STATUSES:
        assert name in {"cut connection", "huge", "hang", "drip", "closed"}
        return
    answer = ask(stand_in, "api.tavily.com", "/usage", "tavily-dev")
    assert answer.status == STATUSES[name]


def test_bad_days_in_detail(stand_in: StandIn) -> None:
    def meet(day: Any) -> Answer:
        stand_in.reply("*", "*", day)
        return ask(stand_in, "api.tavily.com", "/usage", "tavily-dev")

    moment = datetime(2026, 10, 5, 9, 5, tzinfo=timezone.utc)
    assert meet(faults.too_many_requests(90)).header("retry-after") == ["90"]
    assert meet(faults.too_many_requests()).header("retry-after") == []
    assert meet(faults.too_many_requests(moment)).header("retry-after") == [
        "Mon, 05 Oct 2026 09:05:00 GMT"
    ]
    assert meet(faults.challenge()).header("cf-mitigated") == ["challenge"]
    assert meet(faults.redirect_away()).header("location") == ["https://elsewhere.example/collect"]
    assert len(meet(faults.deep()).body) == 200_000
    assert b'"plan_usage":NaN' in meet(faults.not_a_number()).body
    assert meet(faults.booleans()).json["account"]["plan_usage"] is True
    assert meet(faults.empty()).body == b""
    assert meet(faults.html()).body.startswith(b"<!DOCTYPE html>")
    with pytest.raises(ValueError, match="Unterminated"):
        _ = meet(faults.cut_json()).json


def test_a_wrong_key_is_told_in_the_words_of_each_provider(stand_in: StandIn) -> None:
    for provider in {key.provider for key in KEYS.values()}:
        stand_in.reply("api.example.com", f"/{provider}", faults.wrong_key(provider))
        answer = ask(stand_in, "api.example.com", f"/{provider}")
        assert answer.status in ((200,) if provider in {"minimax", "glm"} else (401, 403))


def test_connect_proxy_records_and_refuses_or_leads_on(stand_in: StandIn) -> None:
    with ConnectProxy() as closed, ConnectProxy(stand_in.address) as leading:
        for proxy in (closed, leading):
            host, _, port = proxy.url.partition("//")[2].partition(":")
            connection = http.client.HTTPConnection(host, int(port), timeout=5)
            connection.set_tunnel("api.tavily.com", 443, {"Proxy-Authorization": "Basic dTpw"})
            if proxy is closed:
                with pytest.raises(OSError, match="403"):
                    connection.request("GET", "/usage")
            else:
                connection.request("GET", "/usage", headers={"Host": "api.tavily.com"})
                assert connection.getresponse().status == 401
            connection.close()
            (ask_,) = proxy.asked
            assert (ask_.method, ask_.host, ask_.port, ask_.user) == (
                "CONNECT", "api.tavily.com", 443, "u:p",
            )  # fmt: skip


def test_connect_proxy_refuses_plain_requests() -> None:
    with ConnectProxy() as proxy:
        host, _, port = proxy.url.partition("//")[2].partition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=5)
        connection.request("GET", "http://127.0.0.1:81/usage")
        assert connection.getresponse().status == 403
        connection.close()
        assert [(each.method, each.host, each.port) for each in proxy.asked] == [
            ("GET", "127.0.0.1", 81)
        ]


def greet(url: str, methods: bytes, user: bytes = b"") -> tuple[socket.socket, int]:
    host, _, port = url.partition("//")[2].partition(":")
    client = socket.create_connection((host, int(port)), timeout=5)
    client.sendall(b"\x05" + bytes([len(methods)]) + methods)
    assert client.recv(2) == b"\x05" + methods[-1:]
    if user:
        client.sendall(user)
        assert client.recv(2) == b"\x01\x00"
    name = b"api.tavily.com"
    client.sendall(b"\x05\x01\x00\x03" + bytes([len(name)]) + name + (443).to_bytes(2, "big"))
    return client, client.recv(10)[1]


def test_socks_proxy_records_and_refuses_or_leads_on(stand_in: StandIn) -> None:
    with SocksProxy() as closed, SocksProxy(stand_in.address) as leading:
        client, code = greet(closed.url, b"\x00")
        client.close()
        assert code == 2
        client, code = greet(leading.url, b"\x00\x02", b"\x01\x01u\x01p")
        assert code == 0
        client.sendall(b"GET /usage HTTP/1.1\r\nHost: api.tavily.com\r\n\r\n")
        assert client.recv(12) == b"HTTP/1.1 401"
        client.close()
        assert [(each.host, each.port, each.user) for each in (*closed.asked, *leading.asked)] == [
            ("api.tavily.com", 443, None),
            ("api.tavily.com", 443, "u:p"),
        ]


def test_it_runs_from_the_command_line_until_it_is_told_to_stop() -> None:
    package = Path(__file__).parent
    process = subprocess.Popen(
        [sys.executable, "-m", f"{package.parent.name}.{package.name}"],
        cwd=package.parent.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    shown = ""
    while KEYS.keys() - set(shown.split()):
        line = process.stdout.readline()
        assert line, shown
        shown += line
    exported = dict(
        pair.split("=", 1)
        for line in shown.splitlines()
        if line.startswith("export ")
        for pair in line.split()[1:]
    )
    assert exported["PYTHON_KEYRING_BACKEND"] == "tests.keyrings.FileKeyring"
    assert "TANKFUL_HOME" in exported
    assert "TANKFUL_TEST_KEYRING" in exported
    folder = Path(exported["TANKFUL_HOME"]).parent
    kept = (folder / "keys" / "chatgpt-plus").read_text(encoding="utf-8")
    address = exported["TANKFUL_LOOPBACK"].partition("//")[2]
    connection = http.client.HTTPConnection(address, timeout=5)
    headers = {"Host": "chatgpt.com", "Authorization": f"Bearer {kept}", **BROWSER}
    connection.request("GET", WHAM, headers=headers)
    assert connection.getresponse().status == 200
    connection.close()
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 0
    process.stdout.close()
    assert not folder.exists()


def test_its_table_says_what_every_key_stands_for() -> None:
    _, *rows = table().splitlines()
    for row, key in zip(rows, KEYS.values()):
        assert row.startswith(f"{key.name} ")
        assert key.provider in row
        assert key.about in row
        assert all(f"--scope {name}={value}" in row for name, value in key.scopes.items())
    assert len(rows) == len(KEYS)


@pytest.mark.timing
def test_nothing_keeps_running() -> None:
    before = threading.active_count()
    with StandIn() as stand_in:
        ask(stand_in, "api.tavily.com", "/usage")
    deadline = time.monotonic() + 2
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before
