from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.profiles import scaled
from tests.said import both, english
from workflow.recognition import found_keys, recognise

SHARED = "sk-" + "Ab3d" * 12
ROUTER = "sk-or-v1-" + "a1" * 20
GLM = "0123456789abcdef0123456789abcdef.AbCdEfGhIjKlMnOp"
WORKSPACE = "00000000-aaaa-4bbb-8ccc-000000000001"


def token(claims: dict[str, object]) -> str:
    parts = (
        base64.urlsafe_b64encode(json.dumps(part).encode()) for part in ({"alg": "RS256"}, claims)
    )
    return ".".join([*(part.decode().rstrip("=") for part in parts), "c2lnbmF0dXJl"])


ACCESS = token(
    {"https://api.openai.com/auth": {"chatgpt_account_id": WORKSPACE}, "exp": 1791882000}
)
CODEX = json.dumps(
    {
        "OPENAI_API_KEY": None,
        "tokens": {
            "id_token": token({"https://api.openai.com/auth": {}, "aud": ["app_x"]}),
            "access_token": ACCESS,
            "refresh_token": "rt_0123456789abcdef",
            "account_id": WORKSPACE,
        },
        "last_refresh": "2026-10-05T09:00:00.000000Z",
    }
)


@pytest.mark.parametrize(
    ("name", "secret", "provider", "region"),
    [
        ("MINIMAX_API_KEY", "sk-cp-abcdefgh12345678", "minimax", ""),
        ("MINIMAX_CN_API_KEY", "sk-cp-abcdefgh12345678", "minimax", "cn"),
        ("GLM_API_KEY", GLM, "glm", ""),
        ("ZAI_API_KEY", GLM, "glm", "intl"),
        ("Z_AI_API_KEY", GLM, "glm", ""),
        ("ZHIPUAI_API_KEY", GLM, "glm", "cn"),
        ("BIGMODEL_API_KEY", f'"{GLM}"', "glm", "cn"),
        ("TAVILY_API_KEY", "tvly-dev-abcdefgh12345678", "tavily", ""),
        ("OPENAI_ADMIN_KEY", "sk-admin-abcdefgh12345678", "openai", ""),
        ("OPENAI_API_KEY", "sk-None-abcdefgh12345678", "openai", ""),
        ("OPENAI_API_KEY", SHARED, "openai", ""),
        ("MOONSHOT_API_KEY", SHARED, "kimi", ""),
        ("KIMI_API_KEY", "sk-kimi-abcdefgh12345678", "kimi", "code"),
    ],
)
def test_a_variable_tells_whose_key_it_holds(
    name: str, secret: str, provider: str, region: str
) -> None:
    environ = {name: secret, "PATH": "/bin", "HOME": "/nowhere"}
    (candidate,) = found_keys.look(environ).candidates
    assert candidate.source == name
    assert (candidate.finding.provider, candidate.finding.region) == (provider, region)
    assert candidate.finding.credential.secret == secret.strip('"')
    assert candidate.finding.sure
    assert secret not in repr(candidate)


def test_a_key_that_tells_nothing_is_said_to_be_one(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "OPENAI_API_KEY": "sk-proj-abcdefgh12345678"}
    inventory = found_keys.look(environ)
    assert inventory.candidates == ()
    (remark,) = inventory.remarks
    for words in both(remark):
        assert words.startswith("OPENAI_API_KEY")
        assert "abcdefgh" not in words
    assert "a project key cannot read spend" in both(remark)[0]


