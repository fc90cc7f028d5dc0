"""The place on a member's page that higher packages fill."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from station.accounts.models import Role
from station.core.places import Place


@dataclass(frozen=True)
class MemberPanel:
    """A panel of the member's page: `template` is included with `data`, what `load(member_id)` gave."""

    title: str
    template: str
    load: Callable[[UUID], Any]
    roles: Collection[Role] = ()


PANELS: Place[MemberPanel] = Place("panels of the member page")
