"""What is kept here of a person."""

from typing import Any

from weft.notices.bell import Bell
from weft.notices.models import Choices, Subscription
from weft.people.models import Person


def kept_of(person: Person) -> dict[str, Any]:
    told = [
        {"when": notice.rung_at, "circle": notice.circle.name if notice.circle else "", "what": notice.words}
        for _day, notices in Bell(person).by_day
        for notice, _new in notices
    ]
    choices = Choices.of(person)
    chosen = {name: said for name, said in choices.said.items() if name != "confirmed"}
    found: dict[str, Any] = {"what you were told": told} if told else {}
    if choices.said:
        found["how you want to be told"] = {**chosen, "address confirmed": choices.is_confirmed}
    devices = [{"push service": one.service, "signed in since": one.device.since} for one in Subscription.of(person)]
    return found | ({"devices that are told": devices} if devices else {})
