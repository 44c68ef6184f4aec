from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from weft.loom.section import Door, Notable, Outsider, Section, Slip


class Voices(Section):
    name = "weft.voices"
    verbose_name = _("Voices")

    def doors(self) -> list[Door]:
        return [
            Door("voices:voices", _("Voices"), place="foot", order=40),
            Door("voices:reading", _("Voices to read"), duty="reader", order=75),
        ]

    def for_story(self, persona: Any, story: Any) -> list[Slip]:
        mine = story.teller_id == persona.pk
        return [Slip("voices/story.html", {"persona": persona, "story": story})] if mine else []

    def for_settings(self, person: Any) -> list[Slip]:
        return [Slip("voices/settings.html", order=28)]

    def notables(self) -> list[Notable]:
        from weft.voices import telling

        return telling.NOTABLES

    def jobs(self) -> dict[str, Callable[..., None]]:
        from weft.voices import telling

        return {
            "tell_readers": telling.tell_readers,
            "tell_teller": telling.tell_teller,
            "tell_of_comments": telling.tell_of_comments,
            "tell_of_answer": telling.tell_of_answer,
        }

    def outsiders(self) -> dict[str, Callable[[int], Outsider | None]]:
        from weft.voices import telling

        return {"answered": telling.whom_to_tell}

    def tidy(self) -> None:
        from weft.voices.models import Comment

        Comment.tidy()

    def kept_of(self, person: Any) -> dict[str, Any]:
        from weft.voices.models import Voice

        mine = Voice.objects.of(person)
        return {
            "voices": [
                {
                    "name": one.name,
                    "text": one.text,
                    "what the world may do": one.consents,
                    "marked": one.marks,
                    "note": one.note,
                    "read by": one.read_by,
                    "public": one.is_public,
                }
                for one in mine
            ]
        }

    def stays(self, person: Any) -> list[str]:
        from weft.voices.models import Voice

        said = _("What you said to the world stays yours, and stays as it is. You find it in your settings.")
        return [str(said)] if Voice.objects.of(person).exists() else []

    def forget(self, person: Any) -> None:
        from weft.voices.models import Voice

        for voice in Voice.objects.of(person):
            voice.erase()

    def erasures(self) -> dict[str, Callable[[int], None]]:
        from weft.voices import erasing

        return erasing.AGAIN
