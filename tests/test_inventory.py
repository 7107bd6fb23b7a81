from __future__ import annotations

import base64
import json

import pytest

from workflow import inventory

SHARED = "sk-" + "Ab3d" * 12
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
        ("Z_AI_API_KEY", GLM, "glm", "intl"),
        ("ZHIPUAI_API_KEY", GLM, "glm", "cn"),
        ("BIGMODEL_API_KEY", f'"{GLM}"', "glm", "cn"),
        ("TAVILY_API_KEY", "tvly-dev-abcdefgh12345678", "tavily", ""),
        ("OPENAI_ADMIN_KEY", "sk-admin-abcdefgh12345678", "openai", ""),
        ("OPENAI_API_KEY", "sk-proj-abcdefgh12345678", "openai", ""),
        ("OPENAI_API_KEY", SHARED, "openai", ""),
        ("MOONSHOT_API_KEY", SHARED, "kimi", ""),
        ("KIMI_API_KEY", "sk-kimi-abcdefgh12345678", "kimi", "intl"),
    ],
)
def test_a_variable_tells_whose_key_it_holds(
    name: str, secret: str, provider: str, region: str
) -> None:
    (candidate,) = inventory.environment({name: secret, "PATH": "/bin", "HOME": "/"})
    assert candidate.source == name
    assert (candidate.finding.provider, candidate.finding.region) == (provider, region)
    assert candidate.finding.credential.secret == secret.strip('"')
    assert candidate.finding.sure
    assert secret not in repr(candidate)


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        pytest.param({}, [], id="nothing"),
        pytest.param({"TAVILY_API_KEY": ""}, [], id="empty"),
        pytest.param({"TAVILY_API_KEY": "changeme"}, [], id="placeholder"),
        pytest.param({"OPENAI_API_KEY": "sk-or-v1-" + "a1" * 20}, [], id="another vendor"),
        pytest.param({"ANTHROPIC_API_KEY": "sk-ant-api03-abcdefgh"}, [], id="not covered"),
        pytest.param(
            {"OPENAI_API_KEY": SHARED, "OPENAI_BASE_URL": "https://api.deepseek.com/v1"},
            [],
            id="used with another service",
        ),
        pytest.param(
            {"OPENAI_API_KEY": "sk-proj-a1b2c3d4e5", "OPENAI_BASE_URL": "https://proxy.example"},
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
        pytest.param({"ZAI_API_KEY": GLM, "GLM_API_KEY": GLM}, [("glm", "")], id="one key twice"),
    ],
)
def test_what_is_offered(environ: dict[str, str], found: list[tuple[str, str]]) -> None:
    offered = [candidate.finding for candidate in inventory.environment(environ)]
    assert [(finding.provider, finding.region) for finding in offered] == found


def test_the_sign_in_of_codex_is_only_read() -> None:
    (candidate,) = inventory.environment({}, CODEX)
    assert candidate.source == "~/.codex/auth.json"
    finding = candidate.finding
    assert finding.provider == "chatgpt"
    assert (finding.credential.kind, finding.credential.secret) == ("access_token", ACCESS)
    assert finding.scope == {"workspace": WORKSPACE}
    assert finding.note is not None
    assert "never renews" in finding.note.en
    assert "rt_0123" not in repr(candidate)


def test_codex_may_hold_a_key_as_well() -> None:
    both = {**json.loads(CODEX), "OPENAI_API_KEY": SHARED}
    found = inventory.environment({}, json.dumps(both))
    assert [candidate.finding.provider for candidate in found] == ["chatgpt", "openai"]
    alone = inventory.environment({}, json.dumps({"OPENAI_API_KEY": SHARED, "tokens": None}))
    assert [candidate.finding.provider for candidate in alone] == ["openai"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"tokens": 3}', '{"tokens": {}}'])
def test_a_broken_sign_in_offers_nothing(text: str) -> None:
    assert inventory.environment({}, text) == ()
