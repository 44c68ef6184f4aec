"""Passkeys: a key on somebody's own device opens the door. What the device says of itself is not asked.

What was asked goes to the browser under the seal, and comes back with the answer. So a visitor at the door costs no row
and gets no session, which might otherwise arrive after the one of somebody who has just come in.
"""

import base64
import ipaddress
import json
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import IntegrityError, transaction
from fido2.cose import ES256
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

from weft.loom import keys, seal, time
from weft.loom.caps import Cap
from weft.people.models import Passkey, Person
from weft.people.request import Request

WAITING = 60 * 60  # seconds for which a question may wait for its answer
ANSWERED = Cap(at_once=1, every=WAITING, keep=50_000)
PLACE = "passkey:asked"


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
    return {**options.public_key, "asked": _asked(request, state)}


def recognise(request: Request, answer: str) -> tuple[Passkey, bool]:
    """The passkey that gave this answer, and whether its device made sure of its person. Raises `Refused`."""
    try:
        state, said = _question(request, answer)
        response = AuthenticationResponse.from_dict(said)
        kept = Passkey.objects.select_related("person").filter(person__is_active=True)
        passkey = kept.filter(key_tag=_tag(response.raw_id)).first()
        # An answer of a passkey that nobody has is looked at for just as long.
        credential = _credential(passkey) if passkey else _nobodys(response.raw_id)
        _server(request).authenticate_complete(state, [credential], response)
        if passkey is None:
            raise Refused
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
    return {**options.public_key, "asked": _asked(request, {**state, "pk": pk})}


def accept(request: Request, answer: str) -> tuple[int, AttestedCredentialData]:
    """The id of the person to be, and their new passkey. Raises `Refused`."""
    try:
        state, said = _question(request, answer)
        made = _server(request).register_complete(state, RegistrationResponse.from_dict(said)).credential_data
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


def _nobodys(credential: bytes) -> AttestedCredentialData:
    return AttestedCredentialData.create(bytes(16), credential, _stand_in())


@cache
def _stand_in() -> Any:
    public: Any = ec.generate_private_key(ec.SECP256R1()).public_key()
    return ES256.from_cryptography_key(public)  # type: ignore[no-untyped-call]


def _asked(request: Request, state: dict[str, Any]) -> str:
    """What was asked, for the browser to bring back with its answer; it can neither read nor change it."""
    kept = {**state, "at": time.now().timestamp(), "by": _browser(request)}
    return base64.b64encode(seal.seal(json.dumps(kept), seal.HOUSE, PLACE)).decode()


def _question(request: Request, answer: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What this answer answers, and the answer. A question is answered once, soon, and by the browser it went to."""
    said = json.loads(answer)
    asked = json.loads(seal.unseal(base64.b64decode(said.pop("asked")), seal.HOUSE, PLACE))
    late = time.now().timestamp() - asked["at"] > WAITING
    if late or asked["by"] != _browser(request) or not ANSWERED.take(asked["challenge"]):
        raise Refused
    return asked, said


def _browser(request: Request) -> str:
    """The cookie that keeps our forms our own also tells one browser from another."""
    return keys.tag(keys.secret("people"), "browser", request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")).hex()
