"""Staff pages of the house itself: the gallery of its parts."""

from station.web.desk.gallery import gallery

__all__ = ["gallery"]
