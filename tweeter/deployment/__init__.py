"""Deploying by Zappa: what is packaged, and what must be right before and after."""
