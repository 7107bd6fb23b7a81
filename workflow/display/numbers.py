"""Numbers and names as people read them, in English and 简体中文."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Mapping, Optional

from ..i18n import catalog
from ..models import Phrase

BAR = 10  # cells
EMAIL = re.compile(r"[^\s@·/]+@[\d.]*[^\s@·/\d.][^\s@·/]*")  # not the version of "python@3.13"
_SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£"}
_APART = re.compile("(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])")  # a space between two 字
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
    "Image": "图像",
    "Code review": "代码审查",
    "Deep research": "深度研究",
    "Deep research (standard)": "深度研究（标准）",
    "Agent": "代理模式",
    "Images": "图像生成",
    "File uploads": "文件上传",
    "Paste to file": "粘贴转文件",
    "Free resets": "免费重置",
    "Extra usage": "额外用量",
    "Credits": "积分",
    "Credit limit": "积分上限",
    "Shared limit": "共享上限",
    "Group": "群组",
    "Workspace": "工作区",
    "Role": "角色",
    "Spend limit": "花费上限",
    "Tokens": "Token",
    "Requests": "请求",
    "Limit": "限额",
    "Speech": "语音",
    "Transcription": "语音转写",
    "Web search": "网页搜索",
    "File search": "文件搜索",
    "Code interpreter": "代码解释器",
    "Vector stores": "向量存储",
    "Moderation": "内容审核",
    "Tokens 24 h": "24 小时 Token",
    "Calls 24 h": "24 小时调用",
    "Web search 24 h": "24 小时搜索",
    "Web reader 24 h": "24 小时网页读取",
    "Zread 24 h": "24 小时 Zread",
    "Messages": "消息",
    "Other": "其他",
}
_LENGTHS = {
    "second": "秒",
    "minute": "分钟",
    "hour": "小时",
    "day": "天",
    "week": "周",
    "month": "个月",
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
    "calls": Phrase("calls", "次调用"),
    "sessions": Phrase("sessions", "次会话"),
    "bytes": Phrase("bytes", "字节"),
}


def isolated(name: str) -> str:
    """A name that leaves its surroundings as they are, also one that is read from right to left."""
    if any(unicodedata.bidirectional(letter) in ("R", "AL", "AN") for letter in name):
        return f"\u2068{name}\u2069"
    return name


def escaped(value: str) -> str:
    """A text that is nothing but text in Markdown."""
    return "".join(f"\\{c}" if c in "\\`*_[]<>#|" else c for c in value)


def label(name: str, language: str) -> str:
    """A quota's label; an unknown one stays as the provider called it."""
    name = catalog.plain(name)
    if language != "zh":
        return name
    return " · ".join(map(_chinese, name.split(" · ")))


def _chinese(name: str) -> str:
    """A part of a label: a name we know, the length of a window, the week of something, the second of two."""
    if name in LABELS:
        return LABELS[name]
    head, _, last = name.rpartition(" ")
    if last.isdecimal() and head:
        return f"{_chinese(head)} {last}"
    if head.isdecimal() and last.rstrip("s") in _LENGTHS:
        return f"{head} {_LENGTHS[last.rstrip('s')]}"
    if head and last == "weekly":
        return f"{LABELS[head]}每周" if head in LABELS else f"{head} 每周"
    return name


def short_label(name: str, language: str) -> str:
    """A quota's label where room is scarce: "Week", "Spark 5h"."""
    lane, _, window = catalog.plain(name).rpartition(" · ")
    short = catalog.say(SHORT[window], language) if window in SHORT else label(window, language)
    return f"{label(lane, language)} {short}" if lane else short


def allowance(name: str, language: str) -> str:
    """A quota's label inside a sentence, which in Chinese calls it an allowance (额度) itself."""
    short = short_label(name, language)
    if language != "zh":
        return short
    return _APART.sub("", short).removesuffix("上限").removesuffix("限额")


def unit(name: str, language: str, number: Optional[Decimal] = None) -> str:
    """A unit that is neither a currency nor a percentage; in the singular of exactly one."""
    if name not in UNITS:
        return catalog.plain(name)
    said = catalog.say(UNITS[name], language)
    return said[:-1] if number == 1 and language != "zh" else said


def share(percent: Decimal, rounding: str = ROUND_HALF_UP) -> str:
    """A share between 0 and 100: "<1%" and ">99%" never round to none or all."""
    clamped = min(max(percent, Decimal(0)), Decimal(100))
    if 0 < clamped < 1:
        return "<1%"
    if 99 < clamped < 100:
        return ">99%"
    return f"{clamped.quantize(Decimal(1), rounding)}%"


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
    return f"{count(number)} {unit(unit_name, language, number)}"


def exactly(number: Decimal, unit_name: str, language: str) -> str:
    """A number with its unit and every digit: "4,213,456 tokens"."""
    if unit_name == "%" or is_currency(unit_name):
        return amount(number, unit_name, language)
    return f"{digits(number)} {unit(unit_name, language, number)}"


def digits(number: Decimal) -> str:
    """Every digit of a count: "4,213,456"."""
    return f"{_trimmed(number):,f}"
