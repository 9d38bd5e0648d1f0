"""Builds the web pages into the wheel (an editable install takes them from the checkout)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebPages(BuildHookInterface):
    """Runs before the wheel is packed: ``api/static`` holds the pages afterwards, or the build fails."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        web, built = Path(self.root, "web"), Path(self.root, "api", "static", "index.html")
        if version == "editable" or built.exists() or not (web / "package.json").exists():
            return
        npm = shutil.which("npm")
        if not npm:
            raise RuntimeError("The web pages are not built and npm is not here: run `make web` first.")
        subprocess.run([npm, "ci", "--no-audit", "--no-fund"], cwd=web, check=True)
        subprocess.run([npm, "run", "build"], cwd=web, check=True)
