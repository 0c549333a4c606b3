"""The fault campaign: the real pipeline under a seeded storm of faults, then a check of everything.

`python -m tests.chaos` runs it; docs/reliability.md says what it does and what it found.
"""