def test_a_key_of_codex_that_reads_nothing_is_told_too(tmp_path: Path) -> None:
    auth = {"OPENAI_API_KEY": "sk-proj-abcdefgh12345678", "tokens": None}
    inventory = found_keys.look(codex(tmp_path, json.dumps(auth)))
    assert inventory.candidates == ()
    (remark,) = inventory.remarks
    english, chinese = both(remark)
    assert english.startswith("~/.codex/auth.json: this is a key of OpenAI: a project key")
    assert chinese.startswith("~/.codex/auth.json：此凭证属于 OpenAI：项目 Key")


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"TAVILY_API_KEY": ""}, [], id="empty"),
        pytest.param({"TAVILY_API_KEY": "changeme"}, [], id="placeholder"),
        pytest.param(
            {"OPENAI_API_KEY": ROUTER},
            [("openrouter", "")],
            id="another vendor",
        ),
        pytest.param(
            {"OPENAI_API_KEY": ROUTER, "OPENAI_BASE_URL": "https://openrouter.ai/api/v1"},
            [("openrouter", "")],
            id="another vendor at its address",
        ),
        pytest.param(
            {"OPENAI_API_KEY": ROUTER, "OPENAI_BASE_URL": "https://relay.example/v1"},
            [],
            id="another vendor's key at a third address",
        ),
        pytest.param({"ANTHROPIC_API_KEY": "sk-ant-api03-abcdefgh"}, [], id="not covered"),
        pytest.param(
            {"OPENAI_API_KEY": SHARED, "OPENAI_BASE_URL": "https://api.mistral.ai/v1"},
            [],
            id="used with another service",
        ),
        pytest.param(
            {"OPENAI_API_KEY": "sk-admin-a1b2c3d4e5", "OPENAI_BASE_URL": "https://proxy.example"},
            [("openai", "")],
            id="surely its own in spite of a proxy",
        ),
        pytest.param(
            {"MOONSHOT_API_KEY": SHARED, "MOONSHOT_BASE_URL": "https://api.moonshot.cn/v1"},
            [("kimi", "cn")],
            id="region by the address",
        ),
        pytest.param(
            {"MINIMAX_API_KEY": "sk-api-abcdefgh", "MINIMAX_API_HOST": "https://api.minimaxi.com"},
            [("minimax", "cn")],
            id="region by the host",
        ),
        pytest.param(
            {"OPENAI_API_KEY": SHARED, "OPENAI_BASE_URL": "https://api.moonshot.cn/v1"},
            [("kimi", "cn")],
            id="shared form at another vendor's address",
        ),
        pytest.param(
            {"OPENAI_API_KEY": GLM, "OPENAI_BASE_URL": "https://open.bigmodel.cn/api/paas/v4"},
            [("glm", "cn")],
            id="another vendor's region by the address",
        ),
        pytest.param(
            {"OPENAI_API_KEY": SHARED, "OPENAI_BASE_URL": "https://api.z.ai/v1"},
            [],
            id="no key of the vendor at the address",
        ),
        pytest.param({"ZAI_API_KEY": GLM, "GLM_API_KEY": GLM}, [("glm", "")], id="one key twice"),
    ],
)
def test_what_is_offered(environ: dict[str, str], found: list[tuple[str, str]]) -> None:
    environ = {"HOME": "/nowhere", **environ}
    assert [known[1:] for known in offered(environ)] == found


def test_a_supported_vendor_is_not_called_unsupported() -> None:
    environ = {"OPENAI_API_KEY": SHARED, "OPENAI_BASE_URL": "https://api.z.ai/v1"}
    (remark,) = found_keys.look({"HOME": "/nowhere", **environ}).remarks
    assert "holds no key that Tankful recognises" in english(remark)


def test_the_sign_in_of_codex_is_only_read(tmp_path: Path) -> None:
    (candidate,) = found_keys.look(codex(tmp_path, CODEX)).candidates
    assert candidate.source == "~/.codex/auth.json"
    finding = candidate.finding
    assert finding.provider == "chatgpt"
    assert (finding.credential.kind, finding.credential.secret) == ("access_token", ACCESS)
    assert finding.scope == {"workspace": WORKSPACE}
    assert finding.note is not None
    assert "never renews" in english(finding.note)
    assert "rt_0123" not in repr(candidate)


def test_codex_may_hold_a_key_as_well(tmp_path: Path) -> None:
    both = {**json.loads(CODEX), "OPENAI_API_KEY": SHARED}
    found = offered(codex(tmp_path, json.dumps(both)))
    assert [provider for _, provider, _ in found] == ["chatgpt", "openai"]
    alone = offered(codex(tmp_path, json.dumps({"OPENAI_API_KEY": SHARED, "tokens": None})))
    assert [provider for _, provider, _ in alone] == ["openai"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"tokens": 3}', '{"tokens": {}}'])
def test_a_broken_sign_in_offers_nothing(text: str, tmp_path: Path) -> None:
    assert offered(codex(tmp_path, text)) == []


# ---- what other programs keep

PERSONAL = "at-Synthetic" + "0123456789abcdefghijABCDEFGHIJ" * 2


def offered(environ: dict[str, str]) -> list[tuple[str, str, str]]:
    found = found_keys.look(environ).candidates
    return [(one.source, one.finding.provider, one.finding.region) for one in found]


def codex(home: Path, auth: str) -> dict[str, str]:
    """An environment whose Codex has this sign-in."""
    (home / ".codex").mkdir(exist_ok=True)
    (home / ".codex/auth.json").write_text(auth, encoding="utf-8")
    return {"HOME": str(home)}


def claude(home: Path, **variables: str) -> dict[str, str]:
    """An environment whose Claude Code has these variables in its settings."""
    (home / ".claude").mkdir()
    settings = {"env": variables, "model": "opus"}
    (home / ".claude/settings.json").write_text("\ufeff" + json.dumps(settings), encoding="utf-8")
    return {"HOME": str(home)}


