"""A passkey's device in a few lines, for what no browser would ever send."""

import base64
import json
import secrets
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256

PRESENT, VERIFIED, MADE = 0x01, 0x04, 0x40


def plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class SoftKey:
    def __init__(self, origin: str = "http://localhost", place: str = "localhost") -> None:
        self.origin, self.place = origin, place
        self.secret = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(20)

    def make(self, options: dict) -> str:
        """The answer to “make a passkey”."""
        cose = cbor.encode(dict(ES256.from_cryptography_key(self.secret.public_key())))
        made = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose
        said = cbor.encode({"fmt": "none", "attStmt": {}, "authData": self._data(PRESENT | VERIFIED | MADE) + made})
        client = self._client("webauthn.create", options["challenge"])
        return self._written({"clientDataJSON": plain(client), "attestationObject": plain(said)}, options)

    def answer(self, options: dict, flags: int = PRESENT | VERIFIED) -> str:
        """The answer to “sign in”."""
        client, data = self._client("webauthn.get", options["challenge"]), self._data(flags)
        signature = self.secret.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        said = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._written({name: plain(value) for name, value in said.items()}, options)

    def _data(self, flags: int) -> bytes:
        return sha256(self.place.encode()).digest() + bytes([flags]) + bytes(4)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _written(self, response: dict, options: dict) -> str:
        said = {"id": plain(self.id), "rawId": plain(self.id), "type": "public-key", "response": response}
        return json.dumps({**said, "asked": options["asked"]})
