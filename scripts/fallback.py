"""The one row that is shown when everything else fails: what is wrong, and what next.

Python 3.6 must be able to read this, see bootstrap.py.
"""

import json
import os


def answer(error: BaseException) -> bytes:
    """A valid Script Filter answer that explains an error, without a secret and without a traceback."""
    title, subtitle = ("Tankful cannot show the accounts", "Tankful 无法显示账号"), reason(error)
    row = {
        "title": told(title),
        "subtitle": told(subtitle),
        "valid": False,
        "icon": {"path": "icons/warning.png"},
    }
    return json.dumps({"items": [row]}, ensure_ascii=False).encode("utf-8", "replace")


def told(words: "tuple[str, str]") -> str:
    """A pair of sentences in the user's language."""
    return words[_is_chinese()]


def missing(package: str) -> "tuple[str, str]":
    """What to say of a package that is not there, in an installation or in a checkout."""
    return (
        f"the package {package} is missing; install Tankful again; in a checkout run scripts/demo once (for Raycast and .venv/bin/tankful), or install what scripts/bundle builds (for Alfred)",
        f"缺少组件 {package}；请重新安装 Tankful；若为源码目录，Raycast 与 .venv/bin/tankful 请先运行一次 scripts/demo，Alfred 请安装 scripts/bundle 生成的工作流",
    )


def reason(error: BaseException) -> "tuple[str, str]":
    """What an error is, in one line: without a secret, for whoever has to do something about it."""
    if isinstance(error, ImportError):
        return missing(error.name or "?")
    words = getattr(error, "words", None)
    if isinstance(words, tuple) and len(words) == 2:
        return (str(words[0]), str(words[1]))
    if getattr(error, "message", None):
        return _in_both(error.message)  # type: ignore[attr-defined]
    if isinstance(error, OSError):
        return _unusable(error)
    kind = type(error).__name__
    return (
        f"An unforeseen error ({kind}); run `tankful list` in a shell to see more",
        f"意外错误（{kind}）；请在终端运行 `tankful list` 查看详情",
    )


def _unusable(error: OSError) -> "tuple[str, str]":
    """What to say of a file that cannot be used; only one of ours is named."""
    try:
        from workflow.storage import files

        return _in_both(files.unusable(error))
    except ImportError:  # then it is a file of this installation
        return missing("workflow")
    except Exception:  # whatever it is, it may be what is to be told
        why = error.strerror or type(error).__name__
        return (
            f"a file cannot be used ({why}); check its permissions and the disk",
            f"无法使用某个文件（{why}）；请检查权限和磁盘",
        )


def _in_both(message: object) -> "tuple[str, str]":
    """A message of the catalogue as a pair."""
    from workflow.i18n import catalog

    return catalog.say(message, "en"), catalog.say(message, "zh")  # type: ignore[arg-type]


def _is_chinese() -> bool:
    try:
        from workflow import settings

        return settings.load().language == "zh"
    except Exception:  # whatever it is, it may be what is to be told
        return _locale_is_chinese()


def _locale_is_chinese() -> bool:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return os.environ[name].startswith("zh")
    return False
