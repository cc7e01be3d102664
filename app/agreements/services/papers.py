"""The agreement as PDF: ordered by somebody who reads it, made by the worker."""

from app.agreements import policies
from app.agreements.models import Agreement
from app.agreements.queries import detail, paper, running
from app.core import documents, pdf
from app.core.access import Actor, authorize
from app.core.db import transaction
from app.core.documents import Ordered
from app.core.errors import RuleBroken
from app.core.i18n import LOCALES, _l


@documents.maker(paper.KIND)
def make_paper(agreement_id: int, key: str, language: str) -> tuple[str, bytes]:
    """The file's name and the PDF."""
    document = paper.make(agreement_id, key, language)
    return f"{paper.file_name(agreement_id, key)}-{language}.pdf", pdf.make(document)


def paper_key(agreement: Agreement) -> str:
    """The key of the paper as things stand now."""
    signed = running.signed(agreement.id, agreement.number)
    return paper.key_of(agreement, detail.parties_of(agreement.id), len(signed))


def order_paper(actor: Actor, agreement: Agreement, *, language: str) -> Ordered:
    """Order the PDF of the newest version. Raises NotAllowed, RuleBroken for a draft that was never sent."""
    with transaction():
        authorize(policies.read, actor, agreement)
        if agreement.number == 0:
            raise RuleBroken("not_sent", _l("There is a PDF once the agreement was sent to the parties."))
        spoken = language if language in LOCALES else LOCALES[0]
        return documents.order(paper.KIND, agreement.id, paper_key(agreement), spoken, by=actor.id)
