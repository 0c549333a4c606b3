"""What common requests are made of, as accesses by their methods and purposes."""

from __future__ import annotations

_SESSION = ("DynamoSessionDao.find_with_account", "every request with a session")

REQUESTS = {
    "a page of 20 of one's feed, each by another author": [
        _SESSION,
        ("DynamoFeedDao.page", "a page of 20"),
        ("DynamoStatusDao.find_authored", "a page of 20 of a feed, each by another author"),
    ],
    "a post": [_SESSION, ("DynamoStatusDao.put", "a post")],
    "a post with a mention and an idempotency key": [
        _SESSION,
        ("DynamoStatusDao.look_up", "a post with a mention and an idempotency key"),
        ("DynamoStatusDao.put", "a post with an idempotency key"),
    ],
    "a page of 20 of a story, without a session": [
        (
            "DynamoAccountDao.find",
            "an account by its alias; signing in; a job whose status is missing",
        ),
        ("DynamoStatusDao.page_of_story", "a page of 20 of a story"),
    ],
}
