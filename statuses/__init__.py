"""Statuses: posting, deleting, and each author's story."""
