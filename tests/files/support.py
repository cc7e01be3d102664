"""What the tests of files do again and again."""

import io

from app.accounts.models import Person
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
    assert attachment.file is not None
    return f"/files/{attachment.id}/{attachment.file.name}"
