"""Passkeys: a key on somebody's own device opens the door. What the device says of itself is not asked."""

import base64
import ipaddress
import json
from typing import Any

from django.db import IntegrityError, transaction
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from weft.loom import keys
from weft.people.models import Passkey, Person
from weft.people.request import Request

WAITING = 3  # so many tabs may wait for the same tap


class Refused(Exception):
    """This is not a passkey's answer to what was asked."""


def possible(request: Request) -> bool:
    """Browsers keep passkeys for names, not for bare numbers, and only where nobody listens in."""
    host = _host(request)
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return request.is_secure() or host == "localhost"
    return False


def ask(request: Request) -> dict[str, Any]:
    """What the browser needs to let somebody sign in with any passkey of this house."""
    options, state = _server(request).authenticate_begin(user_verification=UserVerificationRequirement.PREFERRED)
    _wait(request, state)
    return dict(options.public_key)


def recognise(request: Request, answer: str) -> tuple[Passkey, bool]:
    """The passkey that gave this answer, and whether its device made sure of its person. Raises `Refused`."""
    try:
        response = AuthenticationResponse.from_dict(json.loads(answer))
        passkey = Passkey.objects.select_related("person").get(key_tag=_tag(response.raw_id), person__is_active=True)
        state = _asked(request, response.response.client_data.challenge)
        _server(request).authenticate_complete(state, [_credential(passkey)], response)
        return passkey, response.response.authenticator_data.is_user_verified()
    except Exception:  # a stranger wrote this: whatever is wrong with it, the answer is no
        raise Refused from None


def offer(request: Request, pk: int, name: str, passkeys: "list[Passkey]") -> dict[str, Any]:
    """What the browser needs to make a new passkey for the person with this id and sign-in name."""
    user = PublicKeyCredentialUserEntity(id=keys.tag(keys.secret("people"), "handle", pk), name=name, display_name=name)
    options, state = _server(request).register_begin(
        user,
        [_credential(passkey) for passkey in passkeys],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    _wait(request, {**state, "pk": pk})
    return dict(options.public_key)


def accept(request: Request, answer: str) -> tuple[int, AttestedCredentialData]:
    """The id of the person to be, and their new passkey. Raises `Refused`."""
    try:
        response = RegistrationResponse.from_dict(json.loads(answer))
        state = _asked(request, response.response.client_data.challenge)
        made = _server(request).register_complete(state, response).credential_data
        return state["pk"], made  # type: ignore[return-value]
    except Exception:
        raise Refused from None


def keep(person: Person, made: AttestedCredentialData, label: str) -> Passkey:
    """Keep a new passkey for its person. Raises `Refused` if it is known already."""
    passkey = Passkey(person=person, key_tag=_tag(made.credential_id), label=label)
    passkey.credential = base64.b64encode(made).decode()
    try:
        with transaction.atomic():
            passkey.save(force_insert=True)
    except IntegrityError:
        raise Refused from None
    return passkey


def _server(request: Request) -> Fido2Server:
    host = _host(request)
    return Fido2Server(PublicKeyCredentialRpEntity(id=host, name=host), attestation=None)


def _host(request: Request) -> str:
    return request.get_host().rsplit(":", 1)[0]


def _tag(credential: bytes) -> bytes:
    return keys.tag(keys.secret("people"), "passkey", credential.hex())


def _credential(passkey: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(base64.b64decode(passkey.credential))


def _wait(request: Request, state: dict[str, Any]) -> None:
    request.session["asked"] = [*request.session.get("asked", []), state][-WAITING:]
    if request.person is None:
        request.session.set_expiry(0)


def _asked(request: Request, challenge: bytes) -> dict[str, Any]:
    """What was asked with this challenge. It is asked once: the second answer to it finds nothing."""
    waiting: list[dict[str, Any]] = request.session.get("asked", [])
    plain = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
    found = next(state for state in waiting if state["challenge"].rstrip("=") == plain)
    request.session["asked"] = [state for state in waiting if state is not found]
    return found
