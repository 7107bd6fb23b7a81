from __future__ import annotations

import json
import os
import re
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from tests import stored
from tests.said import both, chinese, english
from tests.standin import KEYS, Reply, StandIn, faults
from workflow import feed
from workflow.actions import add as adding
from workflow.actions.add import Added, NewAccount
from workflow.actions.add import add as take_in
from workflow.actions.check import CheckFailed
from workflow.credentials import store
from workflow.errors import Mistake, StoreLocked
from workflow.models import Snapshot, utc_now
from workflow.provider import discovery
from workflow.recognition import recognise
from workflow.recognition.finding import Finding
from workflow.records import replace
from workflow.refresh import fetch as fetching
from workflow.refresh import rate_limits
from workflow.refresh.rate_limits import Counter
from workflow.storage import accounts, files

NOW = datetime(2026, 11, 22, 15, 0, tzinfo=timezone.utc)
HOSTS = {
    "minimax": ("api.minimax.io", "api.minimaxi.com"),
    "glm": ("api.z.ai", "open.bigmodel.cn"),
    "kimi": ("api.moonshot.ai", "api.moonshot.cn"),
}


def finding(key: str) -> Finding:
    return recognise.read(KEYS[key].value, KEYS[key].provider)


def added(key: str, **how: Any) -> Added:
    return take_in(NewAccount(finding(key), **how))


def refused(key: str, **how: Any) -> CheckFailed:
    with pytest.raises(CheckFailed) as caught:
        added(key, **how)
    assert (accounts.load().accounts, accounts.load().pending_secrets) == ((), ())
    assert in_store() == {}
    assert KEYS[key].value not in str(caught.value)
    return caught.value


def in_store() -> dict[str, str]:
    path = Path(os.environ["TANKFUL_TEST_KEYRING"])
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def mistaken(key: str, **how: Any) -> str:
    with pytest.raises(Mistake) as caught:
        added(key, **how)
    assert accounts.load().accounts == ()
    return " | ".join(both(caught.value.message))


def hosts(world: StandIn) -> list[str]:
    return sorted({request.host for request in world.requests})


@pytest.mark.parametrize(
    "key",
    [
        "minimax-plan-intl", "minimax-plan-cn", "minimax-payg-intl", "glm-intl", "glm-cn",
        "glm-no-plan-cn", "kimi-intl", "kimi-cn", "tavily-dev", "openai-admin", "openai-relay",
        "chatgpt-plus", "chatgpt-session", "chatgpt-session-chunked",
    ],
)  # fmt: skip
def test_a_good_credential_is_checked_stored_and_shown(world: StandIn, key: str) -> None:
    done = added(key, label="Work")
    account = done.account
    assert accounts.load().accounts == (account,)
    assert (account.provider, account.label, account.kind) == (
        KEYS[key].provider,
        "Work",
        KEYS[key].kind,
    )
    assert account.region == KEYS[key].region
    assert done.snapshot == stored.snapshot(account.id)
    assert done.snapshot.usage
    assert done.snapshot.fetched_at
    assert not done.snapshot.failure
    secret = store.read(account)
    assert secret.kind == KEYS[key].kind
    assert secret.secret == KEYS[key].value or secret.cookie
    assert files.read(feed.path(os.environ)) is None, "only a face publishes"


@pytest.mark.parametrize("key", ["minimax-plan-cn", "minimax-plan-intl", "kimi-cn", "kimi-intl"])
def test_auto_asks_each_regional_host_and_keeps_the_good_one(world: StandIn, key: str) -> None:
    done = added(key)
    main = stored.MAIN[KEYS[key].provider][1]
    told = [request.host for request in world.requests if request.path == main]
    assert sorted(told) == sorted(HOSTS[KEYS[key].provider])
    name = {"cn": "China", "intl": "international"}[KEYS[key].region]
    assert [english(remark) for remark in done.remarks] == [f"region: {name}"]


def test_from_then_on_the_key_goes_to_its_region_only(world: StandIn) -> None:
    from workflow.refresh import run as refresh

    done = added("glm-cn")
    world.reset()
    refresh.refresh([done.account.id])
    assert hosts(world) == ["open.bigmodel.cn", "www.bigmodel.cn"]


def test_two_good_regions_are_said_and_the_first_is_taken(world: StandIn) -> None:
    good = {"data": {"available_balance": 5, "voucher_balance": 0, "cash_balance": 5}, "code": 0}
    world.reply("*", "/v1/users/me/balance", Reply(200, good))
    done = added("kimi-cn")
    assert done.account.region == "intl"
    assert "works in several regions; international was chosen" in english(done.remarks[0])
    assert "多个站点" in chinese(done.remarks[0])


@pytest.mark.parametrize("region", ["intl", "cn"])
@pytest.mark.parametrize("provider", HOSTS)
def test_an_explicit_region_asks_that_host_only(world: StandIn, provider: str, region: str) -> None:
    key = {"minimax": "minimax-plan", "glm": "glm", "kimi": "kimi"}[provider] + f"-{region}"
    done = added(key, region=region)
    assert (done.account.region, done.remarks) == (region, ())
    other = HOSTS[provider][region == "intl"]
    assert hosts(world)
    assert other not in hosts(world)