WORKS_WITH = [
    ("https://api.z.ai/api/anthropic", GLM, "glm", "intl"),
    ("https://open.bigmodel.cn/api/anthropic", GLM, "glm", "cn"),
    ("https://api.moonshot.cn/anthropic", SHARED, "kimi", "cn"),
    ("https://api.moonshot.ai/anthropic/", SHARED, "kimi", "intl"),
    ("https://api.kimi.com/coding/", "sk-kimi-abcdefgh12345678", "kimi", "code"),
    ("https://api.minimaxi.com/anthropic", "sk-cp-abcdefgh12345678", "minimax", "cn"),
    ("api.minimax.io/anthropic", "sk-api-abcdefgh12345678", "minimax", "intl"),
]


@pytest.mark.parametrize(("address", "key", "provider", "region"), WORKS_WITH)
@pytest.mark.parametrize("name", found_keys.BESIDE_AN_ADDRESS)
def test_claude_code_names_service_and_key(
    tmp_path: Path, name: str, address: str, key: str, provider: str, region: str
) -> None:
    told = {"ANTHROPIC_BASE_URL": address, name: key}
    assert offered({**told, "HOME": str(tmp_path)}) == [(name, provider, region)]
    environ = claude(tmp_path, **told)
    assert offered(environ) == [(f"~/.claude/settings.json ({name})", provider, region)]
    (candidate,) = found_keys.look(environ).candidates
    assert candidate.finding.sure
    assert candidate.finding.credential.secret == key
    where = found_keys.path_of(candidate.source, environ)
    assert where == f"{tmp_path}/.claude/settings.json ({name})"


def test_another_service_is_named_and_anthropics_own_is_not(tmp_path: Path) -> None:
    told = {"ANTHROPIC_BASE_URL": "http://api.other.example/x", "ANTHROPIC_AUTH_TOKEN": SHARED}
    found = found_keys.look({"HOME": str(tmp_path), **told})
    assert found.candidates == ()
    assert ["api.other.example" in words for words in both(found.remarks[0])] == [True, True]
    told = {"ANTHROPIC_BASE_URL": "https://relay.example/api", "ANTHROPIC_AUTH_TOKEN": SHARED}
    for environ in ({"HOME": str(tmp_path), **told}, claude(tmp_path, **told)):
        (candidate,) = found_keys.look(environ).candidates
        assert candidate.finding.provider == "relay"
        assert dict(candidate.finding.scope) == {"address": "https://relay.example"}
    (tmp_path / ".claude" / "settings.json").unlink()
    used = {"OPENAI_API_KEY": SHARED, "OPENAI_BASE_URL": "https://relay.example/v1"}
    (candidate,) = found_keys.look({"HOME": str(tmp_path), **used}).candidates
    assert (candidate.source, candidate.finding.provider) == ("OPENAI_API_KEY", "relay")
    for environ in (
        {"ANTHROPIC_AUTH_TOKEN": SHARED},
        {
            "ANTHROPIC_API_KEY": "sk-ant-api03-abcdefgh",
            "ANTHROPIC_BASE_URL": "https://api.anthropic.com",
        },
    ):
        assert found_keys.look({"HOME": str(tmp_path), **environ}) == found_keys.Inventory()
    used = {"OPENAI_API_KEY": SHARED, "OPENAI_BASE_URL": "https://api.mistral.ai"}
    assert "api.mistral.ai" in both(found_keys.look({"HOME": str(tmp_path), **used}).remarks[0])[0]


@pytest.mark.parametrize("name", ["OPENAI_BASE_URL", "ANTHROPIC_BASE_URL"])
def test_an_address_that_contains_the_key_is_not_taken(tmp_path: Path, name: str) -> None:
    told = {name: f"https://relay.example/{SHARED}/v1", name.replace("BASE_URL", "API_KEY"): SHARED}
    found = found_keys.look({"HOME": str(tmp_path), **told})
    assert found.candidates == ()
    assert SHARED not in repr(found)
    pasted = "\n".join(f"{name}={value}" for name, value in told.items())
    with pytest.raises(recognise.Unrecognised) as caught:
        recognise.recognise(pasted)
    assert SHARED not in str(caught.value)


