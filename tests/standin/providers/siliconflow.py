"""SiliconFlow: an account at each site."""

from __future__ import annotations

from ..keys import Key
from ..message import Reply
from ..plain import Plain


def _told(gift: str, paid: str, total: str) -> dict[str, object]:
    person = {"id": "synthetic", "name": "n", "email": "n@example.com", "status": "normal"}
    money = {"balance": gift, "chargeBalance": paid, "totalBalance": total}
    return {"code": 20000, "message": "OK", "status": True, "data": {**person, **money}}


SERVER = Plain(
    keys=(
        Key(
            "siliconflow-cn",
            "sk-synthetic" + "abcdefghijklmnopqrstuvwxyz" + "abcdefghijklm",
            "siliconflow",
            "cn",
            "¥88.88, of which ¥0.88 is a gift",
        ),
        Key(
            "siliconflow-intl",
            "sk-synthetic" + "abcdefghijklmnopqrstuvwxyz" + "nopqrstuvwxyz",
            "siliconflow",
            "intl",
            "$3.12",
        ),
    ),
    pages={
        "api.siliconflow.cn/v1/user/info": {"siliconflow-cn": _told("0.88", "88.00", "88.88")},
        "api.siliconflow.com/v1/user/info": {"siliconflow-intl": _told("1.00", "2.12", "3.12")},
    },
    refused=Reply(401, '"Invalid token"'),
)
