"""Mailings at the desk."""

from station.mail.desk.mailings import acting, reading, writing
from station.mail.desk.mailings.blueprint import desk as mailings_desk

__all__ = ["acting", "mailings_desk", "reading", "writing"]
