"""Procedures as data: one engine, versioned packs, one door (``engine.act``)."""
