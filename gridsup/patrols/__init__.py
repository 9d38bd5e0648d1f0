"""Patrols: visits, findings and the day's round."""