def test_the_other_region_refuses_it(world: StandIn) -> None:
    failed = refused("kimi-intl", region="cn")
    assert (failed.error.kind, failed.account.region) == ("credential_rejected", "cn")
    assert hosts(world) == ["api.moonshot.cn"]


@pytest.mark.parametrize(
    ("key", "pages"),
    [
        ("minimax-plan-cn", ("platform.minimax.io", "platform.minimaxi.com")),
        ("glm-cn", ("z.ai", "bigmodel.cn")),
        ("kimi-cn", ("platform.moonshot.ai", "platform.moonshot.cn")),
        ("siliconflow-cn", ("cloud.siliconflow.com", "cloud.siliconflow.cn")),
    ],
)
def test_a_key_that_both_sites_refused_is_not_sent_to_the_other_site(
    world: StandIn, key: str, pages: tuple[str, str]
) -> None:
    world.reply("*", "*", Reply(401))
    failed = refused(key)
    about = discovery.about(failed.account.provider)
    for told in both(fetching.message(failed.error, about, failed.account.region)):
        assert all(f"https://{page}/" in told for page in pages)
        assert not re.search("may belong|check the region|可能属于|站点；", told)
    told = english(fetching.message(refused(key, region="cn").error, about, "cn"))
    assert f"https://{pages[0]}/" not in told


def test_a_vendors_words_are_kept_where_both_sites_refuse(world: StandIn) -> None:
    told = {"base_resp": {"status_code": 4711, "status_msg": "token is paused"}}
    world.reply("*", "*", Reply(401, json.dumps(told).encode()))
    assert "(“token is paused”)" in english(refused("minimax-plan-cn").error.message)


def test_nobody_is_asked_without_a_check(world: StandIn) -> None:
    done = added("glm-cn", check=False)
    assert world.connections == 0
    assert done.account.region == "intl"
    assert done.snapshot == Snapshot(done.account.id)
    assert store.read(done.account).secret == KEYS["glm-cn"].value


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Reply(401), "credential_rejected"),
        (faults.payment_required(), "not_available"),
        (faults.too_many_requests(60), "rate_limited"),
        (faults.challenge(), "blocked"),
        (faults.server_error(), "provider_failed"),
        (faults.html(), "unexpected_response"),
        (faults.closed(), "unreachable"),
    ],
)
@pytest.mark.parametrize("key", stored.SIX.values())
def test_a_failed_check_stores_nothing(world: StandIn, key: str, fault: Reply, kind: str) -> None:
    world.reply("*", "*", fault)
    assert refused(key).error.kind == kind


def test_what_a_region_knows_is_told_before_a_refusal(world: StandIn) -> None:
    failed = refused("glm-no-plan-intl")
    assert (failed.error.kind, failed.account.region) == ("not_available", "intl")
    world.reply("api.z.ai", "*", faults.closed())
    failed = refused("glm-no-plan-intl")
    assert (failed.error.kind, failed.account.region) == ("unreachable", "intl")


def test_one_region_that_is_down_does_not_matter(world: StandIn) -> None:
    world.reply("api.z.ai", "*", faults.closed())
    assert added("glm-cn").account.region == "cn"


@pytest.mark.parametrize("key", ["tavily-dev", "glm-intl", "chatgpt-session", "chatgpt-plus"])
@pytest.mark.parametrize("fault", [faults.hang(), faults.drip(0.02)], ids=["hang", "drip"])
def test_a_check_has_a_deadline(
    world: StandIn, monkeypatch: pytest.MonkeyPatch, key: str, fault: Reply
) -> None:
    monkeypatch.setattr(fetching, "ACCOUNT_SECONDS", 0.2)
    world.reply("*", "*", fault)
    assert refused(key).error.kind == "unreachable"


def test_an_openai_key_of_a_user_is_told_to_be_an_admin_key(world: StandIn) -> None:
    key = "openai-user"
    error = refused(key).error
    assert error.kind == "wrong_credential"
    assert all("admin key" in words.casefold() for words in both(error.message))
    assert added(key, check=False).account.provider == "openai"


@pytest.mark.parametrize("region", ["mars", "", "CN", "intl,cn"])
@pytest.mark.parametrize("key", ["glm-intl", "tavily-dev"])
def test_an_unknown_region(world: StandIn, key: str, region: str) -> None:
    told = mistaken(key, region=region)
    assert f"has no region {region!r}; it has: intl, cn" in told
    assert world.requests == []


def test_an_unknown_scope(world: StandIn) -> None:
    told = mistaken("glm-cn", scope={"team": "x"})
    assert "has no scope 'team'; it has: organization, project" in told
    assert "不支持 scope“team”" in told
    assert "it has: -" in mistaken("kimi-cn", scope={"team": "x"})
    assert world.requests == []


