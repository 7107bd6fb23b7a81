"""简体中文 for help, and for what click says: our English paragraphs and click's message templates.

A paragraph is found by its English words, whatever its line breaks. Chinese lines are broken here:
click counts characters, of which a Chinese one takes two columns of a terminal.
"""

from __future__ import annotations

import re
import textwrap
from typing import Iterable, Mapping, Optional, Tuple

import click

HELP: Mapping[str, str] = {
    # commands: the first paragraph also stands in the list of them
    "What is left of every API account you pay for.": "查看所有付费 API 账号的剩余额度。",
    "Without a verb, the list. Accounts are named by id or by an unambiguous label.": (
        "不带命令时显示列表。账号可用 ID 或不重复的名称指定。"
    ),
    "Add an account of PROVIDER.": "添加 PROVIDER（服务商）的账号。",
    "The credential is asked for at a hidden prompt, or read from standard input to its end. It is checked live before it is stored; with --region auto the provider's own regional hosts are asked. Without PROVIDER it is recognised. Of several a terminal asks which one; --all takes all.": (
        "凭证在提示后输入（不显示），或从标准输入读到结尾；在线验证后才保存。\n"
        "--region auto 会依次查询该服务商自己的各地区主机。\n"
        "不指定 PROVIDER 时自动识别。\n"
        "有多个凭证时在终端询问选哪一个；--all 全部添加。"
    ),
    "Show all settings, one of them, or set NAME to VALUE.": (
        "显示全部设置或其中一项，或把 NAME 设为 VALUE。"
    ),
    "Report versions, places, states and timings; no secret, label or amount is in it.": (
        "输出诊断报告：版本、路径、状态和耗时；不含密钥、名称和金额。"
    ),
    "Trade the session of ACCOUNT, or of all that have one, for a new access token now.": (
        "立即用 ACCOUNT（默认为全部账号）的会话换取新的访问令牌。"
    ),
    "Show where to find the credential of PROVIDER, or of all.": (
        "说明 PROVIDER（默认为全部服务商）的凭证在哪里获取。"
    ),
    "Markdown when the output is no terminal.": "输出目标不是终端时，格式为 Markdown。",
    "Add keys that lie in environment variables, Codex's sign-in or Claude Code's settings.": (
        "添加本机已有的密钥：环境变量、Codex 登录信息和 Claude Code 设置。"
    ),
    "Each is shown by where it lies and what it is, never itself, and asked for. The files of other programs are only read.": (
        "逐个询问，只显示位置和类型，不显示密钥本身。\n其他程序的文件只读取，不改动。"
    ),
    "Show what is left of every account.": "显示所有账号的剩余额度。",
    "What is known is shown at once, and a refresh is started behind it when it is due; with nothing known yet, or with --wait, the refresh is waited for.": (
        "立即显示已有数据，到了刷新时间则在后台刷新；\n尚无数据或加上 --wait 时，等待刷新完成。"
    ),
    "Move ACCOUNT up or down, pin or unpin it, hide or show it.": (
        "把 ACCOUNT 上移、下移、置顶、取消置顶、隐藏或重新显示。"
    ),
    "Ask the providers of all accounts, or of the named ACCOUNTs, whatever the age of their numbers.": (
        "查询全部账号或指定的 ACCOUNT，不论数据新旧。"
    ),
    "Only who told us to wait is not asked. Exits 1 only when every account that was asked failed.": (
        "只跳过服务商要求等待的账号。仅当所查账号全部失败时，退出码为 1。"
    ),
    "Remove ACCOUNT, its secret in the keychain and what is cached of it.": (
        "移除 ACCOUNT，包括钥匙串中的密钥和缓存的数据。"
    ),
    "Call ACCOUNT by another LABEL.": "把 ACCOUNT 改名为 LABEL。",
    "Give ACCOUNT a new credential.": "为 ACCOUNT 更换凭证。",
    "It is asked for at a hidden prompt, or read from standard input to its end, and checked live. A failed check changes nothing.": (
        "凭证在提示后输入（不显示），或从标准输入读到结尾，并在线验证；\n验证失败则不作更改。"
    ),
    "Print Alfred's Script Filter JSON. Always succeeds.": (
        "输出 Alfred Script Filter 的 JSON；总是成功。"
    ),
    "Show everything that is known of ACCOUNT.": "显示 ACCOUNT 的全部数据。",
    "Say what is left of all accounts, or of the named ACCOUNTs, in a line each.": (
        "逐行显示全部账号或指定 ACCOUNT 的剩余额度。"
    ),
    "Ask for a credential in a hidden dialog, check it, and store it.": (
        "弹出对话框输入凭证（不显示），验证后保存。"
    ),
    # options
    "What to call the account.": "账号名称。",
    "intl, cn or auto.": "intl（国际）、cn（中国）或 auto（自动）。",
    "Where the key belongs.": "密钥所属地区（国际或中国）。",
    "If the new one belongs elsewhere.": "新凭证所属地区（若与原来不同）。",
    "A team, project or workspace.": "团队、项目或工作区。",
    "Take every credential in what is pasted.": "添加粘贴内容中的全部凭证。",
    "Store it without asking the provider.": "不向服务商验证，直接保存。",
    "Copy it instead of printing it.": "复制到剪贴板，不输出。",
    "Write a page and print where it lies.": "生成网页并输出其路径。",
    "Only say what there is.": "仅列出，不添加。",
    "Only say what there is, for a program.": "仅列出，供程序读取。",
    "Take all of them without asking.": "全部添加，不询问。",
    "The machine-readable answer.": "输出供程序读取的 JSON。",
    "Wait for a refresh that is due.": "到了刷新时间则等待刷新完成。",
    "All accounts, as without a name.": "全部账号，与不指定名称相同。",
    "Only accounts whose numbers are old.": "仅查询到了刷新时间的账号。",
    "Ask also where a provider said to wait.": "服务商要求等待的账号也查询。",
    "One line for all accounts.": "所有账号合为一行。",
    "Do not ask.": "不询问。",
    "Hide labels, e-mails and amounts of money.": "隐藏名称、邮箱和金额。",
    "Whose credential it is.": "凭证所属的服务商。",
    "The account that gets it.": "要更换凭证的账号。",
    "clipboard, or ask for it.": "clipboard 表示读取剪贴板；默认询问。",
    "Show the version and exit.": "显示版本。",
    "Show this message and exit.": "显示此帮助。",
}

