"""Offenders' lists (必须清零的清单): what must not be, found by query, each with who should act."""
