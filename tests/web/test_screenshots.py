"""Every section of a commons is shown in the documentation, in each light, by pictures that are not too large."""

from __future__ import annotations

import importlib.util
import struct
import sys
from pathlib import Path
from typing import Any

import pytest

from commonhold.web.navigation import SECTIONS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def make() -> Any:
    """The program that makes the pictures."""
    spec = importlib.util.spec_from_file_location("screenshots", ROOT / "docs" / "screenshots" / "make.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["screenshots"] = module
    spec.loader.exec_module(module)
    return module


def test_every_section_is_shown(make: Any) -> None:
    assert {section.path for section in SECTIONS} == {screen.section for screen in make.SCREENS} - {"-"}


def test_every_screen_has_its_pictures_and_every_picture_its_screen(make: Any) -> None:
    wanted = {make.file_of(screen, light): light for screen in make.SCREENS for light in make.LIGHTS}
    assert set((ROOT / "docs" / "screenshots").glob("*.png")) == set(wanted)
    for file, light in wanted.items():
        data = file.read_bytes()
        assert data.startswith(b"\x89PNG") and len(data) < make.BYTES_MAX, file.name
        assert struct.unpack(">II", data[16:24]) == (light.width, light.height), file.name


def test_the_first_page_shows_three_of_them() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = [part.partition(")")[0] for part in readme.split("](docs/screenshots/")[1:]]
    assert len(shown) >= 3 and all((ROOT / "docs" / "screenshots" / name).is_file() for name in shown)
