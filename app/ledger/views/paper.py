"""The statement of an institution as PDF: ordered, waited for, fetched."""

from flask import Response, redirect, request, url_for

from app.core.access import insist
from app.core.i18n import _, get_locale
from app.institutions import queries as institutions
from app.ledger import policies, services
from app.ledger.views.blueprint import bp
from app.ledger.views.period import address, params_of, period_asked
from app.web import documents
from app.web.guards import current_actor


@bp.post("/institutions/<int:institution_id>/pdf")
def order_statement(institution_id: int) -> Response:
    """Order it in the language of the page."""
    actor = current_actor()
    institutions.get(actor, institution_id)
    since, until = period_asked(request.form)
    services.order_statement(actor, institution_id, since, until, get_locale())
    page = url_for("ledger.statement_pdf", institution_id=institution_id)
    return redirect(address(params_of(since, until), page), 303)  # type: ignore[return-value]  # ours is Werkzeug's


@bp.get("/institutions/<int:institution_id>.pdf")
def statement_pdf(institution_id: int) -> Response | str:
    """How far it is, and the file: what this reader may see, now."""
    actor = current_actor()
    institution = institutions.get(actor, institution_id)
    insist(policies.order_statement(actor))
    since, until = period_asked()
    params = params_of(since, until)
    return documents.answer(
        services.STATEMENT,
        institution_id,
        services.statement_key(actor, institution_id, since, until),
        get_locale(),
        title=_("Statement of %(institution)s", institution=institution.name),
        back=address(params, url_for("ledger.statement", institution_id=institution_id)),
        again=address(params),
    )
