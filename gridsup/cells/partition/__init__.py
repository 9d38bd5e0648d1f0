"""Partition of a graph of blocks into contiguous cells: METIS starts, annealed in processes of their own."""
