"""Builds the web pages and the documents' fonts into the wheel; an editable install finds them here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebPages(BuildHookInterface):
    """Runs before the wheel is packed: afterwards ``api/static`` holds the pages and
    ``gridsup/documents/fonts`` the fonts, or the build fails."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        web = Path(self.root, "web")
        pages, fonts = Path(self.root, "api", "static"), Path(self.root, "gridsup", "documents", "fonts")
        built = (pages / "index.html").exists() and (fonts / "NotoSerifSC_400Regular.ttf").exists()
        if version == "editable" or built or not (web / "package.json").exists():
            return
        npm = shutil.which("npm")
        if not npm:
            raise RuntimeError("The web pages are not built and npm is not here: run `make web` first.")
        subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=web, check=True)
        subprocess.run([npm, "run", "build"], cwd=web, check=True)
