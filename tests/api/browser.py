"""A browser without a screen: it opens pages, and fills in and sends the forms that they have."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from tests.world import PASSWORD, Client

ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
"""What browsers ask for."""


@dataclass
class Form:
    """A form of a page, as it was written."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    button: str = ""

    @property
    def sends(self) -> str:
        """The request that it stands for."""
        return f"{self.fields.get('_method', self.method.upper())} {self.action}"


class Page(HTMLParser):
    """What a visitor sees and can click on."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.status: int = answer.status_code
        self.headers = answer.headers
        self.html: str = answer.content.decode()
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self.pictures: list[str] = []
        self.focus = ""  # the field in which typing begins
        self.unsent = ""  # what is shown outside of forms, to be copied
        self.text = ""
        self._link = ""
        self._open: Form | None = None
        self._in_button = False
        self._textarea = ""
        self._is_unsent = False
        self.feed(self.html)
        self.text = " ".join(self.text.split())

    def form(self, button: str) -> Form:
        """Return the only form with such a button."""
        (found,) = [form for form in self.forms if form.button == button]
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if "autofocus" in values:
            self.focus = values["id"]
        if tag == "a":
            self._link = values.get("href", "")
        elif tag == "img":
            self.pictures.append(values["src"])
        elif tag == "form":
            self._open = Form(values["action"], values.get("method", "get"))
            self.forms.append(self._open)
        elif self._open is not None:
            self._start_part(self._open, tag, values)
        elif tag == "textarea":
            self._is_unsent = True

    def _start_part(self, form: Form, tag: str, values: dict[str, str]) -> None:
        self._in_button = self._in_button or tag == "button"
        if tag in {"input", "textarea"} and "name" in values:
            form.fields[values["name"]] = values.get("value", "")
        if tag == "textarea":
            self._textarea = values["name"]

    def handle_data(self, data: str) -> None:
        self.text += data + " "
        if self._link and data.strip():
            self.links.setdefault(data.strip(), self._link)
        if self._open is not None and self._in_button:
            self._open.button += data.strip()
        if self._is_unsent:
            self.unsent += data.removeprefix("\n")
        if self._open is not None and self._textarea:
            self._open.fields[self._textarea] += data.lstrip("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._link = ""
        elif tag == "button":
            self._in_button = False
        elif tag == "textarea":
            self._textarea = ""
            self._is_unsent = False
        elif tag == "form":
            self._open = None


class Browser:
    """A visitor with cookies; forms must carry their tokens, as they must out there."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True, HTTP_ACCEPT=ACCEPT)
        self.page: Page

    def open(self, path: str) -> Page:
        """Open a page."""
        self.page = Page(self.client.get(path, follow=True))
        return self.page

    def send(self, button: str, **filled: Any) -> Page:
        """Fill in the present page's form with such a button, and press it."""
        form = self.page.form(button)
        unknown = set(filled) - set(form.fields)
        assert not unknown, f"The form has no {unknown}."
        fields = form.fields | filled
        answer = self.client.post(form.action, fields, format="multipart", follow=True)
        self.page = Page(answer)
        return self.page

    def sign_in(self, alias: str) -> Page:
        """Sign in, and see the root."""
        self.open("/sign-in/")
        return self.send("Sign in", alias=alias, password=PASSWORD)
