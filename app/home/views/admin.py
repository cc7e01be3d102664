"""For administrators: the overview, and the log of mails."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.core.i18n import _, _l
from app.home import queries, services
from app.home.views.blueprint import bp
from app.notifications import queries as notifications
from app.notifications.reasons import reason_text
from app.web import lists, mailbox
from app.web.guards import current_actor

JOBS = {
    "accounts.tidy": _l("Forgets ended sign-ins, old links and accounts never confirmed"),
    "agreements.end": _l("Ends agreements after their last day"),
    "agreements.expire": _l("Lets drafts and agreements expire that nobody moved"),
    "agreements.pledge": _l("Writes repeating commitments into the ledger, 60 days ahead"),
    "agreements.remind": _l("Reminds of agreements that wait for a party"),
    "agreements.warn": _l("Warns 60 and 14 days before an agreement ends"),
    "consortia.admissions": _l("Reminds of admissions and lets old ones lapse"),
    "core.forget_used_forms": _l("Forgets which forms were sent"),
    "core.survey": _l("Tells the database how its values are spread"),
    "core.sweep_files": _l("Removes files that nothing holds any more"),
    "discussion.lapse": _l("Lets questions about naming contributors lapse"),
    "discussion.remind": _l("Reminds of reports that wait for a decision"),
    "documents.forget": _l("Forgets documents that were made a week ago"),
    "documents.make": _l("Makes the documents that were ordered"),
    "exchange.follow_agreements": _l("Begins and stops exchanges that agreements promise"),
    "exchange.lapse_rhythms": _l("Lets proposed rhythms of reports lapse, and reminds of them"),
    "exchange.make_legs": _l("Makes the next report of each exchange"),
    "exchange.remind": _l("Reminds of reports on technologies, and of their acknowledgement"),
    "exchange.tell_late": _l("Tells both sides of reports that are late"),
    "groundwork.begin": _l("Asks teams the fourteen questions"),
    "groundwork.go_on": _l("Goes on with the fourteen questions where somebody left the team"),
    "groundwork.remind": _l("Reminds teams of the fourteen questions"),
    "institutions.lapse_affiliations": _l("Lets affiliations lapse that nobody confirmed"),
    "institutions.lapse_claims": _l("Lets claims on institutions lapse"),
    "institutions.remind_affiliations": _l("Reminds of affiliations to confirm"),
    "institutions.remind_claims": _l("Reminds of claims on institutions"),
    "interest.lapse": _l("Lets interests lapse that nobody answered"),
    "interest.remind": _l("Reminds of interests that wait for an answer"),
    "interest.supersede": _l("Ends interests in what is not there any more"),
    "ledger.remind": _l("Reminds of what was promised and not delivered or confirmed"),
    "listings.expire": _l("Ends offers and needs whose last day has passed"),
    "listings.lapse_loads": _l("Forgets files of listings that nobody confirmed"),
    "listings.loads": _l("Checks and loads files of listings"),
    "listings.remind_of_ends": _l("Reminds before offers and needs end"),
    "listings.remind_of_reviews": _l("Reminds of first listings to review"),
    "listings.remind_of_stale": _l("Asks whether old offers and needs still hold"),
    "notifications.deliver": _l("Sends mails"),
    "outcomes.lapse_questions": _l("Lets questions about outcomes lapse"),
    "outcomes.publish_due": _l("Publishes outcomes to which nobody objected"),
    "problems.expire": _l("Ends problems whose time is over"),
    "problems.remind_of_decisions": _l("Reminds leads of problems to decide about"),
    "problems.remind_of_ends": _l("Reminds authors before problems end"),
    "projects.ask_follow_ups": _l("Asks what became of closed projects"),
    "projects.lapse": _l("Lets requests and invitations of projects lapse"),
    "projects.lapse_questions": _l("Lets questions to partners and offers of the lead lapse"),
    "projects.remind": _l("Reminds of requests and invitations of projects"),
    "projects.remind_milestones": _l("Reminds of milestones that are due"),
    "projects.remind_of_decisions": _l("Reminds leads of projects to decide about"),
    "teams.lapse": _l("Lets requests and invitations of teams lapse"),
    "teams.remind": _l("Reminds of requests and invitations of teams"),
    "translating.lapse": _l("Gives back translations that nobody checked in time"),
    "translating.remind": _l("Reminds authors of translations that wait for a check"),
}


@bp.route("/admin")
def admin() -> str:
    """What there is to look after."""
    actor = current_actor()
    return render_template(
        "home/admin.html",
        numbers=queries.overview(actor),
        jobs=queries.jobs_of(actor),
        job_words=JOBS,
        keeps_mail=mailbox.keeps_mail(),
    )


def _mail_states() -> list[tuple[str, str]]:
    return [
        ("waiting", _("Waiting")),
        ("sending", _("Being sent")),
        ("sent", _("Sent")),
        ("failed", _("Failed")),
    ]


TONES = {"waiting": "info", "sending": "info", "sent": "ok", "failed": "bad"}


@bp.route("/admin/mail")
def mail_log() -> str:
    """Every mail with its state, newest first."""
    facets = [lists.Facet("state", _("State"), _mail_states())]
    asked = lists.read(facets, ["newest"])
    page, total = notifications.mail_log(current_actor(), asked.chosen["state"], asked.cursor)
    listing = lists.build(
        asked,
        facets,
        [("newest", _("Newest first"))],
        page,
        total,
        title=_("Log of mails"),
        lead=_("Every mail that the portal wrote, and whether it went out."),
        has_search=False,
    )
    listing.sorts = []  # there is one order
    return render_template(
        "home/mail_log.html",
        listing=listing,
        states=dict(_mail_states()),
        tones=TONES,
        keeps_mail=mailbox.keeps_mail(),
    )


@bp.route("/admin/mail/<int:mail_id>")
def mail(mail_id: int) -> str:
    """One mail: where it stands, and its text where mails are kept in files."""
    found = notifications.get_mail(current_actor(), mail_id)
    holds_secret = found.notice_id is None
    may_read = mailbox.keeps_mail() and (mailbox.may_show_secrets() or not holds_secret)
    return render_template(
        "home/mail.html",
        mail=found,
        state=dict(_mail_states())[found.state],
        tone=TONES[found.state],
        reason=reason_text(found.reason),
        text=mailbox.kept_text(mail_id) if may_read else None,
        is_hidden=holds_secret and not mailbox.may_show_secrets(),
        can_retry=found.state == "failed" and not holds_secret,
    )


@bp.route("/admin/mail/<int:mail_id>/again", methods=["POST"])
def mail_again(mail_id: int) -> Response:
    """Try a failed mail again."""
    services.send_mail_again(current_actor(), mail_id)
    flash(_("The mail will be sent again within a minute."), "ok")
    return redirect(url_for("home.mail", mail_id=mail_id), 303)
