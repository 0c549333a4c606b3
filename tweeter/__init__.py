"""The project: configuration, wiring, and every cross-cutting piece exactly once."""
