"""The words of the credential guide, in both languages; guide.py puts them into their forms.

Three marks are used inside a sentence: ``**strong**``, `` `code` `` and ``<https://…>``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

from ..models import Phrase

SHOW = "fetch('/api/auth/session').then(r => r.json()).then(data => console.log(data))"
COPY = "copy(JSON.stringify(await (await fetch('/api/auth/session')).json()))"


@dataclass(frozen=True)
class Step:
    """One thing to do, and the command that does it, if there is one."""

    text: Phrase
    code: str = ""


@dataclass(frozen=True)
class Passage:
    """One section of the guide, in the order it is read: paragraphs, steps, points."""

    anchor: str
    heading: Phrase
    paragraphs: Tuple[Phrase, ...] = ()
    steps: Tuple[Step, ...] = ()
    points: Tuple[Phrase, ...] = ()
    provider: str = ""  # the only one it is about
    level: int = 2  # of its heading; the guide itself has 1


@dataclass(frozen=True)
class Section:
    """A passage in one language."""

    anchor: str
    heading: str
    level: int = 2
    paragraphs: Tuple[str, ...] = ()
    steps: Tuple[Tuple[str, str], ...] = ()  # what to do, its command or ""
    points: Tuple[str, ...] = ()
    provider: str = ""


TITLE = Phrase("Where to find the credentials", "凭证获取指南")
ONE_TITLE = Phrase("{}: where to find the credential", "{}：如何获取凭证")
INTRO = Phrase(
    "All providers but one need nothing more than an API key. **ChatGPT (Subscription)** needs a part of your login in the browser, and most of this guide is about that.",
    "除一家以外，各服务都只需要 API Key。**ChatGPT (Subscription)** 需要浏览器中的登录凭证，本指南的大部分篇幅都在讲它。",
)
NEEDS = Phrase("What each provider needs", "各服务需要什么凭证")
STEP_BY_STEP = Phrase("Step by step", "获取步骤")
NEED = Phrase("**{}**: {}", "**{}**：{}")
NEEDED = Phrase("Needed: {}.", "需要：{}。")
ADDING = Phrase(
    "To add an account, choose **Add account…** in the launcher, or run `tankful add{}` in a shell. Quotes, spaces, line breaks, `Bearer` or `export X=` around a credential do no harm.",
    "添加账号：在启动器中选择**添加账号…**，或在终端运行 `tankful add{}`。凭证前后多余的引号、空格、换行、`Bearer` 或 `export X=` 不影响识别。",
)
SCOPE = Phrase("Optional, `--scope {}=…`: {}.", "可选，`--scope {}=…`：{}。")
PAGE = Phrase("{} ({})", "{}（{}）")
OR = Phrase(" or ", "或 ")
REGIONS = {
    "intl": Phrase("international", "国际站"),
    "cn": Phrase("China", "中国站"),
}

REGION = Passage(
    "regions",
    Phrase("International or China", "国际站与中国站"),
    (
        Phrase(
            "Some providers, such as MiniMax, GLM and KIMI, run two sites. A key works only at the site that made it, although keys of both look alike. Adding an account with the region `auto` (the default) asks the provider's own two sites once and keeps the one that answers; from then on the key goes to that site and to no other. `--region intl` or `--region cn` asks that one site only.",
            "MiniMax、GLM、KIMI 等服务分国际站与中国站。两站的 Key 外形相同，但只能在创建它的站点使用。添加账号时地区默认为 `auto`：向该服务自己的两个站点各查询一次，记住能用的那个，此后 Key 只发往这个站点。`--region intl` 或 `--region cn` 则只查询指定的站点。",
        ),
    ),
)
SCOPES = Passage(
    "scopes",
    Phrase("Teams, projects, workspaces", "团队、项目与工作区"),
    (
        Phrase(
            "A key or login that sees several of them can be narrowed to one, with `--scope NAME=VALUE` when the account is added; the option may be given more than once. For example:",
            "如果一个 Key 或登录可以看到多个团队、项目或工作区，可在添加账号时用 `--scope 名称=值` 限定为其中一个；此选项可多次使用。例如：",
        ),
    ),
    points=(
        Phrase(
            "GLM, team plan of bigmodel.cn: `--scope organization=org-… --scope project=proj_…`",
            "GLM（bigmodel.cn 团队套餐）：`--scope organization=org-… --scope project=proj_…`",
        ),
        Phrase(
            "OpenAI API and Tavily, one project: `--scope project=…`; OpenAI API, one of several organizations: `--scope organization=org-…`",
            "OpenAI API 与 Tavily 的单个项目：`--scope project=…`；OpenAI API 有多个组织时：`--scope organization=org-…`",
        ),
        Phrase(
            "ChatGPT, a Team or Business workspace beside the personal one: `--scope workspace=…`, the account ID of that workspace",
            "ChatGPT 在个人账号之外的 Team / Business 工作区：`--scope workspace=…`，填该工作区的账号 ID",
        ),
    ),
)
WHY_NOT = Passage(
    "chatgpt-why",
    Phrase(
        "Why an `sk-…` key does not open ChatGPT (Subscription)",
        "为什么 ChatGPT (Subscription) 不能用 `sk-…`",
    ),
    (
        Phrase(
            "OpenAI sells two things that know nothing of each other. **ChatGPT (Subscription)** asks the ChatGPT website what is left of your plan (Free, Go, Plus, Pro, Team …): windows, message allowances, renewal. The website knows you by your login, so the credential is a part of that login: an `accessToken` or the session cookie. An `sk-…` key belongs to the API platform with its own bill, and the website does not accept it.",
            "OpenAI 的两种产品互不相通。**ChatGPT (Subscription)** 向 ChatGPT 网页版查询你的订阅（Free、Go、Plus、Pro、Team 等）还剩多少：用量窗口、消息额度、续订状态。网页版只认登录态，所以凭证取自登录态：`accessToken` 或会话 Cookie。`sk-…` 是 OpenAI API 平台的 Key，账单另计，网页版不接受。",
        ),
        Phrase(
            "To see what the API costs, add the key as **OpenAI API (Token)**. OpenAI shows spend to Admin keys (`sk-admin-…`) only.",
            "想看 API 的花费和 token 用量，请把 Key 添加为 **OpenAI API (Token)**。OpenAI 只向 Admin key（`sk-admin-…`）提供花费数据。",
        ),
    ),
    provider="chatgpt",
)
METHOD_A = Passage(
    "chatgpt-console",
    Phrase(
        "ChatGPT, method A: the console (recommended)",
        "ChatGPT 方法 A：浏览器控制台（推荐）",
    ),
    (
        Phrase(
            "The quickest way. You must be logged in to ChatGPT in this browser.",
            "最快捷的方法。前提：已在此浏览器登录 ChatGPT。",
        ),
    ),
    (
        Step(Phrase("Open <https://chatgpt.com>.", "打开 <https://chatgpt.com>。")),
        Step(
            Phrase(
                "Open the developer tools at the **Console** tab: ⌥⌘J in Chrome and Edge, ⌥⌘K in Firefox, ⌥⌘C in Safari (once, in Safari's settings under Advanced, switch on “Show features for web developers”); F12 where there is no ⌘ key.",
                "打开开发者工具（DevTools）并切到 **Console（控制台）**：Chrome、Edge 按 ⌥⌘J，Firefox 按 ⌥⌘K，Safari 按 ⌥⌘C（需先在 Safari 设置的“高级”中勾选“显示网页开发者功能”）；其他系统按 F12。",
            )
        ),
        Step(
            Phrase(
                "Paste this command and press ↩. It puts the whole answer on the clipboard and prints nothing (`undefined` is fine). Chrome and Firefox may want you to type `allow pasting` first.",
                "粘贴下面的命令并按 ↩。它把完整结果放进剪贴板，不打印内容（显示 `undefined` 是正常的）。Chrome 和 Firefox 首次粘贴时可能要求先输入 `allow pasting`。",
            ),
            COPY,
        ),
        Step(
            Phrase(
                "If nothing was copied, print the answer instead, find `accessToken` in it and copy its value. Browsers shorten long strings on the screen: right-click the value and choose to copy the string or the object.",
                "如果没有复制成功，可改为打印结果，在其中找到 `accessToken` 并复制它的值。浏览器会截断显示过长的字符串：请在值上点右键，选择复制字符串或对象。",
            ),
            SHOW,
        ),
        Step(
            Phrase(
                "Add the account as **ChatGPT (Subscription)** and paste. The value of `accessToken`, the whole answer as JSON, and what the console printed are all understood.",
                "添加账号时选择 **ChatGPT (Subscription)** 并粘贴。`accessToken` 的值、完整的 JSON、控制台打印的内容都能识别。",
            )
        ),
    ),
    (
        Phrase(
            "The same answer is shown, without any tools, by <https://chatgpt.com/api/auth/session> in a tab of that browser: select all, copy.",
            "不想用开发者工具时，在同一浏览器打开 <https://chatgpt.com/api/auth/session>，会显示同样的内容：全选并复制即可。",
        ),
        Phrase(
            "With a Team or Business workspace beside the personal account, select it on the page first: the answer then carries its account ID (`account.id`). For a bare token or cookie give it yourself, `--scope workspace=…`.",
            "除个人账号外还有 Team / Business 工作区时，先在页面上切换到该工作区：结果会带上它的账号 ID（`account.id`）。如果只粘贴令牌或 Cookie，可用 `--scope workspace=…` 指定。",
        ),
        Phrase(
            "An `accessToken` expires after hours or days; the row says when. Then do method A again, or use method B once.",
            "`accessToken` 会过期（几小时到几天，列表中会显示时间）。过期后重新执行方法 A，或改用方法 B 一劳永逸。",
        ),
    ),
    provider="chatgpt",
)
METHOD_B = Passage(
    "chatgpt-cookie",
    Phrase("ChatGPT, method B: the session cookie", "ChatGPT 方法 B：会话 Cookie"),
    (
        Phrase(
            "The session lives for weeks, and Tankful exchanges it for a new access token by itself whenever one runs out. The cookie is hidden from the console, so it is copied by hand.",
            "会话通常能用数周，访问令牌到期时 Tankful 会自动用它换取新的 accessToken。控制台读不到这个 Cookie，需要手动复制。",
        ),
    ),
    (
        Step(
            Phrase(
                "Open <https://chatgpt.com>, logged in, and the developer tools (⌥⌘I).",
                "登录后打开 <https://chatgpt.com> 和开发者工具（⌥⌘I）。",
            )
        ),
        Step(
            Phrase(
                "Go to **Application** (Chrome, Edge) or **Storage** (Firefox, Safari) → **Cookies** → `https://chatgpt.com`.",
                "进入 **Application**（Chrome、Edge）或 **Storage**（Firefox、Safari）→ **Cookies** → `https://chatgpt.com`。",
            )
        ),
        Step(
            Phrase(
                "Copy the value of `__Secure-next-auth.session-token`. Where it comes in two or more parts, `….session-token.0` and `….session-token.1`, copy all of them, each with its name, in any order. The name may change with time.",
                "复制 `__Secure-next-auth.session-token` 的值。如果它被拆成 `….session-token.0`、`….session-token.1` 等多段，请连同名称全部复制，顺序不限。名称可能随版本变化。",
            )
        ),
        Step(
            Phrase(
                "Add the account as **ChatGPT (Subscription)** and paste. For several lines choose **From the clipboard…**.",
                "添加账号时选择 **ChatGPT (Subscription)** 并粘贴。多行内容请选**从剪贴板读取…**。",
            )
        ),
    ),
    (
        Phrase(
            "Also understood: `__Secure-next-auth.session-token=…` with its name; the bare value (the usual names are tried); the whole `Cookie` header of a request to chatgpt.com; **Copy as cURL** (bash or cmd) from the Network tab; a JSON or Netscape cookie export.",
            "同样可以识别：带名称的 `__Secure-next-auth.session-token=…`；仅有值（按常见名称逐一尝试）；任一 chatgpt.com 请求的完整 `Cookie` 头；Network（网络）面板的 **Copy as cURL**（bash 或 cmd）；JSON 或 Netscape 格式的 Cookie 导出。",
        ),
        Phrase(
            "The cookie is more sensitive than the token: whoever has it is logged in as you. Use it on this Mac only.",
            "Cookie 比 accessToken 更敏感：拿到它就等于登录了你的账号。请只在本机使用。",
        ),
    ),
    provider="chatgpt",
)
EXPIRY = Passage(
    "chatgpt-expiry",
    Phrase("When a ChatGPT token or session ends", "ChatGPT 凭证过期后怎么办"),
    points=(
        Phrase(
            "**Token only**: do method A again and replace the credential (in Alfred ⌃↩ on the account; ⌘⌥↩ shows the steps).",
            "**只有 accessToken**：重新执行方法 A，再更换凭证（在 Alfred 的账号行按 ⌃↩；按 ⌘⌥↩ 可查看步骤）。",
        ),
        Phrase(
            "**Session**: nothing to do. Tankful exchanges it before the token ends and once when it is refused; ⌘⌥↩ in Alfred, or `tankful exchange ACCOUNT`, does so now.",
            "**会话 Cookie**：无需操作。令牌到期前或被拒绝时，Tankful 会自动重新换取；也可在 Alfred 中按 ⌘⌥↩，或运行 `tankful exchange 账号` 立即换取。",
        ),
        Phrase(
            "**Session ended** (logged out, password changed, too long unused): log in at <https://chatgpt.com> again, repeat method B and replace the credential. The last numbers stay in the list with their age.",
            "**会话已失效**（退出登录、修改密码或长期未使用）：重新登录 <https://chatgpt.com>，再次执行方法 B 并更换凭证。列表会保留最后一次的数据并标明时间。",
        ),
    ),
    provider="chatgpt",
)
QUESTIONS = Passage(
    "chatgpt-questions", Phrase("Questions about ChatGPT", "ChatGPT 常见问题"), provider="chatgpt"
)
NO_TOKEN = Passage(
    "chatgpt-no-token",
    Phrase("“There is no `accessToken`”", "“找不到 `accessToken`”"),
    (
        Phrase(
            "Run the command of method A. When its answer is `{}` or has no `accessToken`, one of these is true:",
            "先执行方法 A 的命令。如果结果是 `{}` 或其中没有 `accessToken`，通常是以下原因之一：",
        ),
    ),
    points=(
        Phrase(
            "you are not logged in to ChatGPT in this browser or profile;",
            "当前浏览器（或此用户配置）没有登录 ChatGPT；",
        ),
        Phrase("the login has expired;", "登录态已失效；"),
        Phrase(
            "something blocks the request: a privacy extension, a company policy.",
            "请求被拦截：隐私插件、企业策略等。",
        ),
        Phrase(
            "**What helps**: reload the page, log in again, run the command again; then try without extensions, or use method B.",
            "**解决方法**：刷新页面并重新登录，再执行一次命令；仍然不行就停用插件，或改用方法 B。",
        ),
    ),
    provider="chatgpt",
    level=3,
)
NO_NUMBERS = Passage(
    "chatgpt-no-numbers",
    Phrase("“Connected, but no numbers”", "“能连通但看不到额度数字”"),
    (
        Phrase(
            "ChatGPT's web pages are no public, stable API: fields come, go and are renamed. Tankful reads what is there: the subscription and its renewal, usage windows, message and feature allowances, credits or tokens. When only the subscription is shown, ChatGPT told no number for this plan, or gave it a new name. Tankful then says so and never makes a number up; an update may learn the new name.",
            "ChatGPT 网页版接口不是稳定的公开 API，字段会增减或改名。Tankful 会尽量读取：订阅状态与续订、用量窗口、消息与功能额度、积分或 token 类额度。如果只显示订阅状态，说明 ChatGPT 没有返回该套餐的具体数值，或字段已改名。此时 Tankful 会如实说明，绝不编造数字；更新版本后可能恢复。",
        ),
    ),
    provider="chatgpt",
    level=3,
)
SK_REFUSED = Passage(
    "chatgpt-sk",
    Phrase("“My `sk-…` key is refused”", "“填 `sk-…` 报错”"),
    (
        Phrase(
            "As it should be: `sk-…` is an OpenAI API key, not a ChatGPT login. Add it as **OpenAI API (Token)**; for spend it has to be an Admin key.",
            "这是正常现象：`sk-…` 是 OpenAI API Key，不是 ChatGPT 登录凭证。请改用 **OpenAI API (Token)** 添加；查看花费需要 Admin key。",
        ),
    ),
    provider="chatgpt",
    level=3,
)
SAFETY = Passage(
    "safety",
    Phrase("Keeping it safe", "安全建议"),
    points=(
        Phrase(
            "Give a credential to nobody, a session cookie least of all, and use the cookie only on your own Mac.",
            "不要把凭证发给任何人，尤其是会话 Cookie；Cookie 只在自己的 Mac 上使用。",
        ),
        Phrase(
            "Never commit a credential to a git repository.",
            "不要把凭证提交到 git 仓库。",
        ),
        Phrase(
            "Leaked, or perhaps? Delete the key on the provider's page; for ChatGPT log out (best of all devices) and in again, which ends the old session.",
            "怀疑泄露时：在服务的页面删除该 Key；ChatGPT 请退出登录（最好退出所有设备）再重新登录，使旧会话失效。",
        ),
        Phrase(
            "Tankful keeps credentials in the Keychain of macOS (elsewhere in the system's secret store), never in its files, and sends them to the account's own provider only, over HTTPS. What it reads from the clipboard it clears there.",
            "Tankful 把凭证保存在 macOS 钥匙串（其他系统为系统密钥存储），不写入文件；只通过 HTTPS 发给该账号所属的服务。从剪贴板读取的凭证，用后即清除。",
        ),
    ),
)
CHANGES = Passage(
    "changes",
    Phrase("When pages change", "关于变更"),
    (
        Phrase(
            "Providers move their pages and menus, and ChatGPT changes its web interface. When a step no longer fits, update Tankful: the guide and the reading are updated together.",
            "各服务的页面和菜单会调整，ChatGPT 的网页接口也可能变化。如果步骤与实际不符，请更新 Tankful：本指南与解析逻辑会一同更新。",
        ),
    ),
)
PASSAGES: Tuple[Passage, ...] = (
    WHY_NOT,
    METHOD_A,
    METHOD_B,
    EXPIRY,
    QUESTIONS,
    NO_TOKEN,
    NO_NUMBERS,
    SK_REFUSED,
    REGION,
    SCOPES,
    SAFETY,
    CHANGES,
)
