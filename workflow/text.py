"""Numbers and names as people read them, in English and 简体中文."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Mapping, Optional

from .models import Phrase

BAR = 10  # cells
_SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£"}
_CONTROLS = {code: " " if code in b"\t\n\r" else None for code in (*range(32), *range(127, 160))}
_MAGNITUDES = ((Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 4, "k"))

LABELS: Mapping[str, str] = {
    "5 hours": "5 小时",
    "Daily": "每日",
    "Weekly": "每周",
    "Monthly": "每月",
    "30 days": "30 天",
    "Plan": "套餐",
    "Key": "密钥",
    "Pay-as-you-go": "按量付费",
    "MCP tools": "MCP 工具",
    "Video": "视频",
    "Video weekly": "视频每周",
    "Image": "图像",
    "Code review": "代码审查",
    "Deep research": "深度研究",
    "Agent": "代理模式",
    "Images": "图像生成",
    "File uploads": "文件上传",
    "Paste to file": "粘贴转文件",
    "Free resets": "免费重置",
    "Credits": "积分",
    "Credit limit": "积分上限",
    "Spend limit": "支出上限",
    "Tokens": "Token",
    "Requests": "请求",
    "Limit": "限额",
    "Speech": "语音",
    "Transcription": "语音转写",
    "Tokens 24 h": "24 小时 Token",
    "Calls 24 h": "24 小时调用",
    "Web search 24 h": "24 小时搜索",
    "Messages": "消息",
}
SHORT: Mapping[str, Phrase] = {
    "5 hours": Phrase("5h", "5小时"),
    "Weekly": Phrase("Week", "本周"),
    "Daily": Phrase("Day", "今日"),
    "Monthly": Phrase("Month", "本月"),
    "30 days": Phrase("30d", "30天"),
    "MCP tools": Phrase("MCP", "MCP"),
}
UNITS: Mapping[str, Phrase] = {
    "credits": Phrase("credits", "积分"),
    "requests": Phrase("requests", "次请求"),
    "tokens": Phrase("tokens", "token"),
    "messages": Phrase("messages", "条消息"),
    "uses": Phrase("uses", "次"),
    "resets": Phrase("resets", "次重置"),
    "images": Phrase("images", "张图片"),
    "seconds": Phrase("seconds", "秒"),
    "characters": Phrase("characters", "字符"),
}


def plain(foreign: str) -> str:
    """Somebody else's text without control characters, which would end a line or be taken for ours."""
    return foreign.translate(_CONTROLS)


def say(phrase: Optional[Phrase], language: str) -> str:
    """A phrase in one language; "" for none."""
    if phrase is None:
        return ""
    return plain(phrase.zh if language == "zh" else phrase.en)


def label(name: str, language: str) -> str:
    """A quota's label; an unknown one stays as the provider called it."""
    name = plain(name)
    if language != "zh":
        return name
    return " · ".join(LABELS.get(part, part) for part in name.split(" · "))


def short_label(name: str, language: str) -> str:
    """A quota's label where room is scarce: "Week", "Spark 5h"."""
    lane, _, window = plain(name).rpartition(" · ")
    short = say(SHORT[window], language) if window in SHORT else label(window, language)
    return f"{label(lane, language)} {short}" if lane else short


def unit(name: str, language: str) -> str:
    """A unit that is neither a currency nor a percentage."""
    return say(UNITS[name], language) if name in UNITS else plain(name)


def share(percent: Decimal) -> str:
    """A share between 0 and 100: "<1%" and ">99%" never round to none or all."""
    clamped = min(max(percent, Decimal(0)), Decimal(100))
    if 0 < clamped < 1:
        return "<1%"
    if 99 < clamped < 100:
        return ">99%"
    return f"{clamped.quantize(Decimal(1), ROUND_HALF_UP)}%"


def bar(percent: Decimal) -> str:
    """A share as ten cells: an empty bar means nothing, a full one all."""
    cells = int((min(max(percent, Decimal(0)), Decimal(100)) / BAR).quantize(1, ROUND_HALF_UP))
    cells = min(max(cells, 1 if percent > 0 else 0), BAR if percent >= 100 else BAR - 1)
    return "▰" * cells + "▱" * (BAR - cells)


def money(amount: Decimal, currency: str) -> str:
    """An amount in its currency: "¥42.18", "-$1.35", "12.00 CHF"."""
    sign = "-" if amount < 0 else ""
    size = abs(amount)
    if 0 < size < Decimal("0.01"):
        said = "<0.01"
        return f"{sign}{_SYMBOLS.get(currency, '')}{said}{_after(currency)}"
    said = f"{size.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"
    return f"{sign}{_SYMBOLS.get(currency, '')}{said}{_after(currency)}"


def _after(currency: str) -> str:
    return "" if currency in _SYMBOLS else f" {currency}"


def is_currency(name: str) -> bool:
    """Whether a unit is an ISO 4217 code."""
    return len(name) == 3 and name.isascii() and name.isupper()


def count(number: Decimal) -> str:
    """A count: "1,792", "72.4k", "91.25M"."""
    for magnitude, letter in _MAGNITUDES:
        if abs(number) >= magnitude:
            divisor = magnitude if letter != "k" else Decimal(1000)
            places = Decimal("0.01") if letter != "k" else Decimal("0.1")
            return f"{_trimmed((number / divisor).quantize(places, ROUND_DOWN))}{letter}"
    return f"{_trimmed(number.quantize(Decimal('0.01'), ROUND_HALF_UP)):,}"


def _trimmed(number: Decimal) -> Decimal:
    return number.quantize(Decimal(1)) if number == number.to_integral() else number.normalize()


def amount(number: Decimal, unit_name: str, language: str) -> str:
    """A number with its unit: "¥42.18", "639 credits", "27%"."""
    if unit_name == "%":
        return share(number)
    if is_currency(unit_name):
        return money(number, unit_name)
    return f"{count(number)} {unit(unit_name, language)}"
