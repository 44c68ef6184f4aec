"""A page of one sentence, for what never comes as far as Django."""

SAFE = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"connection", b"close"),
]


def page(words: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Its headers and its bytes."""
    body = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Page</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><p>{words}</p></html>'
    ).encode()
    kind = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    return kind + SAFE, body
