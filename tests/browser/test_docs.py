"""The docs page, used as by somebody who tries the API out before building on it."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, expect


def execute(page: Page, operation: str, **parameters: str) -> tuple[str, str]:
    """Try an operation out; return the status and the body of the answer."""
    block = page.locator(f"#operations-{operation}")
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    for name, value in parameters.items():
        block.locator(f"tr[data-param-name={name}] input").fill(value)
    block.get_by_role("button", name="Execute").click()
    answer = block.locator(".live-responses-table .response")
    expect(answer).to_be_visible()
    status = answer.locator(".response-col_status").inner_text()
    return status, answer.locator(".microlight").first.inner_text()


def test_the_docs_page_signs_in_and_tries_out(visitors: list[Any]) -> None:
    visitor, _ = visitors
    page: Page = visitor.open("/docs/")
    expect(page.get_by_text("sign_up", exact=True)).to_be_visible()
    visitor.shoot_window("docs")

    status, body = execute(page, "accounts-sign_up")
    assert status.split()[0] == "201"
    token = json.loads(body)["token"]
    page.get_by_role("button", name="Authorize").click()
    page.get_by_label("auth-bearer-value").fill(token)
    page.get_by_role("button", name="Apply credentials").click()
    page.get_by_role("button", name="Close").click()

    status, body = execute(page, "feed-read_feed", page_size="2")
    assert status.split()[0] == "200"
    assert json.loads(body) == {"next": None, "previous": None, "results": []}
    page.locator("#operations-feed-read_feed").scroll_into_view_if_needed()
    visitor.shoot_window("docs-read-feed")
