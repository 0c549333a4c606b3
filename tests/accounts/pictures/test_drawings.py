"""Drawn pictures."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO

import pytest
from PIL import Image

from accounts.pictures.drawings import draw_default, draw_initials
from tests.accounts.pictures.files import render


def test_initials_are_drawn_the_same_each_time() -> None:
    assert draw_initials("Ada Lovelace", "ada") == draw_initials("Ada Lovelace", "ada")


def test_the_seed_chooses_the_colours() -> None:
    assert draw_initials("Ada Lovelace", "ada") != draw_initials("Ada Lovelace", "bob")


def test_the_name_chooses_the_letters() -> None:
    assert draw_initials("Ada Lovelace", "ada") != draw_initials("Ada Byron", "ada")


def test_first_and_last_initial_without_accents_are_shown() -> None:
    assert draw_initials("élise de la tour", "e") == draw_initials("E T", "e")


def test_a_name_in_another_script_gets_a_silhouette() -> None:
    assert (
        draw_initials("山田 太郎", "y") == draw_initials("☺", "y") == draw_initials("Øyvind", "y")
    )


@pytest.mark.parametrize("content", [draw_initials("Ada", "ada"), draw_default()])
def test_drawn_pictures_pass_as_uploads(content: bytes) -> None:
    assert render(content).size == (400, 400)


def test_a_drawn_picture_is_as_large_as_asked_for() -> None:
    assert Image.open(BytesIO(draw_default(edge=64))).size == (64, 64)


def test_no_cold_start_pays_for_pillow() -> None:
    program = "import sys, accounts.pictures.drawings; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