def test_a_scope_is_stored_and_sent(world: StandIn) -> None:
    done = added("glm-team-cn", scope=KEYS["glm-team-cn"].scopes, region="cn")
    assert done.account.scope == KEYS["glm-team-cn"].scopes
    assert done.snapshot.usage
    assert [q.used for q in done.snapshot.usage.quotas[:2]] == [19, 33]


def test_labels_are_unique_among_the_accounts_of_a_provider(world: StandIn) -> None:
    keys = ["tavily-dev", "tavily-paygo", "tavily-capped"]
    assert [added(key, label="Work").account.label for key in keys] == ["Work", "Work 2", "Work 3"]
    assert added("kimi-intl", label="Work").account.label == "Work"
    assert added("tavily-unlimited").account.label == "Tavily"


@pytest.mark.parametrize("label", ["", "   ", "\n\u200e"])
def test_a_label_without_a_character_is_none(world: StandIn, label: str) -> None:
    assert added("tavily-dev", label=label).account.label == "Tavily"


def test_the_same_credential_twice_is_said(world: StandIn) -> None:
    added("tavily-dev", label="Work")
    done = added("tavily-dev", label="Again")
    assert [english(remark) for remark in done.remarks] == [
        "Tavily · Work has the same credential; remove the account that you do not need"
    ]


def test_a_replaced_credential_keeps_account_and_region(world: StandIn) -> None:
    before = added("glm-cn", label="Work").account
    world.reset()
    done = added("glm-no-plan-cn", replaces=before)
    assert before.replaced_at is None
    assert done.account.replaced_at is not None
    assert replace(done.account, generation=before.generation, replaced_at=None) == before
    assert done.account.generation == before.generation + 1
    assert store.read(done.account).secret == KEYS["glm-no-plan-cn"].value
    assert "api.z.ai" not in hosts(world)


def test_the_times_of_several_replacements_are_kept(world: StandIn) -> None:
    account, times = added("kimi-cn", label="Work").account, []
    for turn in range(12):
        account = added(("kimi-debt-cn", "kimi-cn")[turn % 2], replaces=account).account
        times.append(account.replaced_at)
    assert account.replacements == tuple(times[-10:])
    assert accounts.load().named("Work").replacements == account.replacements
    renewed = store.store(replace(account, replaced_at=None), store.read(account), known=True)
    assert renewed.replacements == account.replacements


def test_a_replacement_that_fails_changes_nothing(world: StandIn) -> None:
    before = added("glm-cn", label="Work").account
    known = stored.snapshot(before.id)
    with pytest.raises(CheckFailed):
        added("glm-intl", replaces=before)
    assert accounts.load().accounts == (before,)
    assert store.read(before).secret == KEYS["glm-cn"].value
    assert stored.snapshot(before.id) == known


def test_a_session_is_stored_as_its_exchange_left_it(world: StandIn) -> None:
    done = added("chatgpt-session-growing")
    held = store.read(done.account)
    assert held.kind == "session"
    assert held.secret.startswith("eyJ")
    assert "session-token.0=" in held.cookie
    assert "session-token.1=" in held.cookie
    assert held.session_expires_at == done.account.expires_at is not None


@pytest.mark.parametrize("key", ["chatgpt-session-dead", "chatgpt-session-stuck"])
def test_a_dead_session_is_not_stored(world: StandIn, key: str) -> None:
    assert refused(key).error.kind == "credential_expired"


@pytest.mark.parametrize(
    ("key", "host", "status"),
    [("tavily-dev", "api.tavily.com", 429), ("minimax-plan-cn", "api.minimaxi.com", 503)],
)
def test_nobody_tries_an_account_again_that_is_not_stored(
    world: StandIn, key: str, host: str, status: int
) -> None:
    world.reply(host, "*", Reply(status, {}))
    said = both(refused(key).error.message)
    assert said[0].endswith("; try again later")
    assert said[1].endswith("；请稍后重试")
    assert accounts.load().accounts == ()


def test_a_limit_says_whose_it_is_and_when_it_ends(
    world: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_two = Counter("tavily", "key", 2, 1200)
    monkeypatch.setattr(rate_limits, "counter", lambda *_: of_two)
    for _time in range(2):
        rate_limits.take(of_two, utc_now())
    message = refused("tavily-dev").error.message
    said = "Tankful asks {provider} at most 2 times in 20 min; try again in "
    assert english(message).startswith(said)
    assert english(message)[len(said) :] in ("20m", "19m")


def test_a_store_that_refuses(world: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    import keyring

    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "tests.keyrings.LockedKeyring")
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    with pytest.raises(StoreLocked):
        added("tavily-dev")
    assert accounts.load().accounts == ()


def test_the_clock_is_handed_in(world: StandIn) -> None:
    done = take_in(NewAccount(finding("tavily-dev")), now=lambda: NOW)
    assert done.snapshot.fetched_at == NOW
    assert adding.AUTO == "auto"
