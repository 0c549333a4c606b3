"""What the endpoints of statuses answer, as the OpenAPI schema shows it."""

from accounts.examples import ACCOUNT, AUTHOR

STATUS = {
    "id": "0006612e396a94ea045883110d3047cf",
    "text": "Thank you, @grace_h! It is at https://example.org/notes",
    "created_at": "2026-11-26T09:31:00.250000Z",
    "url": "https://api.example.org/statuses/0006612e396a94ea045883110d3047cf/",
    "author": AUTHOR,
    "mentions": [{"alias": "grace_h", "start": 11, "end": 19}],
    "links": [{"url": "https://example.org/notes", "start": 30, "end": 55}],
}
EXPORT = {
    "exported_at": "2026-11-26T09:40:00.500000Z",
    "account": ACCOUNT,
    "sessions": [{"used_at": "2026-11-26T09:40:00.125000Z", "expires_at": "2026-11-26T10:41:01Z"}],
    "statuses": [STATUS],
    "following": [{"alias": "grace_h", "followed_at": "2026-11-26T09:30:30.750000Z"}],
    "followers": [],
    "next": None,
}
