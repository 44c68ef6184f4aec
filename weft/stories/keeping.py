"""What is kept here of a person: their stories, replies and echoes, and how they may be asked."""

import json
from typing import Any

from weft.circles.models import Persona
from weft.stories.models import Readiness


def kept_of(person: Any) -> dict[str, Any]:
    """All stories, replies and echoes of a person's personas, as plain data."""
    personas = list(Persona.objects.of(person).select_related("circle"))
    return {
        "stories": [
            {
                "circle": p.circle.name,
                "as": p.name,
                "text": s.text,
                "wish": s.wish,
                "topics": s.topics,
                "told_at": s.told_at,
            }
            for p in personas
            for s in p.stories.filter(erased=False)
        ],
        "replies": [
            {"circle": p.circle.name, "as": p.name, "text": r.text, "note": r.is_note, "said_at": r.said_at}
            for p in personas
            for r in p.replies.filter(erased=False)
        ],
        "I may be asked": [
            {
                "circle": p.circle.name,
                "topics": ready.topics,
                "about anything": ready.anything,
                "times a day": ready.a_day,
                "days of rest": ready.rest,
                "days on duty": ready.duty,
            }
            for p in personas
            for ready in Readiness.objects.filter(persona=p)
        ],
        "questions I was asked": [
            {"circle": p.circle.name, "on": ask.at, "I said": ask.said} for p in personas for ask in p.asks.all()
        ],
        "stories I took on": [
            {"circle": p.circle.name, "on": one.at, "still open": one.is_open}
            for p in personas
            for one in p.taken_on.all()
        ],
        "echoes": [{"circle": p.circle.name, "as": p.name, "kind": e.kind} for p in personas for e in p.echoes.all()],
        **({"rather_not_see": json.loads(person.tucked)} if person.tucked else {}),
    }
