"""Forms of receipts."""

from station.receipts.forms.letters import LegendForm, PropertyForm
from station.receipts.forms.statements import AgainForm

__all__ = ["AgainForm", "LegendForm", "PropertyForm"]
