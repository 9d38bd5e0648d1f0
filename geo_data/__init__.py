"""Boundaries, roads, businesses, code lists: read → validate → stage → load. Never imports api."""
