"""What every answer says that does not come from Django; and a page of one sentence, for what never comes as far."""

from django.conf import settings

SAFE = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]


def safe() -> list[tuple[bytes, bytes]]:
    """The headers of files, of streams, and of all that is refused."""
    bound = f"max-age={settings.SECURE_HSTS_SECONDS}".encode()
    return [*SAFE, (b"strict-transport-security", bound)] if settings.SECURE_HSTS_SECONDS else SAFE


def page(words: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Its headers and its bytes."""
    body = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Page</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><p>{words}</p></html>'
    ).encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"connection", b"close"),
    ]
    return headers + safe(), body
