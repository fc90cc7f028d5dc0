"""The public pages of giving: the pledge form, what its script asks for, and the page that thanks.

No session, no cookie; the form works without its script.
"""

from station.giving.views import form, in_page, thanks
from station.giving.views.blueprint import views

__all__ = ["form", "in_page", "thanks", "views"]
