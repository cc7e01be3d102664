"""The choices of a project's fields in words; the codes stand in the database."""

from app.core.i18n import _l

TITLE_LENGTH = 100
SUMMARY_LENGTH = 500
MOST_LINES = 8  # of what a partner brings, and of what it gains
MOST_NEEDS = 20
MOST_FUNDING = 10
MOST_MILESTONES = 50
MOST_PROBLEMS = 5
MOST_PARTNERS = 60
MOST_MEMBERS = 200
# From everybody to those who take part; a block is never wider than its project.
VISIBILITIES = {
    "public": _l("Everybody"),
    "signed_in": _l("People who are signed in"),
    "consortium": _l("Members of the consortium"),
    "members": _l("Only those who take part"),
}
LEVELS = tuple(VISIBILITIES)
BLOCKS = {
    "team": _l("Team"),
    "plan": _l("Plan"),
    "resources": _l("Resources needed"),
    "funding": _l("Funding"),
    "updates": _l("Updates"),
    "files": _l("Files"),
}
PARTNER_ROLES = {
    "lead": _l("Lead institution"),
    "partner": _l("Partner"),
    "contractor": _l("Contractor"),
    "funder": _l("Funder"),
    "facility": _l("Facility"),
    "in_kind": _l("In-kind contributor"),
}
RIGHTS = {
    "open": _l("Open to all"),
    "shared_licence": _l("Shared under a licence"),
    "transfer": _l("Transferred to a partner"),
    "author_keeps": _l("Each partner keeps its own"),
    "undecided": _l("To be decided"),
}
READINESS = {
    1: _l("Basic principles observed"),
    2: _l("Concept formulated"),
    3: _l("Shown in experiments"),
    4: _l("Tried in the laboratory"),
    5: _l("Tried in a relevant environment"),
    6: _l("Demonstrated in a relevant environment"),
    7: _l("Prototype demonstrated in operation"),
    8: _l("System complete and qualified"),
    9: _l("Proven in operation"),
}
REJECTION_CODES = {
    "out_of_scope": _l("It is outside what this consortium works on."),
    "duplicate": _l("It has been registered before."),
    "unclear": _l("The goal cannot be understood from the text."),
    "not_joint": _l("It is not joint work: one side alone gives or gains."),
    "unlawful": _l("It plans something that may not be done."),
}
DECLINE_CODES = {
    "timing": _l("It is not the right time."),
    "no_capacity": _l("We have no room for it."),
    "terms": _l("What is brought and gained does not fit."),
    "not_asked": _l("We did not know of it."),
    "other": _l("Another reason, said below."),
}
PARTS = {
    "about": _l("About the project"),
    "goals": _l("Goals"),
    "partners": _l("Partners and their roles"),
    "team": _l("Team and skills"),
    "plan": _l("Plan"),
    "resources": _l("Resources and funding"),
    "rights": _l("Rights, ethics and visibility"),
}
