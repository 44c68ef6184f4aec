"""What safety keeps of a person, and how it lets go of it."""

from typing import Any

from weft.circles import veil
from weft.circles.models import Circle, Persona
from weft.people.models import Person
from weft.safety.models import Block, Concern, Report, Unveiling
from weft.safety.models.concern import owner_mark


def kept_of(person: Person) -> dict[str, Any]:
    told = Report.objects.by(person).select_related("concern", "circle").prefetch_related("concern__steps")
    mine = list(Persona.objects.of(person).inside())
    return {
        "told_the_safety_team": [
            {
                "circle": report.circle.name,
                "when": report.at,
                "reason": report.reason_said,
                "words": report.words,
                "your_words_that_went_with_it": report.excerpt if report.concern.is_own else "",
                "answers": [{"when": step.at, "words": step.answer} for step in report.concern.answers],
            }
            for report in sorted(told, key=lambda report: report.at)
        ],
        "blocked": [{"circle": other.circle.name, "name": other.name} for other in Block.set_by(*mine)],
        **_unveilings(person),
    }


def _unveilings(person: Person) -> dict[str, Any]:
    """Those that this person was told of, and those that they asked for. Nothing at all where there were none."""
    told = [one for one in Unveiling.objects.of(person).whole() if one.is_told]
    asked = list(Unveiling.objects.asked_by(person).whole())
    found: dict[str, Any] = {}
    if told:
        found["unveilings_of_you"] = [
            {
                "circle": one.circle.name,
                "name": one.about["name"],
                "when": one.opened_at,
                "told": one.told_at,
                "who_said_yes": one.agreed_by,
                "words": one.yeses[0].words,
                "why_you_were_told_later": one.yeses[0].why,
                "looks": [{"when": step.at, "who": step.by_name} for step in one.looks],
                "what_they_wrote_to_you": [{"when": step.at, "words": step.words} for step in one.written],
            }
            for one in sorted(told, key=lambda one: one.asked_at)
        ]
    if asked:
        found["unveilings_you_asked_for"] = [
            {"circle": one.circle.name, "when": one.asked_at, "why": one.reason, "what_is_needed": one.need}
            for one in sorted(asked, key=lambda one: one.asked_at)
        ]
    return found


def leave(persona: Persona, *, words: str) -> None:
    """A persona goes. The blocks it asked for end; those that others asked for outlive it, should it come back.

    What others showed the team of its words is kept while that is open, unless the words stay in the circle anyway.
    """
    Block.forget([owner_mark("block", persona.owner_tag)], only_asked=True)
    if words != "keep":
        for concern in Concern.objects.about(persona):
            concern.forget_excerpts()


def forget(person: Person) -> None:
    """Erase a person: their words to the team, and every block on either side."""
    tags = [veil.owner_tag(person, circle) for circle in Circle.objects.values_list("pk", flat=True)]
    Block.forget([owner_mark("block", tag) for tag in tags])
    for concern in Concern.objects.filter(of_tag__in=[owner_mark("of", tag) for tag in tags]):
        concern.forget_author()
    for report in Report.objects.by(person).select_related("concern"):
        report.forget()
    Unveiling.forget(tags)
