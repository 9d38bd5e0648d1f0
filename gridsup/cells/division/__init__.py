"""Grid division: from roads, outlines and businesses to cells that fill the ground (P10-C1, P10-C2)."""

from gridsup.cells.division.engine import Division, divide
from gridsup.cells.division.workload import Mix

__all__ = ["Division", "Mix", "divide"]
