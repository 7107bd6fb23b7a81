"""The one row that is shown if everything else fails: what is wrong, and what to do.

Python 3.6 must be able to parse this file, see bootstrap.py.
"""

import json
import os


def answer(error: BaseException) -> bytes:
    """Return a valid Script Filter answer that explains an error, without a secret or a traceback."""
    title, subtitle = ("Tankful cannot show the accounts", "Tankful 无法显示账号"), reason(error)
    row = {
        "title": translate(title),
        "subtitle": translate(subtitle),
        "valid": False,
        "icon": {"path": "icons/warning.png"},
    }
    return json.dumps({"items": [row]}, ensure_ascii=False).encode("utf-8", "replace")


def translate(messages: "tuple[str, str]") -> str:
    """Return the one of a pair, English and 简体中文, that is in the user's language."""
    return messages[_is_chinese()]


def missing(package: str) -> "tuple[str, str]":
    """Explain that a package is missing, in an installation or in a checkout."""
    return (
        f"the package {package} is missing; install Tankful again; in a checkout run scripts/demo once (for Raycast and .venv/bin/tankful), or install what scripts/bundle builds (for Alfred)",
        f"缺少组件 {package}；请重新安装 Tankful；若为源码目录，Raycast 与 .venv/bin/tankful 请先运行一次 scripts/demo，Alfred 请安装 scripts/bundle 生成的工作流",
    )


def unplaced(name: str) -> "tuple[str, str]":
    """Explain that a variable names a relative folder."""
    return (
        f"{name} must be a full path, like /Users/you/tankful or ~/tankful; correct it or unset it",
        f"{name} 必须是绝对路径，例如 /Users/you/tankful 或 ~/tankful；请更正或取消设置",
    )


def reason(error: BaseException) -> "tuple[str, str]":
    """Explain an error in one line and what to do about it, in both languages, without a secret."""
    if isinstance(error, ImportError):
        return missing(error.name or "?")
    if type(error).__name__ == "Unplaced":  # by name: the keystroke has its own copy of the class
        return unplaced(str(error))
    pair = getattr(error, "messages", None)  # bootstrap.Unready has them
    if isinstance(pair, tuple) and len(pair) == 2:
        return (str(pair[0]), str(pair[1]))
    if getattr(error, "message", None):
        return _in_both(error.message)  # type: ignore[attr-defined]
    if isinstance(error, OSError):
        return _unusable(error)
    kind = type(error).__name__
    return (
        f"Unexpected error ({kind}); run `tankful list` in a shell to see more",
        f"意外错误（{kind}）；请在终端运行 `tankful list` 查看详情",
    )


def _unusable(error: OSError) -> "tuple[str, str]":
    """Explain that a file cannot be used; only our own files are named."""
    try:
        from workflow.storage import files

        return _in_both(files.unusable(error))
    except ImportError:  # a file of this installation is missing
        return missing("workflow")
    except Exception:  # it may be the same error again
        why = error.strerror or type(error).__name__
        return (
            f"a file cannot be used ({why}); check its permissions and the disk",
            f"无法使用某个文件（{why}）；请检查权限和磁盘",
        )


def _in_both(message: object) -> "tuple[str, str]":
    from workflow.i18n.catalog import ENGLISH, Translation

    return ENGLISH.say(message), Translation("zh").say(message)  # type: ignore[arg-type]


def _is_chinese() -> bool:
    try:
        from workflow import settings

        return settings.load().language == "zh"
    except Exception:  # it may be the same error again, or a Python that is too old
        for name in ("TANKFUL_LANGUAGE", "tankful_language"):
            if os.environ.get(name) in ("en", "zh"):
                return os.environ[name] == "zh"
        return _locale_is_chinese()


def _locale_is_chinese() -> bool:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return os.environ[name].startswith("zh")
    return False
