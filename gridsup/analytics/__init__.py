"""Figures over many matters and visits: queries on read, never counters in an act's transaction."""
