"""The remedy for a credential that is refused or missing."""

from __future__ import annotations

import pytest

from tests.examples import GLM, KIMI, NOW, TAVILY, Known
from tests.said import in_language
from workflow.alfred import account_row
from workflow.display import details, json_report, row, table
from workflow.errors import CredentialRejected, FailureKind, NoCredential, WrongCredential
from workflow.i18n.message import Message, _
from workflow.models import Account, Failure, Snapshot
from workflow.provider import discovery
from workflow.providers import glm, kimi
from workflow.records import replace
from workflow.settings import Settings
from workflow.state.state import State, worked_out
from workflow.storage.accounts import Accounts

REFUSED = _("{provider} does not accept this key; make a new one")
CODE = Account("kimi-0000000c", "kimi", "Code", "code")


def shown(
    account: Account, kind: FailureKind, sentence: Message, language: str, privacy: bool = False
) -> row.Row:
    """Render the row of an account with this failure."""
    about = discovery.about(account.provider)
    told = sentence.filled(provider=about.name, keys=about.keys_page(account.region))
    snapshot = Snapshot(account.id, failure=Failure(kind, told, NOW))
    settings = Settings(language=language, privacy=privacy)
    known = worked_out(account, about, snapshot, settings)
    return in_language(language, row.row, known, settings)


def in_shell(of: row.Row, language: str) -> str:
    parts = in_language(language, getattr, of, "in_shell")
    return " · ".join(part.text for part in parts)


@pytest.mark.parametrize(
    ("known", "region", "english", "chinese"),
    [
        (
            GLM,
            "intl",
            "perhaps a key of the China site: tankful replace glm/Work --region cn",
            "可能是国内站的 Key：tankful replace glm/Work --region cn",
        ),
        (
            GLM,
            "cn",
            "perhaps a key of the international site: tankful replace glm/Work --region intl",
            "可能是国际站的 Key：tankful replace glm/Work --region intl",
        ),
        (
            TAVILY,
            "",
            "replace it: tankful replace tavily/Dev (a new one: https://app.tavily.com/home)",
            "更换：tankful replace tavily/Dev（获取：https://app.tavily.com/home）",
        ),
    ],
)
def test_a_shell_says_what_to_type_and_not_twice_what_is_wrong(
    known: Known, region: str, english: str, chinese: str
) -> None:
    account = replace(known[0], region=region)
    for language, said in (("en", english), ("zh", chinese)):
        of = shown(account, "credential_rejected", REFUSED, language)
        assert in_shell(of, language) == said
        assert in_language(language, getattr, of, "line").endswith(said)
        assert said in in_language(language, table._line, of)


@pytest.mark.parametrize("sentence", [glm._REJECTED, kimi._OPEN[401][1]])
def test_whose_sites_keys_look_alike_is_sent_to_the_other_one(sentence: Message) -> None:
    of = shown(replace(GLM[0], region="intl"), "credential_rejected", sentence, "zh")
    assert of.guess == "可能是国内站的 Key"
    does = account_row.remedy(of, discovery.about("glm"), Snapshot(GLM[0].id))
    assert does.action
    subtitle = in_language("zh", of.subtitle, "↩ 更换凭证")
    assert subtitle.startswith("↩ 更换凭证 · 可能是国内站的 Key · ⌃↩ 更改站点")


def test_a_key_that_has_worked_belongs_to_its_site() -> None:
    account, before = replace(GLM[0], region="intl"), GLM[1]
    assert before.usage
    about = discovery.about("glm")
    told = REFUSED.filled(provider=about.name)
    snapshot = replace(before, failure=Failure("credential_rejected", told, NOW))
    known = worked_out(account, about, snapshot, Settings())
    of = in_language("en", row.row, known, Settings())
    assert of.guess == ""
    assert in_shell(of, "en").startswith("replace it: tankful replace glm/Work (a new one: ")


def test_a_missing_credential_is_said_once() -> None:
    of = shown(TAVILY[0], "no_credential", NoCredential.default, "zh")
    assert of.headline == "⚠ 无凭证"
    assert in_shell(of, "zh").startswith("更换：tankful replace tavily/Dev（")


def test_a_launcher_says_what_enter_does_and_not_twice_what_is_wrong() -> None:
    of = shown(TAVILY[0], "credential_rejected", REFUSED, "en")
    assert of.subtitle("↩ Replace the credential") == "↩ Replace the credential"
    told = replace(of, advice=("", "")).subtitle("↩ Replace the credential")
    assert told == "↩ Replace the credential · ⚠ does not accept this key; make a new one"


def test_what_says_more_than_the_headline_stays() -> None:
    reason = _("{provider}: this key may not read the balance; create one with the role Admin")
    kinds: tuple[FailureKind, ...] = ("credential_rejected", "wrong_credential")
    for kind in kinds:
        of = shown(TAVILY[0], kind, reason, "en")
        assert "create one with the role Admin" in in_shell(of, "en")
    of = shown(TAVILY[0], "wrong_credential", WrongCredential.default, "en")
    assert "for something else" in in_shell(of, "en")


@pytest.mark.parametrize(("label", "privacy"), [("My work", False), ("Work", True)])
def test_a_name_that_needs_quotes_or_is_private_gives_way_to_the_id(
    label: str, privacy: bool
) -> None:
    account = replace(TAVILY[0], label=label)
    of = shown(account, "credential_rejected", CredentialRejected.default, "en", privacy)
    assert f"tankful replace {account.id} (" in in_shell(of, "en")


def test_a_new_key_of_a_relay_is_made_at_the_relay() -> None:
    account = Account("relay-0000000a", "relay", "Mine", scope={"address": "https://my.example"})
    of = shown(account, "credential_rejected", REFUSED, "en")
    told = "replace it: tankful replace relay/Mine (a new one: your relay's own page)"
    assert in_shell(of, "en") == told


def test_a_key_of_no_site_has_no_other_one() -> None:
    of = shown(CODE, "credential_rejected", REFUSED, "zh")
    assert of.guess == ""
    assert in_shell(of, "zh") == (
        "更换：tankful replace kimi/Code（获取：https://www.kimi.com/code/console）"
    )


def test_a_key_of_no_site_has_its_own_page_and_no_region() -> None:
    about = discovery.about("kimi")
    assert about.page_of(CODE) == about.keys_page("code") == "https://www.kimi.com/code/console"
    assert "moonshot.cn" in in_language("zh", str, about.keys_pages())
    state = State(
        Accounts((CODE, KIMI[0])),
        {CODE.id: Snapshot(CODE.id), KIMI[0].id: KIMI[1]},
        {"kimi": about},
        Settings(),
    )
    names = [[name for name, _ in details.facts(state, each)] for each in state.book.accounts]
    assert ["Region" in each for each in names] == [False, True]
    told = json_report.report(state, NOW)["accounts"]
    assert [each["region"] for each in told] == [None, "cn"]
