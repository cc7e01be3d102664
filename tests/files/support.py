"""What the tests of files do again and again."""

import io

from sqlalchemy import select

from app.accounts.models import Person
from app.core.db import db
from app.core.files import StoredFile
from app.files import services
from app.files.models import Attachment
from tests.factories.accounts import actor
from tests.support import uploads


def attach(
    who: Person, thing, name: str = "plan.pdf", content: bytes = uploads.PDF, kind: str = "problem", **values
) -> Attachment:
    """Add a file as this person."""
    return services.add(actor(who), kind, thing.id, upload=(io.BytesIO(content), name), **values)


def address(attachment: Attachment) -> str:
    """Where it is fetched."""
    name = db.session.scalars(
        select(StoredFile.name)
        .join(Attachment, Attachment.file_id == StoredFile.id)
        .where(Attachment.id == attachment.id)
    ).one()
    return f"/files/{attachment.id}/{name}"
