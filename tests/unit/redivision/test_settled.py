"""Which drawn cell is a present one and keeps its shape."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from geoalchemy2.shape import from_shape
from shapely import Polygon

from gridsup.cells.model import Cell
from gridsup.redivision.enacting import _settled

SIDE = 0.005
METRE = 1e-5
PRESENT = Polygon([(0, 0), (SIDE, 0), (SIDE, SIDE), (0, SIDE)])


def settled(drawn: Polygon) -> Any:
    return _settled([drawn], [cast(Cell, SimpleNamespace(geom=from_shape(PRESENT, srid=4490)))])[0]


def test_a_cell_with_a_node_more_takes_the_present_shape() -> None:
    rounded = Polygon([(0, 0), (SIDE / 2, 1e-9), (SIDE, 0), (SIDE, SIDE), (0, SIDE)])
    assert settled(rounded).equals_exact(PRESENT, 0)


def test_a_cell_that_lost_a_corner_of_a_square_metre_keeps_its_own() -> None:
    """On a border of two kilometres that is half a millimetre in the mean; its neighbour has the corner."""
    bitten = Polygon([(METRE, 0), (SIDE, 0), (SIDE, SIDE), (0, SIDE), (0, METRE)])
    assert settled(bitten).equals_exact(bitten, 0)
