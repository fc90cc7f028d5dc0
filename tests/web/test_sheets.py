"""Style sheets are sent without their remarks, and with all of their rules."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from station.web.assets import FOLDER, asset

SHEETS = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.css"))


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_loses_its_remarks_and_nothing_else(client: FlaskClient, name: str) -> None:
    answer = client.get(asset(name))
    assert answer.mimetype == "text/css"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "/*" not in answer.text
    written = (FOLDER / name).read_text(encoding="utf-8")
    strings = re.findall(r'"[^"\n]*"', written)
    assert not [each for each in strings if "/*" in each], "a string with the sign of a remark would be cut"
    for sign in "{};":
        assert answer.text.count(sign) == re.sub(r"/\*.*?\*/", "", written, flags=re.S).count(sign)
    again = client.get(asset(name), headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
