"""How commands put what they print."""


def counted(number: int, thing: str) -> str:
    """Return so many of a thing, as in "1 feed" and "2 feeds"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