def test_the_providers_of_cc_switch_are_offered(tmp_path: Path) -> None:
    env = {"ANTHROPIC_BASE_URL": "https://relay.example", "ANTHROPIC_AUTH_TOKEN": SHARED}
    known = {"mine": {"id": "mine", "name": "Mine", "settingsConfig": {"env": env}}}
    (tmp_path / ".cc-switch").mkdir()
    config = tmp_path / ".cc-switch" / "config.json"
    config.write_text(json.dumps({"claude": {"current": "mine", "providers": known}}))
    (candidate,) = found_keys.look({"HOME": str(tmp_path)}).candidates
    assert candidate.source == "~/.cc-switch/config.json (Mine)"
    assert candidate.finding.provider == "relay"
    assert dict(candidate.finding.scope) == {"address": "https://relay.example"}
    config.write_text(json.dumps({"providers": known}))  # of the oldest versions
    assert found_keys.look({"HOME": str(tmp_path)}).candidates == (candidate,)
    config.write_text("{")
    inventory = found_keys.look({"HOME": str(tmp_path)})
    assert inventory.candidates == ()
    (remark,) = inventory.remarks
    assert both(remark)[0] == "~/.cc-switch/config.json cannot be read: it is not valid JSON"


@pytest.mark.parametrize(
    "name", [".codex/auth.json", ".claude/settings.json", ".cc-switch/config.json"]
)
@pytest.mark.parametrize("beyond", [0, 1, 2, 500_000])
def test_a_file_that_is_too_large_is_not_called_broken(
    tmp_path: Path, name: str, beyond: int
) -> None:
    path = tmp_path / name
    path.parent.mkdir()
    settings = {"env": {"DEEPSEEK_API_KEY": "sk-" + "0123456789abcdef" * 2}}
    known = {"providers": {"mine": {"name": "Mine", "settingsConfig": settings}}}
    whole = {**settings, **known, "OPENAI_API_KEY": "sk-proj-" + "Ab3" * 40, "rest": ""}
    rest = " " * (recognise.LONGEST + beyond - len(json.dumps(whole)))
    path.write_text(json.dumps({**whole, "rest": rest}))
    inventory = found_keys.look({"HOME": str(tmp_path)})
    assert bool(inventory.candidates) == (not beyond)
    told = [both(remark) for remark in inventory.remarks if "cannot be read" in both(remark)[0]]
    too_large = (
        f"~/{name} cannot be read: it is larger than 1 MB",
        f"无法读取 ~/{name}：文件超过 1 MB",
    )
    assert told == ([too_large] if beyond else [])


def test_the_access_token_of_codex(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "CODEX_ACCESS_TOKEN": PERSONAL}
    assert offered(environ) == [("CODEX_ACCESS_TOKEN", "chatgpt", "")]
    told = {"auth_mode": "personalAccessToken", "personal_access_token": PERSONAL}
    (candidate,) = found_keys.look(codex(tmp_path, json.dumps(told))).candidates
    assert (candidate.source, candidate.finding.note) == ("~/.codex/auth.json", None)
    assert candidate.finding.credential.secret == PERSONAL


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ('model = "x"\ncli_auth_credentials_store = "keyring"\n', True),
        ("cli_auth_credentials_store='auto'", True),
        ('model = "x"', True),
        (None, True),
        ('cli_auth_credentials_store = "file"', False),
    ],
)
def test_a_sign_in_in_the_keychain_is_said(tmp_path: Path, config: str | None, says: bool) -> None:
    environ = {"HOME": str(tmp_path)}
    assert found_keys.look(environ) == found_keys.Inventory()
    (tmp_path / ".codex").mkdir()
    if config is not None:
        (tmp_path / ".codex/config.toml").write_text(config, encoding="utf-8")
    said = [both(words)[0] for words in found_keys.look(environ).remarks]
    assert ["tankful add codex" in each for each in said] == [True] * says
    (tmp_path / ".codex/auth.json").write_text("{}", encoding="utf-8")
    assert found_keys.look(environ).remarks == ()


def test_only_variables_that_exist_are_looked_at() -> None:
    assert "CHATGPT_API_KEY" not in found_keys.variables()
    assert all(name.isupper() for name in found_keys.variables())


@settings(database=None, deadline=None, max_examples=scaled(100))
@given(
    st.text(max_size=60),
    st.dictionaries(
        st.sampled_from(["env", "tokens"]),
        st.integers()
        | st.dictionaries(
            st.sampled_from([*found_keys.BESIDE_AN_ADDRESS, "ANTHROPIC_BASE_URL"]),
            st.text(max_size=20) | st.none(),
        ),
    ),
)
def test_whatever_lies_there_is_read(
    tmp_path_factory: pytest.TempPathFactory, text: str, document: object
) -> None:
    home = tmp_path_factory.mktemp("home")
    for folder, name in (
        (".codex", "auth.json"),
        (".codex", "config.toml"),
        (".claude", "settings.json"),
    ):
        (home / folder).mkdir(exist_ok=True)
        content = json.dumps(document) if name.endswith("json") else text
        (home / folder / name).write_text(content, encoding="utf-8", errors="replace")
    assert found_keys.look({"HOME": str(home)}).candidates == ()
