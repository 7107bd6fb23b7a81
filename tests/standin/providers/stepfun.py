"""StepFun: an account at each site."""

from __future__ import annotations

from ..keys import Key, secret
from ..message import Reply
from ..plain import Plain

SERVER = Plain(
    keys=(
        Key(
            "stepfun-cn",
            secret("", "Cn", 64),
            "stepfun",
            "cn",
            "¥27.31, of which ¥7.31 are vouchers",
        ),
        Key("stepfun-intl", secret("", "Intl", 64), "stepfun", "intl", "$5.50"),
    ),
    pages={
        "api.stepfun.com/v1/accounts": {
            "stepfun-cn": {
                "object": "account",
                "type": "prepaid",
                "balance": 27.31,
                "total_cash_balance": 20.0,
                "total_voucher_balance": 7.31,
            }
        },
        "api.stepfun.ai/v1/accounts": {
            "stepfun-intl": {
                "object": "account",
                "type": "prepaid",
                "balance": 5.5,
                "total_cash_balance": 5.0,
                "total_voucher_balance": 0.5,
            }
        },
    },
    refused=Reply(
        401, {"error": {"message": "Incorrect API key provided", "type": "invalid_api_key"}}
    ),
)
