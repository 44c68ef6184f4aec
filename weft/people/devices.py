"""The session store. A thief of the database can neither use a session nor read it, nor tell when it was last used."""

import base64
import json
from datetime import timedelta
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from weft.loom import keys, seal, time
from weft.loom.ready import ready
from weft.people.models import Device, Duty, Person

IDLE = 30 * 60  # seconds: a shared phone that nobody uses for so long is signed out
NOTICE = 60  # seconds: how finely a shared phone's use is noted, inside the seal


@ready
def _with_person(tag: bytes) -> QuerySet[Device]:
    """A device with its person and with what the frame of every page asks of that person: their duties."""
    held = {kind: Exists(Duty.objects.filter(person=OuterRef("person"), kind=kind)) for kind in Duty.Kind.values}
    return Device.objects.select_related("person").annotate(**held).filter(key_tag=tag)


def _hangs_on_a_device() -> list[tuple[QuerySet[Any], str]]:
    """Rows of other sections that belong to a device, and the name of their link to it."""
    links = Device._meta.related_objects
    return [(link.related_model._default_manager.all(), link.field.name) for link in links]


class SessionStore(SessionBase):
    """Django's sessions, kept as `Device` rows. Ends are a day coarse."""

    _person: Person | None = None

    def _place(self, key: str) -> str:
        return f"device:{Device.tag(key).hex()}"

    @property
    def person(self) -> Person | None:
        """Whoever is signed in here, while the sign-in holds; read together with the session."""
        stamp = self.get(HASH_SESSION_KEY, "")
        return self._person if self._person and self._person.stamped(stamp) else None

    def exists(self, session_key: str) -> bool:
        return Device.objects.filter(key_tag=Device.tag(session_key)).exists()

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        person = data.get(SESSION_KEY)
        # What a visitor leaves at the door, or somebody on a shared phone, is not kept for weeks; nor gone at midnight.
        days = 2 if data.get("shared") or not person else max(2, round(self.get_expiry_age() / 86400))
        values: dict[str, Any] = {
            "contents": seal.seal(json.dumps(data), seal.HOUSE, self._place(self.session_key)),
            "person_id": person and int(person),
            "expires_on": time.today() + timedelta(days=days),
        }
        tag = Device.tag(self.session_key)
        try:
            with transaction.atomic():
                if must_create:
                    Device(key_tag=tag, **values).save(force_insert=True)
                elif not Device.objects.filter(key_tag=tag).update(**values):
                    raise UpdateError
        except IntegrityError:
            if must_create:
                raise CreateError from None
            raise UpdateError from None  # the person is gone

    def load(self) -> dict[str, Any]:
        key = self.session_key or ""
        row = next(iter(_with_person(Device.tag(key))), None)
        if row and row.expires_on <= time.today():
            row = None
        data: dict[str, Any] = json.loads(seal.unseal(bytes(row.contents), seal.HOUSE, self._place(key))) if row else {}
        if row and data.get("shared"):
            now = int(time.now().timestamp())
            if now - data["seen"] > IDLE:
                row.delete()
                row, data = None, {}
            elif now - data["seen"] > NOTICE:
                data["seen"] = now
                self.modified = True
        if row is None:
            self._session_key = None
            return {}
        self._person = row.person
        if row.person:  # the frame of every page asks for duties
            row.person._duties = {kind for kind in Duty.Kind.values if getattr(row, kind)}
        return data

    def cycle_key(self) -> None:
        """The same sign-in under a new id. What other sections hang on a device goes on with it."""
        old = self.session_key
        data = self._get_session()  # type: ignore[attr-defined]
        with transaction.atomic():
            self.create()
            self._session_cache = data
            if old:
                for hanging, name in _hangs_on_a_device():
                    hanging.filter(**{name: Device.tag(old)}).update(**{name: Device.tag(self.session_key or "")})
                self.delete(old)

    def share(self) -> None:
        """This phone is shared: the sign-in ends with the browser, and after half an hour without use. What other
        sections hang on a device ends."""
        for hanging, name in _hangs_on_a_device():
            hanging.filter(**{name: Device.tag(self.session_key or "")}).delete()
        self["shared"] = True
        self["seen"] = int(time.now().timestamp())
        self.set_expiry(0)

    def keeps(self, place: str) -> dict[str, str]:
        """Where this device keeps words that it could not send, and the key that seals them there.

        The key is stored nowhere: it is made from the cookie each time, and so it goes when the sign-in ends. A shared
        phone gets none, and keeps nothing."""
        made = [keys.tag(keys.secret("people"), what, self.session_key, place) for what in ("words", "place")]
        key = "" if self.get("shared") else base64.b64encode(made[0]).decode()
        return {"name": made[1].hex(), "key": key}

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            Device.objects.filter(key_tag=Device.tag(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        Device.objects.filter(expires_on__lte=time.today()).delete()
