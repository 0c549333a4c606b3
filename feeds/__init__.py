"""Feeds: fanning a status out to its author's followers, and reading the result."""
