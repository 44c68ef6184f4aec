"""What safety has for the pages that gather: answers to whoever told something, work for the team and the steward."""

from weft.circles.models import House, Persona
from weft.loom.section import Slip
from weft.people.models import Duty, Person
from weft.safety.models import Block, Concern, HelpLine, Report, Unveiling


def for_today(person: Person) -> list[Slip]:
    found = [
        Slip("safety/slip_answer.html", {"report": report, "answers": answers}, order=5)
        for report, answers in Report.answered(person)
    ]
    told, asked, theirs = Unveiling.today(person)
    found += [Slip("safety/slip_unveiled.html", {"unveiling": one}, order=4, waits=True) for one in told]
    found += [Slip("safety/slip_asked.html", {"unveiling": one}, order=5) for one in asked]
    if theirs:
        waits = any(one.is_waiting and not one.has_agreed(person) for one in theirs)
        found.append(Slip("safety/slip_unveilings.html", {"unveilings": theirs}, order=6, waits=waits))
    if person.has_duty(Duty.Kind.SAFETY):
        waiting = Concern.objects.seen_by(person).open().by_clock()
        if waiting:
            found.append(Slip("safety/slip_queue.html", {"waiting": waiting}, order=6, waits=True))
    if person.has_duty(Duty.Kind.STEWARD):
        house = House.here()
        to_check = HelpLine.to_check(house.country) if house and house.country else []
        late = Concern.anything_late(person)
        if to_check or late:
            found.append(Slip("safety/slip_steward.html", {"to_check": to_check, "late": late}, order=60))
    return found


def for_settings(person: Person) -> list[Slip]:
    mine = list(Persona.objects.of(person).inside())
    context = {"blocked": Block.set_by(*mine), "duties": person.duties_held}
    return [Slip("safety/slip_settings.html", context, order=50)]
