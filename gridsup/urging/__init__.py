"""预警督办 (P4-S1, P3-S4): what is or will be late, who holds it; urging and its answer."""
