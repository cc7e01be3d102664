"""What is known of each file that is kept."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Base, person_key


class StoredFile(Base):
    """A file in the store, under its random `key`. `name` is what its owner called it, cleaned: never a path.

    `sha256` is of the kept content (for a picture that was made anew: of the new one). Whoever refers to it forgets it.
    """

    __tablename__ = "stored_file"
    __table_args__ = (
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("(width IS NULL) = (height IS NULL)", name="width_with_height"),
    )

    key: Mapped[str] = mapped_column(String(32), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(String(20))
    width: Mapped[int | None]
    height: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    kept_by_id: Mapped[int | None] = person_key(index=True)
