"""What a page makes a browser load and run."""

from __future__ import annotations

from html.parser import HTMLParser

_LOADING = {"script": "src", "link": "href", "img": "src", "iframe": "src", "form": "action"}
_DATA_SCRIPTS = {"application/json"}
"""Types of scripts that browsers do not run."""


class Page(HTMLParser):
    """A page taken apart: `loaded` addresses, and what a strict policy would keep from working."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.forbidden: list[str] = []
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        is_code = tag == "script" and attributes.get("type") not in _DATA_SCRIPTS
        if tag == "style" or (is_code and "src" not in attributes):
            self.forbidden.append(f"<{tag}>")
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.forbidden.append(f"{tag} {name}")
            if (value or "").strip().lower().startswith("javascript:"):
                self.forbidden.append(f"{tag} {name}={value}")
        if address := attributes.get(_LOADING.get(tag, "")):
            self.loaded.append(address)
