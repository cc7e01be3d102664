"""The audit in words: actions, things, and what changed."""

from typing import Any

from app.core.i18n import LazyText, _, _l
from app.core.vocab.kinds import is_kind, kind_label

# Every action that is recorded anywhere; a test holds the table against the code.
ACTIONS: dict[str, LazyText] = {
    "audit.read_all": _l("opened the whole audit for an hour"),
    "home.send_mail_again": _l("had a mail sent again"),
    "accounts.sign_up": _l("created an account"),
    "accounts.sign_up_again": _l("tried to create an account that exists"),
    "accounts.confirm": _l("confirmed the e-mail address"),
    "accounts.sign_in": _l("signed in"),
    "accounts.sign_out": _l("signed out"),
    "accounts.prove": _l("gave the password again"),
    "accounts.end_sign_in": _l("ended a sign-in"),
    "accounts.end_other_sign_ins": _l("ended all other sign-ins"),
    "accounts.ask_reset": _l("asked for a new password"),
    "accounts.reset_password": _l("set a new password by mailed link"),
    "accounts.make_reset_link": _l("made a link for a new password"),
    "accounts.change_password": _l("changed the password"),
    "accounts.ask_change_of_address": _l("asked to change the e-mail address"),
    "accounts.change_address": _l("changed the e-mail address"),
    "accounts.update_profile": _l("changed the profile"),
    "accounts.update_languages": _l("changed languages"),
    "accounts.close_account": _l("closed the account"),
    "accounts.create_person": _l("made an account for somebody"),
    "accounts.set_administrator": _l("changed who administers the portal"),
    "accounts.forget_unconfirmed": _l("forgot an account that was never confirmed"),
    "institutions.load_ror": _l("loaded the registry of organisations"),
    "institutions.add": _l("added an institution"),
    "institutions.claim": _l("asked to represent an institution"),
    "institutions.accept_claim": _l("accepted a claim"),
    "institutions.decline_claim": _l("declined a claim"),
    "institutions.withdraw_claim": _l("took a claim back"),
    "institutions.lapse_claim": _l("let a claim lapse"),
    "institutions.verify": _l("verified an institution"),
    "institutions.suspend": _l("suspended an institution"),
    "institutions.restore": _l("restored an institution"),
    "institutions.close": _l("closed an institution"),
    "institutions.merge": _l("merged an institution into another"),
    "institutions.join": _l("asked to belong to an institution"),
    "institutions.confirm_affiliation": _l("confirmed an affiliation"),
    "institutions.decline_affiliation": _l("declined an affiliation"),
    "institutions.withdraw_affiliation": _l("took back the wish to belong"),
    "institutions.end_affiliation": _l("ended an affiliation"),
    "institutions.leave": _l("left an institution"),
    "institutions.lapse_affiliation": _l("let an affiliation lapse"),
    "institutions.change_role": _l("changed somebody’s role"),
    "institutions.step_back": _l("stepped back as representative"),
    "institutions.change_settings": _l("changed the institution’s settings"),
    "institutions.change_domains": _l("changed the institution’s domains"),
    "consortia.create": _l("created a consortium"),
    "consortia.change_settings": _l("changed the consortium’s settings"),
    "consortia.write_terms": _l("wrote new terms"),
    "consortia.name_first_lead": _l("named the first lead"),
    "consortia.add_lead": _l("named a lead"),
    "consortia.end_lead": _l("ended a leadership"),
    "consortia.close": _l("closed a consortium"),
    "consortia.reopen": _l("reopened a consortium"),
    "consortia.ask_admission": _l("asked for admission"),
    "consortia.invite_institution": _l("invited an institution"),
    "consortia.decide_admission": _l("answered about an admission"),
    "consortia.withdraw_admission": _l("took back an admission"),
    "consortia.lapse_admission": _l("let an admission lapse"),
    "consortia.leave": _l("took an institution out of a consortium"),
    "problems.create": _l("began a problem"),
    "problems.edit": _l("changed a problem"),
    "problems.submit": _l("sent a problem for review"),
    "problems.recall": _l("took a problem back from review"),
    "problems.publish": _l("published a problem"),
    "problems.return": _l("returned a problem for changes"),
    "problems.reject": _l("did not accept a problem"),
    "problems.reopen": _l("reopened a problem"),
    "problems.merge": _l("merged a problem into another"),
    "problems.take_over": _l("took over what came from a merged problem"),
    "problems.withdraw": _l("withdrew a problem"),
    "problems.expire": _l("let a problem expire"),
    "problems.renew": _l("renewed a problem"),
    "problems.close": _l("closed a problem"),
    "problems.begin_work": _l("put a problem into work"),
    "problems.stop_work": _l("took a problem out of work"),
    "problems.endorse": _l("said that an institution has this problem too"),
    "problems.withdraw_endorsement": _l("took an endorsement back"),
    "problems.follow": _l("followed a problem"),
    "problems.unfollow": _l("stopped following a problem"),
    "problems.comment": _l("commented on a review"),
    "problems.tick_wish": _l("ticked a reviewer’s wish"),
    "teams.start": _l("started a team"),
    "teams.edit": _l("changed a team"),
    "teams.set_rules": _l("set the team’s rules"),
    "teams.set_skills": _l("said which skills a member covers"),
    "teams.name_deputy": _l("named the deputy"),
    "teams.write_text": _l("wrote the team’s text"),
    "teams.post_update": _l("posted an update"),
    "teams.add_role": _l("opened a role"),
    "teams.edit_role": _l("changed an open role"),
    "teams.close_role": _l("closed an open role"),
    "teams.add_line": _l("added an exchange line"),
    "teams.edit_line": _l("changed an exchange line"),
    "teams.remove_line": _l("took an exchange line out"),
    "teams.remind_lines": _l("reminded an institution of its exchange lines"),
    "teams.ask_to_join": _l("asked to join a team"),
    "teams.withdraw_request": _l("took a request back"),
    "teams.invite": _l("invited somebody"),
    "teams.invite_by_mail": _l("invited somebody by mail"),
    "teams.withdraw_invitation": _l("took an invitation back"),
    "teams.accept": _l("accepted"),
    "teams.decline": _l("declined a request"),
    "teams.decline_invitation": _l("declined an invitation"),
    "teams.confirm": _l("confirmed a participation for the institution"),
    "teams.decline_participation": _l("declined a participation for the institution"),
    "teams.lapse": _l("let a request or invitation lapse"),
    "teams.leave": _l("left a team"),
    "teams.remove_member": _l("removed a member"),
    "teams.offer_hand_over": _l("offered to hand the team over"),
    "teams.hand_over": _l("took the team over"),
    "teams.decline_hand_over": _l("declined to take the team over"),
    "teams.withdraw_hand_over": _l("took back the offer to hand over"),
    "teams.propose": _l("proposed a team"),
    "teams.recall": _l("took a proposal back"),
    "teams.approve": _l("approved a team"),
    "teams.return": _l("returned a team for changes"),
    "teams.reject": _l("did not approve a team"),
    "teams.reopen": _l("reopened a team"),
    "teams.pause": _l("paused a team"),
    "teams.resume": _l("resumed a team"),
    "teams.complete": _l("completed a team"),
    "teams.dissolve": _l("dissolved a team"),
    "demo.load": _l("loaded the demonstration"),
    "demo.fill": _l("filled the portal for measuring"),
    "demo.give_accounts": _l("gave out demonstration accounts"),
}
THINGS: dict[str, LazyText] = {
    "person": _l("person"),
    "sign_in": _l("sign-in"),
    "ticket": _l("mailed link"),
    "institution": _l("institution"),
    "affiliation": _l("affiliation"),
    "institution_claim": _l("claim"),
    "consortium": _l("consortium"),
    "consortium_terms": _l("terms"),
    "admission": _l("admission"),
    "leadership": _l("leadership"),
    "problem": _l("problem"),
    "review": _l("review"),
    "review_comment": _l("comment"),
    "endorsement": _l("endorsement"),
    "problem_follow": _l("following"),
    "team": _l("team"),
    "membership": _l("membership"),
    "mail_invitation": _l("invitation by mail"),
    "open_role": _l("open role"),
    "exchange_line": _l("exchange line"),
    "team_text": _l("team text"),
    "proposal": _l("proposal"),
    "hand_over": _l("hand-over"),
    "team_update": _l("update"),
    "mail": _l("mail"),
}
NUMBERED = {"problem": "P", "team": "T"}
NAMES: dict[str, LazyText] = {
    "state": _l("state"),
    "name": _l("name"),
    "title": _l("title"),
    "role": _l("role"),
    "is_signatory": _l("signatory"),
    "lead_id": _l("lead"),
    "deputy_id": _l("deputy"),
    "seats": _l("seats"),
    "visibility": _l("visibility"),
    "closes_on": _l("open until"),
    "code": _l("reason"),
    "part": _l("part"),
    "administrator": _l("administrator"),
    "institution": _l("institution"),
    "institution_id": _l("institution"),
    "claim": _l("claim"),
    "person_id": _l("person"),
    "working_languages": _l("working languages"),
    "confirms_participation": _l("participation needs confirmation"),
    "weekend": _l("days of rest"),
    "zone": _l("time zone"),
    "names": _l("names"),
    "first_lead": _l("first lead"),
    "purposes": _l("purpose"),
    "min_institutions": _l("fewest institutions"),
    "min_countries": _l("fewest countries"),
    "decision_days": _l("working days for a decision"),
    "projects_need_agreement": _l("projects need an agreement"),
    "sdgs": _l("goals"),
    "fields": _l("parts that changed"),
    "number": _l("version"),
    "problem_id": _l("problem"),
    "decision_rule": _l("how it decides"),
    "credit_rule": _l("how credit is shared"),
    "benefit_rule": _l("how benefit is shared"),
    "skills": _l("skills"),
    "skill": _l("skill"),
    "direction": _l("direction"),
    "kind": _l("kind"),
    "text": _l("text"),
    "proposal": _l("proposal"),
    "wishes": _l("wishes"),
    "survivor": _l("merged into"),
    "release": _l("version"),
    "reason": _l("reason"),
    "lead": _l("lead"),
    "meeting_hours": _l("meeting hours"),
    "domains": _l("internet domains"),
    "wish": _l("wish"),
    "met": _l("met"),
    "is_closed": _l("closed"),
    "gains_without_source": _l("gains that nobody gives yet"),
    "events": _l("events"),
    "country": _l("country"),
    "changed": _l("parts that changed"),
}
# Codes that a change holds, by the name of what changed; what is not here is shown as it stands.
STATES: dict[str, LazyText] = {
    "draft": _l("Draft"),
    "submitted": _l("In review"),
    "needs_changes": _l("Changes wanted"),
    "published": _l("Open to teams"),
    "in_work": _l("In work"),
    "answered": _l("Answered"),
    "rejected": _l("Rejected"),
    "merged": _l("Merged"),
    "withdrawn": _l("Withdrawn"),
    "expired": _l("Expired"),
    "closed": _l("Closed"),
    "recruiting": _l("Recruiting"),
    "proposed": _l("Proposed"),
    "approved": _l("Approved"),
    "returned": _l("Returned"),
    "dissolved": _l("Dissolved"),
    "paused": _l("Paused"),
    "completed": _l("Completed"),
    "requested": _l("Waiting for an answer"),
    "asked": _l("Waiting for an answer"),
    "invited": _l("Invited"),
    "confirming": _l("Waiting for the institution"),
    "active": _l("Active"),
    "member": _l("Member"),
    "accepted": _l("Accepted"),
    "declined": _l("Declined"),
    "lapsed": _l("Lapsed"),
    "left": _l("Left"),
    "removed": _l("Removed"),
    "ended": _l("Ended"),
    "listed": _l("Listed"),
    "pending": _l("Being checked"),
    "verified": _l("Verified"),
    "suspended": _l("Suspended"),
}
VALUES: dict[str, dict[str, LazyText]] = {
    "state": STATES,
    "institution": STATES,
    "claim": STATES,
    "code": STATES,
    "direction": {"brings": _l("Brings"), "gains": _l("Hopes to gain")},
    "part": {
        "need": _l("The need, in short"),
        "affected": _l("Who is affected"),
        "success": _l("How success is measured"),
        "exchange": _l("What you bring and need"),
        "classification": _l("Where it belongs"),
    },
    "fields": {
        "title": _l("Title"),
        "summary": _l("Summary"),
        "statement": _l("Full statement"),
        "affected_who": _l("Who they are"),
        "affected_where": _l("Where"),
        "affected_number": _l("How many, since when"),
        "affected_unit": _l("How many, since when"),
        "since_year": _l("How many, since when"),
        "measures": _l("Measures"),
        "tried": _l("What was tried, and why it failed"),
        "brings": _l("We bring"),
        "needs": _l("We need"),
        "sdg_goals": _l("Goals"),
        "sdg_targets": _l("Targets"),
        "fields": _l("Fields of research"),
        "keywords": _l("Keywords"),
        "rights": _l("Rights"),
        "closes_on": _l("Open until"),
        "visibility": _l("Who can see it"),
    },
    "decision_rule": {
        "consent": _l("By consent: nobody has a grave objection"),
        "majority": _l("By majority; the lead breaks a tie"),
        "lead": _l("The lead decides after hearing everybody"),
        "institutions": _l("One voice for each institution"),
    },
    "credit_rule": {
        "credit_before": _l("CRediT roles, agreed before writing"),
        "credit_after": _l("CRediT roles, agreed when the work is done"),
        "equal": _l("All members are named equally"),
        "by_agreement": _l("As an agreement between the institutions says"),
    },
}
LONGEST_VALUE = 200


