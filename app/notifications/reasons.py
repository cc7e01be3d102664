"""Why somebody is told something: said with every notice and every mail. `tell(reason=...)` takes a key of this table."""

from app.core.i18n import LazyText, _l

REASONS: dict[str, LazyText] = {
    # one's own account
    "own_account": _l("You get this because it is about your account."),
    "address_given": _l("You get this because somebody gave this address to Taawun."),
    "administrator": _l("You get this because you administer the portal."),
    # institutions
    "asked_affiliation": _l("You get this because you asked to belong to this institution."),
    "affiliated": _l("You get this because you belong to this institution."),
    "representative": _l("You get this because you represent this institution."),
    "claimed_institution": _l("You get this because you asked to represent this institution."),
    # consortia
    "consortium_lead": _l("You get this because you lead this consortium."),
    "consortium_member": _l("You get this because your institution belongs to this consortium."),
    "led_consortium": _l("You get this because you led this consortium."),
    "asked_admission": _l("You get this because you asked on behalf of your institution."),
    # problems
    "problem_author": _l("You get this because you wrote this problem statement."),
    "problem_follower": _l("You get this because you follow this problem."),
    "problem_endorser": _l("You get this because your institution has this problem too."),
    "problem_reviewer": _l("You get this because you review this problem statement."),
    # projects
    "project_lead": _l("You get this because you lead this project."),
    "project_member": _l("You get this because you are in this project."),
    "project_follower": _l("You get this because you follow this project."),
    "invited_to_project": _l("You get this because this project invites you."),
    "former_project_member": _l("You get this because you were in this project."),
    # teams
    "team_lead": _l("You get this because you lead this team."),
    "team_deputy": _l("You get this because you are the deputy of this team."),
    "team_member": _l("You get this because you are in this team."),
    "asked_to_join": _l("You get this because you asked to join this team."),
    "invited_to_team": _l("You get this because this team invites you."),
    "former_member": _l("You get this because you were in this team."),
    # discussions
    "mentioned": _l("You get this because somebody named you with an @."),
    "in_discussion": _l("You get this because you take part in this discussion."),
    "thing_people": _l("You get this because this is a discussion on something of yours."),
    "comment_author": _l("You get this because you wrote the comment."),
    "asked_naming": _l("You get this because you wished to name somebody as contributor."),
    "moderator": _l("You get this because you decide about reports."),
    "content_author": _l("You get this because it is about something that you wrote."),
    "reporter": _l("You get this because you reported it."),
    # offers and needs
    "listing_reviewer": _l("You get this because you review the first listings of institutions."),
    # interest
    "interest_sender": _l("You get this because you sent this interest."),
    "interest_owner": _l("You get this because it is about what you or your institution posted."),
    # the ledger
    "ledger_giver": _l("You get this because you represent the institution that gives."),
    "ledger_receiver": _l("You get this because you represent the institution that receives."),
    # translations
    "translator": _l("You get this because you translated this text."),
    "translated_text": _l("You get this because it is about a translation of your text."),
    "asked_translation": _l("You get this because you asked for this translation."),
    # outcomes
    "outcome_claimer": _l("You get this because you claimed this outcome or lead the work behind it."),
    "outcome_credited": _l("You get this because you are named in this outcome."),
    "outcome_confirmer": _l("You get this because your institution is asked about this outcome."),
    "outcome_partner": _l(
        "You get this because your institution is a partner in the work behind this outcome."
    ),
    # agreements
    "agreement_party": _l("You get this because you act for a party to this agreement."),
    "agreement_signatory": _l("You get this because you are named to sign this agreement."),
    # technology exchanges
    "exchange_reporter": _l("You get this because you report on this technology."),
}


def reason_text(key: str) -> str:
    """The sentence of a reason in the current language; empty for an unknown key, such as one of an older version."""
    return str(REASONS[key]) if key in REASONS else ""
