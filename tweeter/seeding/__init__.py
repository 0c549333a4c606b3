"""Filling an installation: a small lively demo, or a crowd around one celebrity."""
