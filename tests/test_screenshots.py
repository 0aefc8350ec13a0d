"""The pictures of the README: there, whole, and the first one without a cut word."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from screenshots.make import (
    PICTURES,
    RECORDING,
    SCENES,
    Picture,
    every_picture,
    gallery,
    moving,
)

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "screenshots"
FILES = [
    picture.name if theme == "dark" else f"{picture.name}-{theme}"
    for picture in PICTURES
    for theme in picture.themes
]


def words_of(name: str) -> str:
    """What a picture says, line by line."""
    drawn = (FOLDER / f"{name}.svg").read_text("utf-8")
    return unescape(" ".join(re.findall(r"<text[^>]*>([^<]*)</text>", drawn))).replace("\xa0", " ")


@pytest.mark.parametrize("name", ["board", "board-light"])
def test_the_first_picture_has_no_cut_word(name: str) -> None:
    assert set(re.findall(r"\w+…", words_of(name))) <= {"Move…"}


@pytest.mark.parametrize("name", [*FILES, RECORDING.name])
def test_every_picture_is_there_and_one_that_the_readme_shows(name: str) -> None:
    assert words_of(name)
    shown = (ROOT / "README.md").read_text("utf-8")
    assert f"screenshots/{name}.svg" in shown or name == "narrow"


@pytest.mark.parametrize("picture", every_picture(), ids=lambda picture: picture.name)
def test_every_screen_has_its_pictures_dark_and_light(picture: Picture) -> None:
    for theme in picture.themes:
        name = picture.name if theme == "dark" else f"{picture.name}-{theme}"
        assert picture.word in words_of(f"every/{name}").replace("  ", " ")


def test_the_gallery_shows_them_all() -> None:
    page = (FOLDER / "every" / "README.md").read_text("utf-8")
    assert page == gallery()
    shown = {name.rpartition("/")[2] for name in re.findall(r"\((\S+)\.svg\)", page)}
    assert shown == {file.stem for file in (FOLDER / "every").glob("*.svg")}


def test_the_recording_tells_a_move_its_gate_and_the_way_back() -> None:
    said = words_of(RECORDING.name)
    assert all(scene.word in said for scene in SCENES)


def test_scenes_follow_each_other_without_a_gap() -> None:
    svg = moving(['<svg viewBox="0 0 1 1">a</svg>', '<svg viewBox="0 0 1 1">b</svg>'], [1, 3])
    assert "@keyframes at0{0.01%,25.00%{opacity:1}" in svg
    assert "@keyframes at1{0%,25.00%{opacity:0}25.01%,100.00%{opacity:1}" in svg
    assert svg.count('viewBox="0 0 1 1"') == 3
