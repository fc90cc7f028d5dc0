"""What somebody sees whose row was removed meanwhile, and the banner's form, by eye of the machine."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page

from station.core.actor import COMMAND
from station.core.db import db
from station.core.ids import public_id
from station.news.services import remove_piece
from station.news.services.media import delete
from tests.conftest import House
from tests.journeys.checks import chosen_for_them, cut
from tests.journeys.test_banner import signed_in
from tests.journeys.test_pages import violations
from tests.news.test_two_editors import picture, piece

Window = Callable[..., Page]


@pytest.mark.parametrize(("width", "dark"), [(320, True), (1280, False)])
def test_what_was_typed_can_be_read_and_added_anew(
    live: str, house: House, window: Window, desk: Callable[..., FlaskClient], width: int, dark: bool
) -> None:
    page, found = signed_in(window(width=width, dark=dark), live, desk), []
    row, image = piece(house), picture(house)
    page.goto(f"{live}/desk/media/{public_id('media', image)}")
    page.get_by_label("Caption").fill("The road at noon")
    delete(image, COMMAND)
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_role("heading", name="A picture that was deleted").wait_for()
    assert page.get_by_label("Caption").input_value() == "The road at noon"
    found += violations(page) + cut(page)
    page.goto(f"{live}/desk/playlist/{public_id('entry', row)}")
    page.get_by_label("Title").fill("September")
    remove_piece(row, COMMAND)
    page.get_by_role("button", name="Keep the piece").click()
    page.get_by_text("Somebody else removed this").wait_for()
    found += violations(page) + cut(page)
    page.get_by_role("button", name="Keep the piece").click()
    page.get_by_text("September").first.wait_for()
    page.goto(f"{live}/desk/banner")
    found += chosen_for_them(page) + violations(page) + cut(page)
    assert found == []
    db.session.rollback()
