"""Appraisal of inspectors and stations by stages, on time and quality (考核), never by fines."""
