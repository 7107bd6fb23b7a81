"""Every sentence of the product that is not an error, in both languages, by name.

``{…}`` is filled in with ``say``. An entry without either language cannot be written: Phrase takes both.
"""

from __future__ import annotations

from ..models import Phrase
from .catalog import plain
from .catalog import say as _say

WORDS = {
    "left": Phrase("{} left", "剩余 {}"),
    "used": Phrase("{} used", "已用 {}"),
    "unlimited": Phrase("∞ unlimited", "∞ 不限"),
    "no_number": Phrase("no number is exposed", "未提供具体数值"),
    "nothing_yet": Phrase("no numbers yet", "暂无数据"),
    "has_reset": Phrase("has reset", "已重置"),
    "never_asked": Phrase("not asked yet", "尚未查询"),
    "age_unknown": Phrase("age unknown", "更新时间未知"),
    "cash": Phrase("cash {} + voucher {}", "现金 {} + 代金券 {}"),
    "voucher": Phrase("voucher {}", "代金券 {}"),
    "below_alert": Phrase("below the alert that you set there", "低于你设置的提醒额度"),
    "state": Phrase("State", "状态"),
    "cause_blocked": Phrase("blocked: {}", "无法使用：{}"),
    "cause_spent": Phrase("{} is used up", "{}额度已用完"),
    "cause_nearly": Phrase("{} is nearly used up", "{}额度即将用完"),
    "cause_low": Phrase("{} is low (≤ {})", "{}额度不足（≤ {}）"),
    "brief_spent": Phrase("used up", "已用完"),
    "brief_nearly": Phrase("nearly used up", "即将用完"),
    "brief_low": Phrase("low (≤ {1})", "额度不足（≤ {1}）"),
    "cause_threshold": Phrase("{} is below your {}", "{}低于你设置的 {}"),
    "cause_reserve": Phrase("{} is used up, now on {}", "{}额度已用完，现使用{}"),
    "cause_empty": Phrase("the balance is used up", "余额已用完"),
    "cause_owed": Phrase("money is owed", "已欠费"),
    "cause_untold": Phrase("no limit is told", "未提供上限"),
    "cause_uncounted": Phrase("what is used is not told", "未提供用量"),
    "lifts": Phrase("lifted in {} ({})", "{}后恢复（{}）"),
    "part": Phrase("{0} of {1}", "占{1} {0}"),
    "the_balance": Phrase("the balance", "余额"),
    "this_month": Phrase("{} this month", "本月 {}"),
    "today": Phrase("today {}", "今日 {}"),
    "days": Phrase("{1} days {0}", "近 {1} 天 {0}"),
    "resets": Phrase("resets in {} ({})", "{}后重置（{}）"),
    "token_expires": Phrase("token expires in {} ({})", "令牌{}后（{}）过期"),
    "token_expired": Phrase("token has expired", "令牌已过期"),
    "session_expires": Phrase("session expires in {} ({})", "会话{}后（{}）过期"),
    "session_expired": Phrase("session has expired", "会话已过期"),
    "kind_no_credential": Phrase("no credential", "没有凭证"),
    "kind_credential_rejected": Phrase("credential refused", "凭证被拒绝"),
    "kind_credential_expired": Phrase("credential expired", "凭证已过期"),
    "kind_wrong_credential": Phrase("wrong kind of credential", "凭证类型不符"),
    "kind_not_available": Phrase("no plan", "没有套餐"),
    "kind_rate_limited": Phrase("asked too often", "请求过于频繁"),
    "kind_blocked": Phrase("blocked on the way", "被网络拦截"),
    "kind_unreachable": Phrase("no connection", "无法连接"),
    "kind_provider_failed": Phrase("the provider fails", "服务端出错"),
    "kind_unexpected_response": Phrase("answer not understood", "回应无法识别"),
    "kind_store_locked": Phrase("keychain locked", "钥匙串已锁定"),
    "retry": Phrase("next try in {} ({})", "{}后重试（{}）"),
    "retry_now": Phrase("next try now", "现在重试"),
    "add_first": Phrase("Add your first account", "添加第一个账号"),
    "add_first_how": Phrase(
        "{count} providers: {names} · in a shell: tankful add",
        "支持 {count} 家服务：{names} · 终端：tankful add",
    ),
    "list_between": Phrase(", ", "、"),
    "damaged": Phrase(
        "accounts.json was damaged and is kept aside", "accounts.json 已损坏，原文件已另存"
    ),
    "damaged_how": Phrase(
        "↩ Show {} in Finder: mend it and rename it to accounts.json, or add the accounts again",
        "↩ 在访达中显示 {}：修复后改名为 accounts.json，或重新添加账号",
    ),
    "detour": Phrase("Everything goes to {}", "所有请求都发往 {}"),
    "detour_how": Phrase(
        "A stand-in for tests, not the providers: TANKFUL_LOOPBACK is set; unset it for real use",
        "这是测试用的替身，而非服务商：已设置 TANKFUL_LOOPBACK；正常使用时请取消设置",
    ),
    "asks_nobody": Phrase("Tankful asks nobody", "Tankful 未查询任何服务商"),
    "failure": Phrase("Problem", "问题"),
    "balance": Phrase("Balance", "余额"),
    "spend": Phrase("Spend", "花费"),
    "plan": Phrase("Subscription", "订阅"),
    "notice": Phrase("Notice", "提示"),
    "used_of": Phrase("{} of {} used", "已用 {}/{}"),
    "window": Phrase("window {}", "窗口 {}"),
    "source": Phrase("Source", "来源"),
    "region": Phrase("Region", "地区"),
    "region_intl": Phrase("International", "国际"),
    "region_cn": Phrase("China", "中国"),
    "credential": Phrase("Credential", "凭证"),
    "credential_api_key": Phrase("API key", "API 密钥"),
    "credential_access_token": Phrase("access token", "访问令牌"),
    "credential_session": Phrase("session cookie", "会话 Cookie"),
    "fetched": Phrase("Fetched", "获取时间"),
    "endpoint": Phrase("Endpoint", "接口"),
    "id": Phrase("Account id", "账号 ID"),
    "failed_at": Phrase("Failed", "失败时间"),
    "next_try": Phrase("Next try", "下次尝试"),
    "untold": Phrase("Not told by the provider", "服务商未提供"),
    "no_limit": Phrase("limit", "上限"),
    "no_reset": Phrase("reset", "重置时间"),
    "and": Phrase(" and ", "和"),
    "mod_refresh": Phrase("⌘↩ Refresh {} now", "⌘↩ 立即刷新 {}"),
    "mod_copy": Phrase("⌥↩ Copy this account's summary", "⌥↩ 复制此账号的摘要"),
    "mod_manage": Phrase(
        "⌃↩ Manage: rename, replace the credential, remove", "⌃↩ 管理：改名、更换凭证、移除"
    ),
    "mod_exchange": Phrase("⌘⌥↩ Re-exchange the session for a new token", "⌘⌥↩ 用会话重新换取令牌"),
    "mod_no_exchange": Phrase(
        "⌘⌥↩ Nothing to exchange: that is for ChatGPT", "⌘⌥↩ 无需换取令牌（仅适用于 ChatGPT）"
    ),
    "mod_token": Phrase(
        "⌘⌥↩ Show how to copy a new token (method A)", "⌘⌥↩ 查看如何复制新令牌（方法 A）"
    ),
}


def say(name: str, language: str, *parts: object, **named: object) -> str:
    """The sentence of this name, with its parts filled in."""
    return _say(WORDS[name], language).format(*parts, **named)


def name_of(kind: str, word: str, language: str) -> str:
    """What a word of ours is called; itself where only another version of Tankful knows it."""
    name = f"{kind}_{word}"
    return say(name, language) if name in WORDS else plain(word)
