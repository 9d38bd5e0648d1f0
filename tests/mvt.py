"""Reads vector tiles (MVT 2.1) in tests: layers, attributes, and the first point of each geometry."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Feature:
    """``at`` is the first vertex in the tile's own coordinates, ``kind`` 1 point, 2 line, 3 polygon."""

    properties: dict[str, Any]
    kind: int
    at: tuple[int, int]


@dataclass
class Layer:
    extent: int = 4096
    features: list[Feature] = field(default_factory=list)


def read(tile: bytes) -> dict[str, Layer]:
    """The layers of a tile by name."""
    layers = {}
    for number, body in _fields(tile):
        if number == 3:
            name, layer = _layer(body)
            layers[name] = layer
    return layers


def _layer(body: bytes) -> tuple[str, Layer]:
    name, keys, values, raw, layer = "", [], [], [], Layer()
    for number, value in _fields(body):
        if number == 1:
            name = value.decode()
        elif number == 2:
            raw.append(value)
        elif number == 3:
            keys.append(value.decode())
        elif number == 4:
            values.append(_value(value))
        elif number == 5:
            layer.extent = value
    for one in raw:
        parts = dict(_fields(one))
        tags = list(_varints(parts.get(2, b"")))
        pairs = zip(tags[::2], tags[1::2], strict=True)
        geometry = list(_varints(parts[4]))
        layer.features.append(
            Feature(
                {keys[k]: values[v] for k, v in pairs}, parts[3], (_signed(geometry[1]), _signed(geometry[2]))
            )
        )
    return name, layer


def _value(body: bytes) -> Any:
    number, value = next(_fields(body))
    if number == 1:
        return value.decode()
    if number == 2:
        return struct.unpack("<f", value)[0]
    if number == 3:
        return struct.unpack("<d", value)[0]
    return _signed(value) if number == 6 else bool(value) if number == 7 else value


def _signed(value: int) -> int:
    return (value >> 1) ^ -(value & 1)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    result = shift = 0
    while True:
        byte = data[at]
        at += 1
        result |= (byte & 127) << shift
        if byte < 128:
            return result, at
        shift += 7


def _varints(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = _varint(data, at)
        yield value


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = _varint(data, at)
            yield key >> 3, value
            continue
        length = {1: 8, 5: 4}.get(kind)
        if length is None:
            length, at = _varint(data, at)
        yield key >> 3, data[at : at + length]
        at += length
