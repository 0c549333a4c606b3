"""`manage.py watch`."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.world import World


def watch(*arguments: str) -> str:
    out = StringIO()
    call_command("watch", *arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_delivered_status_is_summed_up(world: World) -> None:
    ann, bob = world.sign_up("ann"), world.sign_up("bob")
    bob.follow(ann)
    status_id = ann.post("hello")["id"]
    world.deliver()
    assert "Delivered to 1 feed, " in watch(status_id)


def test_a_status_that_nobody_gets_is_delivered(world: World) -> None:
    status_id = world.sign_up("ann").post("hello")["id"]
    assert watch(status_id) == "Delivered to 0 feeds, 0.0 s after the fan-out began.\n"


def test_an_unknown_status_is_refused(world: World) -> None:
    with pytest.raises(CommandError, match="status"):
        watch("0" * 32)


@pytest.mark.parametrize("seconds", ["0", "-1", "0.09", "3601", "inf", "nan"])
def test_looking_too_often_or_hardly_ever_is_refused(world: World, seconds: str) -> None:
    with pytest.raises(CommandError, match=r"0\.1 to 3600 seconds"):
        watch("0" * 32, f"--every={seconds}")
