"""The door: who is let in by what, and what it means to be let in."""

from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from weft.loom import jobs, time
from weft.loom.caps import Cap
from weft.people.models import Device, Person
from weft.people.request import Request

FRESH = 10 * 60  # seconds after signing in for which nothing is asked again
TOOK = 60 * 60  # seconds for which a download holds all that somebody wrote, near enough to go with it
HALF = 10 * 60  # seconds in which the second step may follow the first

# A stranger can use up somebody's tries by passphrase, never the passkey or the recovery code: neither can be guessed,
# so neither is counted for one person. What is counted for all only keeps the machine from being worn out.
BY_NAME = Cap(at_once=8, every=60)
BY_PERSON = Cap(at_once=8, every=60)
BY_CODE_APP = Cap(at_once=6, every=120)
PASSPHRASES = Cap(at_once=200, every=0.5)
CODES = Cap(at_once=2000, every=0.01)
JOINING = Cap(at_once=100, every=3)
CHANGES = Cap(at_once=40, every=15)


class _Finds(BaseBackend):
    def get_user(self, user_id: int) -> Person | None:
        return Person.objects.filter(pk=user_id, is_active=True).first()


class Passphrase(_Finds):
    """Sign in by name and passphrase. An unknown name costs as much time as a wrong passphrase."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> Person | None:
        name, passphrase = credentials.get("name"), credentials.get("passphrase")
        if not name or not passphrase:
            return None
        return Person.objects.who_knows(name, passphrase)


class Opened(_Finds):
    """For people who were recognised by a passkey or a recovery code."""


def by_passphrase(name: str, passphrase: str) -> Person | None:
    """Whoever signs in by these two."""
    return Passphrase().authenticate(None, name=name, passphrase=passphrase)


def let_in(request: Request, person: Person, *, shared: bool = False) -> None:
    """Sign a person in, under a new session id that takes nothing over from the time before."""
    if Device.objects.of(person).exists():  # who is signed in elsewhere hears of it there
        jobs.put("notices.tell", what="people.signed_in", person=person.pk)
    request.session.flush()
    auth.login(request, person, backend="weft.people.door.Opened")
    request.session["proved"] = now()
    if shared:
        request.session.share()
    request.person = person
    request.session.clear_expired()


def ask_second_step(request: Request, person: Person, *, shared: bool, onward: str) -> None:
    """Remember, inside the seal, who has come half-way."""
    request.session["half"] = {"person": person.pk, "at": now(), "shared": shared, "onward": onward}
    request.session.set_expiry(0)


def half_way(request: Request) -> tuple[Person, dict[str, Any]] | None:
    """Who has given the first proof a little while ago, and what they said with it."""
    half = request.session.get("half")
    if not half or now() - half["at"] > HALF:
        return None
    person = Person.objects.filter(pk=half["person"], is_active=True).first()
    return (person, half) if person else None


def has_file(request: Request) -> bool:
    """Whether this person has downloaded their things a short while ago, and so may go with them."""
    return bool(now() - request.session.get("took", 0) < TOOK)


def is_fresh(request: Request) -> bool:
    """Whether this person has proved only just now who they are."""
    return bool(now() - request.session.get("proved", 0) < FRESH)


def stay(request: Request, person: Person) -> None:
    """After a new passphrase: this device stays signed in, under a new session id; all others do not."""
    auth.update_session_auth_hash(request, person)
    request.session["proved"] = now()
    sign_out_elsewhere(request, person)


def sign_out_elsewhere(request: Request, person: Person) -> None:
    """End every other session of this person."""
    Device.objects.filter(person=person).exclude(pk=Device.tag(request.session.session_key or "")).delete()


def local(address: str) -> str:
    """An address inside this house, or nothing."""
    return address if address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None) else ""


def onward(address: str = "") -> HttpResponse:
    """To where somebody was going, or to their first page."""
    return redirect(local(address) or resolve_url(settings.LOGIN_REDIRECT_URL))


def now() -> int:
    """This moment, as it may lie in a session."""
    return int(time.now().timestamp())
