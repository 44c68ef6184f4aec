from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from weft.loom.section import Door, Notable, Section, Slip


class People(Section):
    name = "weft.people"
    verbose_name = _("Signing in")

    def doors(self) -> list[Door]:
        return [Door("people:settings", _("Settings"), order=70), Door("people:leave", _("Leave"), "top")]

    def modules(self) -> list[str]:
        return ["people/leave.js"]

    def frame(self, request: Any) -> dict[str, Any]:
        from weft.people.leaving import ELSEWHERE

        return {"leave_to": ELSEWHERE}

    def for_today(self, person: Any) -> list[Slip]:
        return [] if person.recovery_tag else [Slip("people/no_code.html", order=1)]

    def spoken(self, request: Any, language: str) -> None:
        if request.person:
            request.person.speak(language)

    def notables(self) -> list[Notable]:
        from weft.people import notables

        return notables.ALL

    def for_settings(self, person: Any) -> list[Slip]:
        from weft.people import own

        return own.for_settings(person)

    def tidy(self) -> None:
        from weft.people.devices import SessionStore

        SessionStore.clear_expired()

    def kept_of(self, person: Any) -> dict[str, Any]:
        from weft.people.models import Device

        return {
            "sign-in name": person.name,
            "passphrase": person.has_usable_password(),
            "recovery code": person.recovery_tag is not None,
            "second step": person.has_second_step,
            "e-mail": person.email,
            "language": person.language,
            "time zone": person.time_zone,
            "joined on": person.joined_on,
            "passkeys": [{"label": key.label, "added on": key.added_on} for key in person.passkeys.all()],
            "signed in since": [device.since for device in Device.objects.of(person)],
            "duties": [{"kind": d.kind, "known as": d.known_as, "since": d.since} for d in person.duties.all()],
        }

    def erasures(self) -> dict[str, Callable[[int], None]]:
        from weft.people.models import Passkey, Person

        def address(key: int) -> None:
            for person in Person.objects.filter(pk=key):
                person.address("")

        def passkey(key: int) -> None:
            Passkey.objects.filter(pk=key).delete()

        return {"address": address, "passkey": passkey}

    def forget(self, person: Any) -> None:
        """The person's row goes, and with it every passkey, device and duty. Call this last."""
        person.delete()
