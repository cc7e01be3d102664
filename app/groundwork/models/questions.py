"""The fourteen questions, in their order: what is asked, and why it is worth asking before work starts."""

from dataclasses import dataclass

from app.core.i18n import LazyText, _l


@dataclass(frozen=True)
class Question:
    """A question: its stable code, its name, what is asked, why."""

    code: str
    name: LazyText
    ask: LazyText
    why: LazyText


_ALL = (
    Question(
        "goals",
        _l("Goals and end"),
        _l("What do we want to have reached, and how will we know that the work is over?"),
        _l("Partners who wish for different ends often notice it late, when time and money are spent."),
    ),
    Question(
        "contributions",
        _l("Contributions"),
        _l("What does each of us give: time, people, instruments, money? What happens if somebody cannot?"),
        _l("What was only assumed is the first thing to be missing."),
    ),
    Question(
        "reports",
        _l("Reports on the work"),
        _l("Who reports what to whom, how often and in which form?"),
        _l("One late report can hold up the money and the work of everybody else."),
    ),
    Question(
        "direction",
        _l("Change of direction"),
        _l("What do we do when results lead elsewhere, or when somebody wishes to change the plan?"),
        _l(
            "Research seldom goes as planned. How to decide is easier to agree on while nobody has lost anything."
        ),
    ),
    Question(
        "communication",
        _l("Communication"),
        _l(
            "How and how often do we talk, in which languages, and within how many days does each of us answer?"
        ),
        _l("Across time zones and languages, silence is easily taken for lack of interest."),
    ),
    Question(
        "spin_offs",
        _l("Spin-offs"),
        _l(
            "If the work leads to a new project, a product or a company: who may take it on, and who is asked first?"
        ),
        _l("A good side result tempts one partner to go on alone."),
    ),
    Question(
        "staff",
        _l("Staff"),
        _l("Who works for the project, who chooses and guides them, and who employs them?"),
        _l("Students and staff carry much of the work. Each needs one person who answers for them."),
    ),
    Question(
        "authorship",
        _l("Authorship"),
        _l("Who is named as author and in which order, who is thanked, and who decides when we disagree?"),
        _l("Rules made before the first text are seen as fair; rules made over a finished one seldom are."),
    ),
    Question(
        "talks",
        _l("Talks and media"),
        _l("Who may speak of the work in public, from when on, and who reads it beforehand?"),
        _l("A word too early can cost a publication, a patent or the trust of a community."),
    ),
    Question(
        "patents",
        _l("Patents"),
        _l("To whom do inventions belong, who pays for protecting them, and who may use them?"),
        _l("Laws differ from country to country. If we say nothing, one of them decides for all of us."),
    ),
    Question(
        "data",
        _l("Data and long-term access"),
        _l("Who keeps data, samples and programs, who may use them, and where will they be in ten years?"),
        _l("People move on and machines are switched off. What nobody keeps is lost for everybody."),
    ),
    Question(
        "leaving",
        _l("Leaving"),
        _l("When a person or an institution leaves: what do they hand over, and what may they take along?"),
        _l("Somebody will leave. It is kinder to have spoken of it before it is anybody in particular."),
    ),
    Question(
        "third_parties",
        _l("Third parties"),
        _l("Who else has a say: funders, companies, authorities, communities? What have we promised them?"),
        _l("A promise that one of us gave binds the work of all, also of those who never heard of it."),
    ),
    Question(
        "interests",
        _l("Conflicts of interest"),
        _l("What else of ours could sway our judgement: money, posts, family, competing work?"),
        _l("What is said at the start seldom does harm; what is found out later often does."),
    ),
)
QUESTIONS: dict[str, Question] = {question.code: question for question in _ALL}
ANSWER_LENGTH = 3000
LINE_LENGTH = 1000
