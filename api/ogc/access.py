"""Who may read which collection: the same permissions and the same sight as everywhere else."""

from __future__ import annotations

from collections.abc import Iterator

from api import standing
from api.auth import User
from api.permissions import Permission
from gridsup.errors import NotFound
from gridsup.gis.layers import LAYERS, Layer, Window
from gridsup.gis.queries import Asked
from gridsup.procedures.queries import Filter

NEEDED: dict[str, Permission] = {
    "cells": Permission.CELLS_READ,
    "businesses": Permission.BUSINESSES_READ,
    "matters": Permission.MATTERS_READ,
    "findings": Permission.VISITS_READ,
}
"""What a person must hold to read a layer; every layer stands here."""


def open_to(user: User) -> Iterator[Layer]:
    """The layers that this person may read."""
    return (layer for name, layer in LAYERS.items() if user.may(NEEDED[name]))


def layer_of(user: User, name: str) -> Layer:
    """A layer by its name. Raises NotFound ``no-collection``, Forbidden ``no-permission``."""
    if name not in LAYERS:
        raise NotFound(
            "no-collection",
            zh="没有图层“{name}”，有：{known}。",
            en="There is no collection “{name}”; there are {known}.",
            name=name[:40],
            known="、".join(LAYERS),
        )
    user.require(NEEDED[name])
    return LAYERS[name]


def asked(user: User, layer: Layer, window: Window | None = None) -> Asked:
    """All of a layer that this person may see."""
    sight = standing.within_sight(user, Filter(ended=None))
    return Asked(jurisdiction_id=user.jurisdiction_id, layer=layer, window=window, sight=sight)
