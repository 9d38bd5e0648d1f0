"""Who sits in the joint conference (P9-A1) and in the joint enforcement team (P10-A11)."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import yaml

from gridsup.procedures.pack import Strict


class Unit(Strict):
    """A member unit, under the name of the source, with the departments (D01…D22) that it stands for."""

    zh: str
    en: str
    departments: list[str]


class Members(Strict):
    """What ``members.yaml`` says."""

    conference: list[Unit]
    team: list[Unit]


@lru_cache
def members() -> Members:
    text = (files(__package__) / "members.yaml").read_text(encoding="utf-8")
    return Members.model_validate(yaml.safe_load(text))
