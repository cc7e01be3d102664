"""Who may translate, check, see and take back."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.access import SIGN_IN_FIRST, Actor, Answer, No, permission
from app.core.i18n import _l
from app.translating.models import READ, SPEAK, Translation

READ_BOTH = No(
    "languages_needed",
    _l(
        "You need both languages in your profile, each at the level “working” or better. Add them under My account, Languages and calendar."
    ),
)
SPEAK_ORIGINAL = No(
    "original_not_spoken",
    _l(
        "A translation is checked by somebody who has the original’s language as a first language or fluently, and reads the other. Your profile does not say so."
    ),
)
OWN_TRANSLATION = No("own_translation", _l("You made this translation, so somebody else checks it."))
NOT_TRANSLATOR = No("not_translator", _l("Only the person who translates this may do that."))
NOT_CHECKER = No("not_checker", _l("Only who checked it, or those whose text it is, may take it down."))
NOT_DECIDER = No("not_decider", _l("Only the person who decided this may open it again."))
NOT_SEEN = No("not_found", _l("There is nothing here that you can see."))


@dataclass(frozen=True)
class Standing:
    """What a person is to a thing: the languages of their profile with levels; whether the thing is theirs (`is_keeper`),
    or theirs to review (`is_reviewer`).
    """

    spoken: Mapping[str, str] = field(default_factory=dict)
    is_keeper: bool = False
    is_reviewer: bool = False

    def reads(self, language: str) -> bool:
        """Whether the profile has the language at the level "working" or better."""
        return self.spoken.get(language) in READ

    def speaks(self, language: str) -> bool:
        """Whether the profile has the language fluently or as the first one."""
        return self.spoken.get(language) in SPEAK

    @property
    def is_of_the_thing(self) -> bool:
        """Whether the thing is theirs, or theirs to review."""
        return self.is_keeper or self.is_reviewer


@permission("translating.translate")
def translate(actor: Actor, standing: Standing, original: str, language: str) -> Answer:
    """Whoever reads both languages."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return (standing.reads(original) and standing.reads(language)) or READ_BOTH


@permission("translating.ask")
def ask(actor: Actor) -> Answer:
    """Everybody who is signed in may say that they would like a translation."""
    return actor.is_signed_in or SIGN_IN_FIRST


@permission("translating.work")
def work(actor: Actor) -> Answer:
    """The queue is for everybody who is signed in."""
    return actor.is_signed_in or SIGN_IN_FIRST


def may_check(actor: Actor, translation: Translation, standing: Standing) -> Answer:
    """Somebody else who speaks the original and reads the other language; those whose text it is need to read both."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if translation.translator_id == actor.id:
        return OWN_TRANSLATION
    original = translation.source_language
    knows = standing.reads(original) if standing.is_keeper else standing.speaks(original)
    return (knows and standing.reads(translation.language)) or SPEAK_ORIGINAL


@permission("translating.see")
def see(actor: Actor, translation: Translation, standing: Standing) -> Answer:
    """Of a thing that one sees: accepted ones everybody; the others their translator, who decided, and the thing's people
    (but drafts); what is proposed also who may check it. What a moderator hid only its translator.
    """
    if translation.state in {"accepted", "superseded"} or (
        actor.id and translation.translator_id == actor.id
    ):
        return True
    if not actor.is_signed_in or translation.asked_at is None or translation.state in {"draft", "hidden"}:
        return False
    if standing.is_of_the_thing or translation.decided_by_id == actor.id:
        return True
    return translation.state == "proposed" and bool(may_check(actor, translation, standing))


def _translator(actor: Actor, translation: Translation) -> Answer:
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return translation.translator_id == actor.id or NOT_TRANSLATOR


@permission("translating.save")
def save(actor: Actor, translation: Translation) -> Answer:
    """Its translator."""
    return _translator(actor, translation)


@permission("translating.propose")
def propose(actor: Actor, translation: Translation, standing: Standing) -> Answer:
    """Its translator, while their profile has both languages."""
    answer = _translator(actor, translation)
    return translate(actor, standing, translation.source_language, translation.language) if answer else answer


@permission("translating.recall")
def recall(actor: Actor, translation: Translation) -> Answer:
    """Its translator."""
    return _translator(actor, translation)


@permission("translating.withdraw")
def withdraw(actor: Actor, translation: Translation) -> Answer:
    """Its translator."""
    return _translator(actor, translation)


@permission("translating.accept")
def accept(actor: Actor, translation: Translation, standing: Standing) -> Answer:
    """Who may check."""
    return may_check(actor, translation, standing)


@permission("translating.return")
def return_for_changes(actor: Actor, translation: Translation, standing: Standing) -> Answer:
    """Who may check."""
    return may_check(actor, translation, standing)


@permission("translating.reject")
def reject(actor: Actor, translation: Translation, standing: Standing) -> Answer:
    """Who may check."""
    return may_check(actor, translation, standing)


@permission("translating.take_down")
def take_down(actor: Actor, translation: Translation, standing: Standing) -> Answer:
    """Who checked it, and those whose text it is; not its own translator."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    if translation.translator_id == actor.id:
        return OWN_TRANSLATION
    return standing.is_keeper or translation.decided_by_id == actor.id or NOT_CHECKER


@permission("translating.reopen")
def reopen(actor: Actor, translation: Translation) -> Answer:
    """Who rejected it."""
    if not actor.is_signed_in:
        return SIGN_IN_FIRST
    return translation.decided_by_id == actor.id or NOT_DECIDER
