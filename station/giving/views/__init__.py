"""The public pages of giving: the pledge form, what its script asks for, the page that thanks, a donor's own.

No session, no cookie; the form works without its script.
"""

from station.giving.views import form, in_page, own_changes, thanks
from station.giving.views.blueprint import views
from station.giving.views.own_page import own

__all__ = ["form", "in_page", "own", "own_changes", "thanks", "views"]
