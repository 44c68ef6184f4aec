from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weft.loom.glance import Where
from weft.loom.section import Door, Fitting, Notable, Reportable, Section, Slip


class Stories(Section):
    name = "weft.stories"
    verbose_name = gettext_lazy("Stories")

    def frame(self, request: Any) -> dict[str, Any]:
        from weft.stories.tucking import Tucking

        return {"tucked": Tucking.of(getattr(request, "person", None))}

    def for_settings(self, person: Any) -> list[Slip]:
        from weft.circles.models import Persona
        from weft.stories import tucking

        asked = [persona for persona in Persona.all_of(person) if persona.may_write]
        slips = [Slip("stories/settings.html", tucking.for_settings(person), order=20)]
        return [*slips, Slip("stories/ready.html", {"personas": asked}, order=25)] if asked else slips

    def lying(self, person: Any) -> list[Where]:
        from weft.circles import veil
        from weft.stories.models import Ask, Story

        mine = list(veil.keyring(person).values())
        return [Ask.where(mine), Story.where(mine)]

    def doors(self) -> list[Door]:
        return [Door("stories:search", gettext_lazy("Search"), order=60)]

    def for_circle(self, persona: Any) -> list[Slip]:
        from weft.stories import listing
        from weft.stories.asking import may_be_asked

        ready = may_be_asked(persona)
        slip = Slip("stories/slip.html", listing.first_page(persona), order=10)
        slips = [*listing.queue(persona), slip]
        return [*slips, Slip("stories/ready_here.html", {"circle": persona.circle}, order=80)] if ready else slips

    def for_today(self, person: Any) -> list[Slip]:
        from weft.stories import listing

        return listing.for_today(person)

    def for_desk(self, persona: Any, around: Any) -> list[Slip]:
        from weft.stories import listing

        return listing.queue(persona, always=True, order=8)

    def beside(self) -> dict[str, Any]:
        from weft.stories import listing

        return listing.beside()

    def last_heard(self, persona: Any, members: list[Any]) -> dict[int, date]:
        from weft.stories import listing

        return listing.last_heard(persona, members)

    def promised(self, person: Any) -> list[Slip]:
        from weft.stories import listing

        return listing.promised(person)

    def tidy(self) -> None:
        from weft.stories import asking

        asking.tidy()

    def may_hear(self, persona_id: int, subject: str) -> bool | None:
        from weft.stories import listing

        return listing.may_hear(persona_id, subject)

    def reportable(self, kind: str, pk: int, persona: Any) -> Reportable | None:
        from weft.stories.models import Reply, Story

        if kind == "story":
            story = Story.objects.heard_by(persona).filter(pk=pk).first()
            return Reportable(kind, pk, story.text, story.teller, _("A story")) if story and story.stands else None
        if kind == "draft":
            draft = persona.stories.filter(pk=pk, erased=False).first()
            return draft and Reportable(kind, pk, draft.text, persona, _("A draft"))
        if kind == "reply":
            reply = Reply.objects.heard_by(persona).filter(pk=pk, erased=False).first()
            if reply and Story.objects.heard_by(persona).filter(pk=reply.story_id).exists():
                return Reportable(kind, pk, reply.text, reply.by, _("An answer"))
        return None

    def along(self) -> dict[str, Any]:
        from weft.stories.finding import newest_in

        return {"newest": newest_in("circle")}

    def fitting(self, person: Any, sought: Any) -> Fitting:
        from weft.stories.fitting import FittingStories

        return FittingStories(person, sought)

    def notables(self) -> list[Notable]:
        from weft.stories import telling

        return telling.NOTABLES

    def jobs(self) -> dict[str, Callable[..., None]]:
        from weft.stories import asking, indexing, telling

        return {
            "tell_of_reply": telling.tell_of_reply,
            "tell_of_ask": telling.tell_of_ask,
            "tell_of_handover": telling.tell_of_handover,
            "hush": telling.hush,
            "look_again": asking.look_again,
            "tell_in_time": asking.tell_in_time,
            "put_in_order": indexing.put_in_order,
        }

    def kept_of(self, person: Any) -> dict[str, Any]:
        from weft.stories import keeping

        return keeping.kept_of(person)

    def erasures(self) -> dict[str, Callable[[int], None]]:
        from weft.stories.models import Reply, Story

        def story(key: int) -> None:
            for found in Story.objects.filter(pk=key, erased=False):
                found.erase()

        def reply(key: int) -> None:
            for found in Reply.objects.filter(pk=key, erased=False):
                found.erase()

        def taken_back(key: int) -> None:
            for found in Story.objects.filter(pk=key, erased=False):
                if found.teller:
                    found.take_back(by=found.teller)

        return {"story": story, "reply": reply, "taken_back": taken_back}

    def gone(self, kind: str, pk: int) -> None:
        from weft.stories import indexing
        from weft.stories.models import Story

        if kind == "circle":
            indexing.let_go(pk)
            Story.objects.filter(circle=pk).delete()

    def wrote(self, persona: Any) -> bool:
        return bool(persona.stories.filter(erased=False).exists() or persona.replies.filter(erased=False).exists())

    def begin(self) -> None:
        from weft.stories import indexing

        indexing.see_to_it()

    def leave(self, persona: Any, *, words: str) -> None:
        for story in list(persona.stories.all()):
            if words == "keep" and story.stands:
                story.teller = None
                story.save(update_fields=["teller"])
            else:
                story.erase()
        for reply in list(persona.replies.filter(erased=False).select_related("story")):
            if words == "keep":
                reply.by = None
                reply.save(update_fields=["by"])
            else:
                reply.erase()
