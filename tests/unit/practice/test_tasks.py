"""What the card of a task tells to press stands on the page under that name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gridsup.practice.tasks import TASKS
from gridsup.procedures.pack import Words

ROOT = Path(__file__).resolve().parents[3]
TOLD = [
    pytest.param(step.how, id=f"{task.post}-{step.key}") for task in TASKS.values() for step in task.steps
]


@pytest.fixture(scope="module")
def screen() -> str:
    """Every caption: of the pages, of the newest procedures, of the lists that the API gives."""
    newest: dict[str, Path] = {}
    for pack in (ROOT / "gridsup/procedures/packs").glob("*.yaml"):
        name, version = pack.stem.rsplit("-", 1)
        if name not in newest or int(version) > int(newest[name].stem.rsplit("-", 1)[1]):
            newest[name] = pack
    pages = [*(ROOT / "web/src").rglob("*.ts"), *(ROOT / "web/src").rglob("*.svelte")]
    files = [*newest.values(), *pages, ROOT / "api/routes/procedures.py"]
    return "\n".join(file.read_text(encoding="utf-8") for file in files if file.name != "schema.ts")


@pytest.mark.parametrize("how", TOLD)
def test_what_a_step_quotes_is_a_caption_on_the_page(how: Words, screen: str) -> None:
    for language, text in (("zh", how.zh), ("en", how.en)):
        quoted = re.findall("“([^”]+)”", text)
        assert quoted, f"{text} names nothing to press"
        key = {"zh": r"(zh|title)", "en": r"(en|x-title-en)"}[language]
        for name in quoted:
            assert re.search(rf'{key}(: |=)"?{re.escape(name)}"?\s*[,}})\n]', screen), (language, name)
