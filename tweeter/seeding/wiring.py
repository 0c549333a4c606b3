"""Which implementations stand behind seeding; no request needs these."""

from __future__ import annotations

from accounts.dao import DynamoAccountDao, DynamoFollowDao
from accounts.dao.bulk import DynamoCrowdDao
from accounts.management import wiring as accounts_wiring
from accounts.passwords import DjangoPasswordHasher
from accounts.pictures.drawings import draw_initials
from tweeter import wiring
from tweeter.clock import system_clock
from tweeter.config import get_config
from tweeter.seeding.crowd import CrowdSeeder
from tweeter.seeding.demo import Demo


def demo(password: str) -> Demo:
    """Return the demo, whose accounts all have this password."""
    return Demo(
        accounts=wiring.account_service(),
        sessions=wiring.session_service(),
        follows=wiring.follow_service(),
        statuses=wiring.status_service(),
        store=DynamoAccountDao(),
        draw_picture=draw_initials,
        password=password,
    )


def crowd_seeder(password: str) -> CrowdSeeder:
    """Return the seeder of crowds, whose accounts all have this password.

    It is hashed once for all of them: a hash is made to be slow, and they share it anyway.
    """
    return CrowdSeeder(
        accounts=DynamoAccountDao(),
        follows=DynamoFollowDao(),
        bulk=DynamoCrowdDao(),
        recount=accounts_wiring.recount(),
        password_hash=DjangoPasswordHasher().hash(password),
        secret=get_config().secret_key,
        clock=system_clock,
    )
