"""What is said when a text holds no credential that fits: why, whose it is, and what to do next. No
sentence has any part of what was pasted.
"""

from __future__ import annotations

from typing import Optional, Tuple

from ..errors import Words
from ..models import Phrase
from ..pasted import cleaning
from ..provider import discovery as providers
from ..provider.contract import Provider
from . import other_services, owners

SHARED = Phrase(
    "keys of DeepSeek, SiliconFlow and others look the same; Tankful does not cover those",
    "DeepSeek、SiliconFlow 等的密钥格式相同；Tankful 不支持它们",
)
EXPIRED = Phrase(
    "this access token has already expired; copy a fresh one",
    "此 accessToken 已过期；请重新复制",
)
READ_ONLY = Phrase(
    "a token of Codex: Tankful only reads it and never renews it; when it ends, import it again",
    "Codex 的 token：Tankful 只读取、不会续期；过期后请重新导入",
)
TOO_LONG: Words = (
    "this is more than 1 MB; copy only the credential",
    "内容超过 1 MB；请只复制凭证本身",
)
EMPTY: Words = (
    "nothing was pasted; copy the credential and try again",
    "没有粘贴任何内容；请复制凭证后重试",
)
NOTHING: Words = (
    "no credential that Tankful knows is in it; choose the provider and paste its key: tankful add PROVIDER",
    "没有找到可识别的凭证；请选择服务并粘贴其密钥：tankful add 服务名",
)
SHORTENED: Words = (
    "what was copied is shortened or masked (…); copy the whole value: in a browser's console right-click the object → Copy object, or run copy(…) around the value; a masked key has to be made anew",
    "复制的内容被截断或遮盖（…）；请复制完整的值：在浏览器控制台右键对象 → 复制对象，或用 copy(…)；被遮盖的密钥需要新建",
)
BROKEN: Words = (
    "the credential is incomplete, or has a space or a foreign character inside; copy it again, whole",
    "凭证不完整，或中间有空格、异常字符；请重新完整复制",
)


_ODD: Tuple[Tuple[str, str, str], ...] = (
    ("\t", "a tab", "制表符"),
    ("\xa0\u202f", "a no-break space", "不换行空格"),
    ("\u3000", "a full-width space", "全角空格"),
    (cleaning.HYPHENS, "a typographic hyphen", "排版用连字符"),
)


def odd(character: str) -> Words:
    """Say that a character has no place in a key."""
    en, zh = next(((e, z) for among, e, z in _ODD if character in among), ("", ""))
    if not en and character.isspace():
        en, zh = "an unusual space", "特殊空格"
    elif not en and 0xFF00 < ord(character) < 0xFF5F:
        en, zh = "a full-width character", "全角字符"
    elif not en:
        is_letter = character.isalpha()
        en, zh = (
            ("a foreign letter", "非英文字母") if is_letter else ("a foreign character", "异常字符")
        )
    code = f"U+{ord(character):04X}"
    return (
        f"there is {en} ({code}) inside the credential; copy it again, or take that character out",
        f"凭证中间有{zh}（{code}）；请重新复制，或去掉该字符",
    )


def beside(host: str) -> Words:
    """Say that what was pasted is no credential of the service whose address stands beside it."""
    about, _ = owners.whose(host)
    if not about:
        return other_services.said_beside(host)
    name = providers.about(about).name
    return (
        f"this stands beside {host}, which is {name}'s, but is no credential of it; nothing was sent; if it belongs elsewhere, paste it alone",
        f"它与 {host}（{name}）写在一起，但不是该服务的凭证；未发送任何请求；若属于其他服务，请单独粘贴",
    )


def stray(
    provider: str, what: Phrase, lacks: Optional[Phrase], wanted: Provider, *, sure: bool
) -> Words:
    """Say that a credential belongs to another provider, and how it is added there.

    Args:
        provider: the id of the one it belongs to.
        what: which credential it is. lacks: what one of that form cannot do.
        sure: its form is nobody else's.
    """
    about = providers.about(provider)
    en, zh = (
        f"a credential of {about.name}: {what.en}",
        f"{about.name} 的凭证：{what.zh}",
    )
    if about.called:
        en, zh = about.called
    add_en = add_zh = f"tankful add {about.id}"
    if lacks:
        add_en, add_zh = f"{add_en} ({lacks.en})", f"{add_zh}（{lacks.zh}）"
    is_en, is_zh = ("this is", "这是") if sure else ("this looks like", "这像是")
    return (
        f"{is_en} {en}; add it as {about.name}: {add_en}; {wanted.name} needs: {wanted.needs.en}",
        f"{is_zh} {zh}；请添加为 {about.name}：{add_zh}；{wanted.name} 需要：{wanted.needs.zh}",
    )


def malformed(wanted: Provider) -> Words:
    """Say that nothing has a form of the wanted provider."""
    sure = [shape for shape in wanted.shapes if shape.sure]
    forms = dict.fromkeys(shape.what for shape in sure or wanted.shapes)
    page = wanted.keys_page("")
    return (
        f"this is not well-formed for {wanted.name}, which needs: {wanted.needs.en} (known: {', '.join(form.en for form in forms)}); copy it at {page}",
        f"这不是 {wanted.name} 的有效格式；需要：{wanted.needs.zh}（已知：{'、'.join(form.zh for form in forms)}）；请到 {page} 复制",
    )
