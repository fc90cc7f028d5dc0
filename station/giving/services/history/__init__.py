"""Gifts of the years before, from another system's file: opening balances, without receipts, numbers or mail."""

from station.giving.services.history.loading import Imported, ImportRefused, import_history
from station.giving.services.history.rows import COLUMNS, Refused
from station.giving.services.history.undoing import undo_import

__all__ = ["COLUMNS", "ImportRefused", "Imported", "Refused", "import_history", "undo_import"]
