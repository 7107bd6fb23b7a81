"""Every sentence of the launcher's own lists, prompts, dialogs and notifications, in both languages.

A row has a title ``name`` and a subtitle ``name_how``; ``{…}`` is filled in with ``say``.
"""

from __future__ import annotations

from ..models import Phrase
from .catalog import say as _say

WORDS = {
    # the rows of several lists
    "back": Phrase("Back to the list", "返回列表"),
    "back_how": Phrase("↩ Show all accounts", "↩ 显示全部账号"),
    "gone": Phrase("This account is no longer there", "此账号已不存在"),
    "gone_how": Phrase("It was removed meanwhile · ↩ Back to the list", "它已被移除 · ↩ 返回列表"),
    "unknown": Phrase("Tankful does not know “{}”", "Tankful 不认识“{}”"),
    "unknown_how": Phrase(
        "Another version of the workflow may have asked for it · ↩ Back to the list",
        "可能来自其他版本的 workflow · ↩ 返回列表",
    ),
    "add": Phrase("Add account…", "添加账号…"),
    "add_how": Phrase(
        "↩ Choose one of {} providers, or take what is on the clipboard",
        "↩ 选择 {} 家服务之一，或读取剪贴板",
    ),
    # details
    "fact_how": Phrase("{} · ↩ Copy this value", "{} · ↩ 复制此值"),
    "dashboard_how": Phrase("↩ Open {} · ⌘Y Quick Look", "↩ 打开 {} · ⌘Y 快速查看"),
    "no_dashboard_how": Phrase(
        "This Tankful does not know the provider; update Tankful",
        "当前版本不认识此服务；请更新 Tankful",
    ),
    "fact_copy": Phrase("⌥↩ Copy this value", "⌥↩ 复制此值"),
    "fact_manage": Phrase("⌃↩ Manage {}", "⌃↩ 管理 {}"),
    # manage
    "details": Phrase("Details", "详情"),
    "details_how": Phrase("↩ Every number of {}", "↩ {} 的全部数据"),
    "rename": Phrase("Rename…", "改名…"),
    "rename_how": Phrase("Now “{}” · ↩ Type another name", "当前名称“{}” · ↩ 输入新名称"),
    "rename_prompt": Phrase("New name for {}", "{} 的新名称"),
    "rename_hint": Phrase("↩ Rename", "↩ 改名"),
    "replace": Phrase("Replace the credential…", "更换凭证…"),
    "replace_how": Phrase(
        "The old one stays until the new one is checked and stored",
        "新凭证验证并保存之前，旧凭证不变",
    ),
    "exchange": Phrase("Re-exchange the session", "重新换取令牌"),
    "exchange_how": Phrase(
        "↩ Trade the session for a new access token", "↩ 用会话换取新的访问令牌"
    ),
    "account_region": Phrase("Region: {}", "地区：{}"),
    "account_region_how": Phrase(
        "↩ Choose the region that the key belongs to", "↩ 选择密钥所属的地区"
    ),
    "scope": Phrase("{}: {}", "{}：{}"),
    "scope_how": Phrase("↩ Type another value; empty removes it", "↩ 输入新值；留空则清除"),
    "scope_none": Phrase("not set", "未设置"),
    "scope_hint": Phrase("↩ Keep it; empty means none", "↩ 保存；留空表示不设置"),
    "threshold": Phrase("Low threshold: {}", "低额阈值：{}"),
    "threshold_how": Phrase(
        "↩ Below how many percent left, or what balance, {} counts as low",
        "↩ {} 的剩余百分比或余额低于多少视为不足",
    ),
    "threshold_as_set": Phrase("as in the settings ({} %)", "同全局设置（{}%）"),
    "threshold_prompt": Phrase(
        "Low below … (percent left, or an amount of the balance)",
        "低于…视为不足（剩余百分比或余额）",
    ),
    "threshold_hint": Phrase("A number; empty: as in the settings", "输入数字；留空则同全局设置"),
    "up": Phrase("Move up", "上移"),
    "down": Phrase("Move down", "下移"),
    "move_how": Phrase("↩ One place in the list", "↩ 在列表中移动一位"),
    "move_urgency_how": Phrase(
        "The list is sorted by urgency now; this counts when it is sorted by hand",
        "列表当前按紧急程度排序；改为手动排序后生效",
    ),
    "pin": Phrase("Pin to the top", "置顶"),
    "pin_how": Phrase("↩ Above all others, whatever the order", "↩ 无论如何排序都在最前"),
    "unpin": Phrase("Unpin", "取消置顶"),
    "unpin_how": Phrase("↩ Back to its place", "↩ 回到原来的位置"),
    "hide": Phrase("Hide", "隐藏"),
    "hide_how": Phrase(
        "↩ Leave it out of the list; “{}” shows it again", "↩ 不在列表中显示；可在“{}”中恢复"
    ),
    "show": Phrase("Show in the list again", "重新显示在列表中"),
    "show_how": Phrase("↩ It is hidden now", "↩ 当前已隐藏"),
    "dashboard": Phrase("Open the dashboard", "打开用量页面"),
    "remove": Phrase("Remove…", "移除…"),
    "remove_how": Phrase(
        "↩ Asks first; the secret leaves the keychain too", "↩ 会先确认；钥匙串中的密钥一并删除"
    ),
    "remove_title": Phrase("Remove {}?", "移除 {}？"),
    "remove_text": Phrase(
        "Its credential is deleted from the keychain. The key itself stays valid at the provider.",
        "其凭证会从钥匙串中删除。密钥本身在服务商处仍然有效。",
    ),
    "remove_yes": Phrase("Remove", "移除"),
    "cancel": Phrase("Cancel", "取消"),
    # replace a credential
    "open_keys": Phrase("Open the page where the key is made", "打开创建密钥的页面"),
    "open_keys_how": Phrase("↩ {} · ⌘Y Steps", "↩ {} · ⌘Y 查看步骤"),
    "paste_new": Phrase("Paste the new credential…", "粘贴新凭证…"),
    "paste_how": Phrase(
        "↩ A hidden dialog takes {}; it is checked before it is stored",
        "↩ 粘贴到对话框（不显示）：{}；验证后才保存",
    ),
    "clipboard": Phrase("From the clipboard…", "从剪贴板读取…"),
    "clipboard_how": Phrase(
        "Key, cookie, JSON, cURL · ↩ Read it once, show what it is, ask before anything is sent",
        "密钥、Cookie、JSON、cURL 均可 · ↩ 读取一次，显示识别结果，发送前确认",
    ),
    # ChatGPT
    "console": Phrase(
        "A · Copy the console command, open chatgpt.com", "A · 复制控制台命令并打开 chatgpt.com"
    ),
    "console_how": Phrase(
        "Logged in there: run it in the browser's console, come back, “From the clipboard”",
        "登录后在浏览器控制台运行，再回到这里选择“从剪贴板读取”",
    ),
    "token": Phrase("A · Paste the access token…", "A · 粘贴 accessToken…"),
    "cookie": Phrase("B · Paste the session cookie…", "B · 粘贴会话 Cookie…"),
    "cookie_how": Phrase(
        "Stays alive by itself · DevTools → Application → Cookies → __Secure-next-auth.session-token",
        "可自动续期 · 开发者工具 → Application → Cookies → __Secure-next-auth.session-token",
    ),
    "steps": Phrase("Show the steps", "查看步骤"),
    "steps_how": Phrase("↩ Open the guide · ⌘Y Quick Look", "↩ 打开指南 · ⌘Y 快速查看"),
    "steps_here": Phrase("Show the steps in this list", "在列表中查看步骤"),
    "step_how": Phrase("↩ Open {} · ⌘Y the guide", "↩ 打开 {} · ⌘Y 查看指南"),
    # add
    "provider_how": Phrase("{} · ↩ Go on", "{} · ↩ 继续"),
    "provider_keys": Phrase("⌘↩ Open {}", "⌘↩ 打开 {}"),
    "provider_keys_cn": Phrase("⌥↩ Open {} (China)", "⌥↩ 打开 {}（中国）"),
    "import": Phrase("Import keys found on this machine…", "导入本机已有的密钥…"),
    "import_how": Phrase(
        "↩ Looks for them only now; shows what there is before anything is stored",
        "↩ 此时才查找；保存前先显示结果",
    ),
    "candidate": Phrase("{} · from {}", "{} · 来自 {}"),
    "candidate_how": Phrase(
        "{} · ↩ Check it at the provider and add it", "{} · ↩ 向服务商验证并添加"
    ),
    "no_candidate": Phrase("No key was found on this machine", "本机未发现可用的密钥"),
    "no_candidate_how": Phrase(
        "Looked at the variables of the {} providers and at Codex's sign-in · ↩ Back to the list",
        "已检查 {} 家服务的环境变量和 Codex 登录信息 · ↩ 返回列表",
    ),
    "label_prompt": Phrase("Name of the new {} account", "新 {} 账号的名称"),
    "label_hint": Phrase(
        "Such as Work · ↩ Go on; empty: “{}”", "例如“工作” · ↩ 继续；留空则为“{}”"
    ),
    "region_auto": Phrase("Find the region out", "自动识别地区"),
    "region_auto_how": Phrase(
        "↩ The key is shown once to {}'s own hosts of each region, and from then on to one",
        "↩ 密钥会在 {} 自己的各地区主机各验证一次，此后只用其中一个",
    ),
    "region": Phrase("{}", "{}"),
    "region_how": Phrase("↩ {} only", "↩ 仅 {}"),
    "region_now": Phrase("{} (now)", "{}（当前）"),
    # settings and the rest of the second keyword
    "refresh_all": Phrase("Refresh all accounts", "刷新全部账号"),
    "refresh_all_how": Phrase("↩ Refresh every account now", "↩ 立即刷新所有账号"),
    "summary": Phrase("Summary", "摘要"),
    "summary_how": Phrase("↩ Preview it, then copy it", "↩ 预览后复制"),
    "summary_private": Phrase("Private summary", "隐私摘要"),
    "summary_private_how": Phrase(
        "↩ Preview it without names, e-mails and amounts of money, then copy it",
        "↩ 预览不含名称、邮箱和金额的摘要，然后复制",
    ),
    "copy_all": Phrase("Copy the summary of all accounts", "复制全部账号的摘要"),
    "copy_private": Phrase(
        "Copy the summary without names, e-mails and amounts", "复制不含名称、邮箱和金额的摘要"
    ),
    "copy_all_how": Phrase("↩ Copy exactly these {} lines", "↩ 复制下面的 {} 行"),
    "line_how": Phrase("↩ Copy this line", "↩ 复制此行"),
    "hidden": Phrase("Show {} again", "重新显示 {}"),
    "hidden_how": Phrase("Hidden from the list · ↩ Show it", "已从列表中隐藏 · ↩ 显示"),
    "configure": Phrase("Workflow Configuration…", "Workflow 配置…"),
    "configure_how": Phrase(
        "↩ Keyword, language, refresh interval, low threshold …",
        "↩ 关键字、语言、刷新间隔、低额阈值等",
    ),
    "diagnostics": Phrase("Diagnostics", "诊断"),
    "diagnostics_how": Phrase(
        "↩ Copy a report without secrets, labels or amounts", "↩ 复制不含密钥、名称和金额的报告"
    ),
    "guide": Phrase("Credential guide", "凭证获取指南"),
    "guide_how": Phrase(
        "↩ What each provider needs, and where it is found", "↩ 各服务需要什么、在哪里获取"
    ),
    "guide_all": Phrase("The whole guide", "完整指南"),
    "setting": Phrase("{}: {}", "{}：{}"),
    "setting_how": Phrase("↩ Change to {}", "↩ 改为“{}”"),
    "nothing": Phrase("No account yet", "还没有账号"),
    # the settings and their values
    "set_language": Phrase("Language", "语言"),
    "set_show": Phrase("Show", "显示"),
    "best": Phrase("Work here now: {}", "现在用：{}"),
    "best_then": Phrase("then {}", "其次 {}"),
    "set_privacy": Phrase("Privacy (names and money hidden)", "隐私（隐藏名称与金额）"),
    "set_clock": Phrase("Clock", "时钟"),
    "set_order": Phrase("Order of the list", "列表顺序"),
    "set_best": Phrase("First row says where to work now", "首行显示现在用哪个"),
    "set_summary": Phrase("Summary as", "摘要格式"),
    "value_auto": Phrase("as the system", "跟随系统"),
    "value_en": Phrase("English", "English"),
    "value_zh": Phrase("简体中文", "简体中文"),
    "value_left": Phrase("what is left", "剩余"),
    "value_used": Phrase("what is used", "已用"),
    "value_0": Phrase("off", "关"),
    "value_1": Phrase("on", "开"),
    "value_12": Phrase("12 hours", "12 小时制"),
    "value_24": Phrase("24 hours", "24 小时制"),
    "value_hand": Phrase("by hand", "手动"),
    "value_urgency": Phrase("by urgency", "按紧急程度"),
    "value_text": Phrase("text", "纯文本"),
    "value_markdown": Phrase("Markdown", "Markdown"),
    # what ↩ does on an error row
    "remedy_replace": Phrase("↩ Replace the credential", "↩ 更换凭证"),
    "remedy_ask": Phrase("↩ Refresh now", "↩ 立即刷新"),
    "remedy_token": Phrase("↩ Copy a new token (method A)", "↩ 获取新令牌（方法 A）"),
    "remedy_details": Phrase("↩ Details", "↩ 详情"),
    "remedy_refresh": Phrase("↩ Try again now", "↩ 立即重试"),
    "remedy_unlock": Phrase("↩ Ask the keychain again", "↩ 再次访问钥匙串"),
    "remedy_open": Phrase("↩ Open the provider's page", "↩ 打开服务商页面"),
    "remedy_diagnostics": Phrase("↩ Copy a diagnostic report", "↩ 复制诊断报告"),
    "held": Phrase(
        "⌘↩ Not now: it asked to be left alone, next try in {} ({})",
        "⌘↩ 暂不查询：服务商要求稍后再试，{}后（{}）可重试",
    ),
    # notifications
    "copied": Phrase("Copied: {}", "已复制：{}"),
    "nothing_to_copy": Phrase(
        "There was nothing to copy; the clipboard is as it was", "没有可复制的内容；剪贴板未变"
    ),
    "command_copied": Phrase(
        "The command is copied. Run it in the console of chatgpt.com, then: Add account → ChatGPT → From the clipboard",
        "命令已复制。请在 chatgpt.com 的控制台运行，然后：添加账号 → ChatGPT → 从剪贴板读取",
    ),
    "report_copied": Phrase(
        "The report is copied. It holds no secret, label or amount.",
        "诊断报告已复制，不含密钥、名称和金额。",
    ),
    "waits": Phrase("{} asked to be left alone until {}", "{} 要求等到 {} 再查询"),
    "wait": Phrase(
        "{} accounts asked to be left alone until {}: {}", "{} 个账号要求等到 {} 再查询：{}"
    ),
    "left_out": Phrase(
        "time ran out before asking {}; the next refresh asks again",
        "时间已到，尚未查询 {}；下次刷新会继续",
    ),
    "some_failed": Phrase("{} of {} accounts failed: {}", "{1} 个账号中有 {0} 个失败：{2}"),
    "renamed": Phrase("{} is now called {}", "{} 已改名为 {}"),
    "same_name": Phrase(
        "A name needs at least one character; {} keeps its name", "名称至少需要一个字符；{} 未改名"
    ),
    "removed": Phrase("Removed {}", "已移除 {}"),
    "removed_but": Phrase(
        "{} is removed, but the keychain kept its secret; unlock it: it goes when the next account is added or removed",
        "{} 已移除，但钥匙串未能删除其密钥；请解锁，下次添加或移除账号时会自动清理",
    ),
    "exchanged": Phrase("{}: a new token{}", "{}：已换取新令牌{}"),
    "good_until": Phrase(", which expires {}", "，{}过期"),
    "is_low_at": Phrase(
        "{} counts as low below {} (percent left, or the balance), and always at {} % left or less",
        "{} 低于 {}（剩余百分比或余额）时视为不足；剩余 {}% 及以下始终视为不足",
    ),
    "is_low_as_set": Phrase(
        "{} counts as low at {} % left or less, as in the settings",
        "{} 剩余 {}% 及以下视为不足，同全局设置",
    ),
    "not_a_number": Phrase(
        "“{}” is not a number above zero; nothing was changed", "“{}”不是正数；未作更改"
    ),
    "is_hidden": Phrase("{} is hidden; “{}:” shows it again", "{} 已隐藏；可在“{}:”中恢复"),
    "added": Phrase("Added {}", "已添加 {}"),
    "cancelled": Phrase("Nothing was added", "未添加账号"),
    "replaced": Phrase("New credential for {}", "已更换凭证：{}"),
    # the dialogs that take a credential
    "ask_title": Phrase("Tankful · {}", "Tankful · {}"),
    "ask": Phrase("Paste {} of {}.\nIt is made at {}", "请粘贴 {1} 的凭证：{0}\n获取页面：{2}"),
    "ask_why": Phrase("{}\n\n{}", "{}\n\n{}"),
    "ask_which": Phrase("Which provider?", "哪一家服务？"),
    "ask_may_be": Phrase(
        "This key may belong to several providers, and is sent to none to find out. Which one is it?",
        "此密钥可能属于多家服务，不会逐个发送试探。它属于哪一家？",
    ),
    "ask_several": Phrase(
        "Several credentials are in it; none has been sent yet. Which one is to be added?",
        "其中有多个凭证，尚未发送任何一个。要添加哪一个？",
    ),
    "take_all": Phrase("All of them ({})", "全部添加（{} 个）"),
    "go_on": Phrase("Check and Save", "验证并保存"),
    "use_clipboard": Phrase("Use the Clipboard", "使用剪贴板"),
    "seen": Phrase(
        "On the clipboard: {}{} ({} characters).\nNothing has been sent yet. It will be checked at {}.",
        "剪贴板内容：{}{}（{} 个字符）。\n尚未发送。将发送给 {} 验证。",
    ),
    "seen_label": Phrase("Name of the account:", "账号名称："),
    "try_again": Phrase("Try again", "重试"),
    "type_again": Phrase("Type again", "重新输入"),
    "save_anyway": Phrase("Save anyway, without a check", "不验证，直接保存"),
    "add_as": Phrase("Add it as {}", "作为 {} 添加"),
    "choose": Phrase("Choose", "选择"),
}


def say(name: str, language: str, *parts: object) -> str:
    """The sentence of this name, with its parts filled in."""
    return _say(WORDS[name], language).format(*parts)