MESSAGES: Mapping[str, str] = {
    "Options": "选项",
    "Commands": "命令",
    "Positional arguments": "参数",
    "default: {default}": "默认：{default}",
    "Usage:": "用法：",
    "Try '{command} {option}' for help.": "查看帮助：{command} {option}",
    "Error: {message}": "错误：{message}",
    "Error: {e.message}": "错误：{e.message}",
    "Error: invalid input": "错误：请输入 y 或 n",
    "Error: The value you entered was invalid.": "错误：输入的值无效",
    "Aborted!": "已取消",
    "Missing argument": "缺少参数",
    "No such command {name!r}.": "没有命令 {name!r}",
    "No such option: {name}": "没有选项 {name}",
    "No such option {name!r}.": "没有选项 {name!r}",
    "Did you mean {possibility}?": "（是不是 {possibility}？）",
    "(Possible options: {possibilities})": "（相近的选项：{possibilities}）",
    "(Did you mean one of: {possibilities}?)": "（是不是其中之一：{possibilities}？）",
    "Got unexpected extra argument ({args})": "多余的参数：{args}",
    "Got unexpected extra arguments ({args})": "多余的参数：{args}",
    "Option {name!r} requires an argument.": "选项 {name!r} 需要一个值",
    "Option {name!r} does not take a value.": "选项 {name!r} 不接受值",
    "Invalid value for {param_hint}: {message}": "{param_hint} 的值无效：{message}",
    "Choose from:\n\t{choices}": "可选：\n\t{choices}",
    "{value!r} is not one of {choices}.": "{value!r} 不在 {choices} 之中",
}
_PLACEHOLDERS = {"OPTIONS": "选项", "COMMAND": "命令", "ARGS": "参数"}  # those that click names


def of(english: str) -> str:
    """A help text in Chinese; a paragraph that has none stays."""
    paragraphs = (" ".join(paragraph.split()) for paragraph in english.split("\n\n"))
    return "\n\n".join(HELP.get(paragraph, paragraph) for paragraph in paragraphs)


def short(english: str) -> str:
    """What the list of commands says of one."""
    return of(english).partition("\n")[0]


class Formatter(click.HelpFormatter):
    """Writes Chinese where click brings English."""

    def write_usage(self, prog: str, args: str = "", prefix: Optional[str] = None) -> None:
        told = re.sub("[A-Z]+", lambda word: _PLACEHOLDERS.get(word[0], word[0]), args)
        super().write_usage(prog, told, MESSAGES["Usage:"])

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{heading}：\n")

    def write_text(self, text: str) -> None:
        room = self.width - self.current_indent
        for line in of(text).splitlines():
            for part in textwrap.wrap(line, room) if line.isascii() and line else [line]:
                self.write(f"{'':>{self.current_indent}}{part}".rstrip() + "\n")

    def write_dl(
        self, rows: Iterable[Tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        super().write_dl([(name, _explained(told)) for name, told in rows], col_max, col_spacing)


def _explained(told: str) -> str:
    """What an option does; click may have added more in brackets."""
    text, gap, more = told.partition("  [")
    return of(text) + gap + more
