from __future__ import annotations

from decimal import Decimal

from tests.providers.contract import Case, ProviderContract, answer
from workflow.models import Account, Balance, Credential, Quota, Usage

SELF = "GET aihubmix.com/api/user/self"
KEY = "GET aihubmix.com/dashboard/billing/remain"
API_KEY = Credential("api_key", "sk-5e7e0000canary00000000000000000000000000000000abc")


UNLIMITED = Usage((Quota("Key", "USD", None, None, None, unlimited=True),))


def left(amount: str) -> Usage:
    return Usage(balances=(Balance(Decimal(amount), "USD"),))


class TestAIHubMix(ProviderContract):
    provider = "aihubmix"
    account = Account("a1", "aihubmix", "Work")
    credential = Credential("api_key", "fd5e7e0000canary0123456789abcdef")
    main = SELF
    sends = ("Authorization: {key}", "Authorization: Bearer {key}")
    cases = (
        Case("the account", {SELF: "aihubmix/user_self.json"}, left("10")),
        Case("every field of a gateway", {SELF: "aihubmix/user_self_full.json"}, left("10")),
        Case("a wrong token", {SELF: answer(401, {"message": "Unauthorized"})}, "credential_rejected"),
        Case(
            "a wrong token in HTTP 200",
            {SELF: answer(200, {"success": False, "message": "the account is locked"})},
            "credential_rejected: the account is locked",
        ),
        Case("no amount", {SELF: answer(200, {"success": True, "data": {}})}, "unexpected_response"),
        Case("an API key", {KEY: answer(200, {"total_usage": 4.2})}, left("4.2"), credential=API_KEY),
        Case("used up", {KEY: answer(200, {"total_usage": 0})}, left("0"), credential=API_KEY),
        Case("no limit", {KEY: answer(200, {"total_usage": -0.000002})}, UNLIMITED, credential=API_KEY),
        Case("a wrong API key", {KEY: answer(401, {})}, "credential_rejected", credential=API_KEY),
        Case(
            "a wrong API key in HTTP 200",
            {KEY: answer(200, {"error": {"message": "the key was taken away"}})},
            "credential_rejected: the key was taken away",
            credential=API_KEY,
        ),
        Case(
            "a wrong API key, said as a wrong token is",
            {KEY: answer(200, {"success": False})},
            "credential_rejected",
            credential=API_KEY,
        ),
        Case("told nothing", {KEY: answer(200, {"object": "list"})}, "unexpected_response", credential=API_KEY),
    )  # fmt: skip
