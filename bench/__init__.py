"""Benchmarks: what requests and deliveries cost. They print what they measure and judge nothing."""
