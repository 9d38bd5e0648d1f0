"""Dividing anew in drafts (重划草案): proposed, edited, compared with today's cells, enacted on a day."""
