"""Mail at the desk."""

from station.mail.desk.bounces import bounces_desk
from station.mail.desk.choices import choices_desk
from station.mail.desk.mailings import mailings_desk
from station.mail.desk.outgoing import desk
from station.mail.desk.room import room
from station.mail.desk.suppressions import suppressions_desk

__all__ = ["bounces_desk", "choices_desk", "desk", "mailings_desk", "room", "suppressions_desk"]
