"""Printed maps: one A3 sheet per cell (网格责任图)."""
