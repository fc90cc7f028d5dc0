"""Receipts at the desk: the list and each receipt, those that wait, letters, and what states ask to be printed."""

from station.receipts.desk.legends import desk as legends_desk
from station.receipts.desk.letters import desk as letters_desk
from station.receipts.desk.receipts import desk as receipts_desk
from station.receipts.desk.statements import desk as statements_desk

__all__ = ["legends_desk", "letters_desk", "receipts_desk", "statements_desk"]