def action(code: str) -> str:
    """What was done, in words; the code itself for an action of an older version."""
    return str(ACTIONS.get(code, code))


def choices() -> list[tuple[str, str]]:
    """All actions with their words, in the order of the words."""
    return sorted(((code, str(text)) for code, text in ACTIONS.items()), key=lambda pair: pair[1].casefold())


def thing(kind: str, thing_id: int | None) -> str:
    """A thing as people name it: `T-0007` for a team, else its kind and key."""
    if kind in NUMBERED and thing_id is not None:
        return f"{NUMBERED[kind]}-{thing_id:04d}"
    label = THINGS.get(kind)
    if label is None or thing_id is None:
        return _("the portal") if kind == "portal" else kind
    return _("%(thing)s %(number)s", thing=str(label), number=thing_id)


def _named(name: str, value: Any) -> str:
    """A value in words where its name has codes, else as it stands."""
    if name == "kind" and isinstance(value, str) and is_kind(value):
        return kind_label(value)
    words = VALUES.get(name, {})
    if isinstance(value, list) and words:
        return _value(list(dict.fromkeys(str(words.get(str(item), item)) for item in value)))
    known = words.get(value) if isinstance(value, str) else None
    return _value(value) if known is None else str(known)


def _value(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        text = _(", ").join(_value(item) for item in value)
    elif isinstance(value, dict):
        text = _(", ").join(f"{key}: {_value(item)}" for key, item in value.items())
    else:
        text = str(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What changed: (name, before, after), only what differs, in the order it was written down."""
    return [
        (
            str(NAMES.get(key, key.replace("_", " "))),
            _named(key, before.get(key)),
            _named(key, after.get(key)),
        )
        for key in dict.fromkeys([*before, *after])
        if before.get(key) != after.get(key)
    ]
