"""What is kept here of a person."""

from typing import Any

from weft.notices.bell import Bell
from weft.people.models import Person


def kept_of(person: Person) -> dict[str, Any]:
    told = [
        {"when": notice.rung_at, "circle": notice.circle.name if notice.circle else "", "what": notice.words}
        for _day, notices in Bell(person).by_day
        for notice, _new in notices
    ]
    return {"what you were told": told} if told else {}
