"""Writes of members: matched or created, one or many at once, renamed, given addresses."""

from station.members.services.many import Incoming, ManyMatched, match_or_create_many
from station.members.services.people import (
    AddressTaken,
    add_member,
    add_organisation,
    change_member,
    index_member,
    match_or_create,
    set_language,
)

__all__ = [
    "AddressTaken",
    "Incoming",
    "ManyMatched",
    "add_member",
    "add_organisation",
    "change_member",
    "index_member",
    "match_or_create",
    "match_or_create_many",
    "set_language",
]
