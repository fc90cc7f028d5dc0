"""People of the newsroom and of the air, and the stories that carry their names."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from station.core.db import Base
from station.core.ids import new_id


class Person(Base):
    """A reporter or host with a page of their own. Those of other newsrooms are known by their CDS document."""

    __tablename__ = "person"
    __table_args__ = (sa.UniqueConstraint("station_id", "slug"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    station_id: Mapped[UUID] = mapped_column(sa.ForeignKey("station.id"))
    slug: Mapped[str] = mapped_column(sa.String(120))
    name: Mapped[str] = mapped_column(sa.String(200))
    role: Mapped[str] = mapped_column(sa.String(120), default="")  # host of Morning Edition
    about: Mapped[str] = mapped_column(sa.Text, default="")
    url: Mapped[str] = mapped_column(sa.String(500), default="")  # their page elsewhere
    on_staff: Mapped[bool] = mapped_column(default=False)
    cds_id: Mapped[str | None] = mapped_column(sa.String(120), index=True)


class StoryPerson(Base):
    """A name above a story, in its place; of somebody with a page, or just a name."""

    __tablename__ = "story_person"
    __table_args__ = (sa.UniqueConstraint("story_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    story_id: Mapped[UUID] = mapped_column(sa.ForeignKey("story.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(200))
    person_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
