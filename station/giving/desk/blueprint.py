"""The blueprint of the desk's pages of giving."""

from __future__ import annotations

from flask import Blueprint

from station.accounts.guards import guard
from station.accounts.models import Role

desk = Blueprint("giving_desk", __name__, url_prefix="/desk")
guard(desk, Role.DEVELOPMENT)
