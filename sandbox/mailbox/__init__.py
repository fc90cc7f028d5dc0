"""The local mailbox: takes every message over SMTP, keeps it as an .eml file, and shows it in the browser.

For development and tests. Nothing is ever sent on. Independent of station.
"""
