"""The session store. A thief of the database can neither use a session nor read it, nor tell when it was last used."""

import json
from datetime import timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction

from weft.loom import keys, seal, time
from weft.people.models import Device


class SessionStore(SessionBase):
    """Django's sessions, kept as `Device` rows. Ends are a day coarse."""

    def _tag(self, key: str) -> bytes:
        return keys.tag(keys.secret("people"), "device", key)

    def _place(self, key: str) -> str:
        return f"device:{self._tag(key).hex()}"

    def exists(self, session_key: str) -> bool:
        return Device.objects.filter(key_tag=self._tag(session_key)).exists()

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)
        sealed = seal.seal(json.dumps(data), seal.HOUSE, self._place(self.session_key))
        person = data.get(SESSION_KEY)
        ends = time.today() + timedelta(days=max(1, round(self.get_expiry_age() / 86400)))
        values: dict[str, Any] = {"contents": sealed, "person_id": person and int(person), "expires_on": ends}
        tag = self._tag(self.session_key)
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
        row = Device.objects.filter(key_tag=self._tag(self.session_key or ""), expires_on__gt=time.today()).first()
        if row is None:
            self._session_key = None
            return {}
        data: dict[str, Any] = json.loads(seal.unseal(row.contents, seal.HOUSE, self._place(self.session_key or "")))
        return data

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            Device.objects.filter(key_tag=self._tag(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        Device.objects.filter(expires_on__lte=time.today()).delete()
