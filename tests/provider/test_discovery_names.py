"""A provider is found by its name, in Chinese too."""

from __future__ import annotations

import pytest

from workflow.provider import discovery


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        ("glm", "glm"),
        ("智谱", "glm"),
        (" 智谱AI ", "glm"),
        ("GLM (智谱AI / Z.ai)", "glm"),
        ("Moonshot", "kimi"),
        ("月之暗面", "kimi"),
        ("硅基流动", "siliconflow"),
        ("阶跃星辰", "stepfun"),
        ("博查", "bocha"),
        ("grok", "xai"),
    ],
)
def test_a_name_means_its_provider(text: str, provider: str) -> None:
    assert discovery.named(text) == provider


@pytest.mark.parametrize(
    "text",
    ["", "deep", "余额", "google", "nobody", "云", "go", "cloud", "web", "hub", "额度", "图像"],
)
def test_what_means_none_or_several_stays(text: str) -> None:
    assert discovery.named(text) == text
