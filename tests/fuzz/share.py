"""What each process of a campaign does: it finds nothing set up, and sets Django up first."""

from __future__ import annotations

import os

import django

from tests.fuzz.tally import Tally


def play(share: tuple[int, int]) -> tuple[Tally, list[str]]:
    """Run one process's share, a seed and a number of requests."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.fuzz.settings"
    django.setup()
    from tests.fuzz.campaign import Campaign  # noqa: PLC0415 - needs Django set up

    campaign = Campaign(*share)
    campaign.run()
    return campaign.tally, campaign.operations
