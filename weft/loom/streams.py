"""Live streams, seen from the pages. (The shape that stories rely on; the hub behind it is being written.)"""


def publish(subject: str, event: str, number: int = 0) -> None:
    """Tell whoever follows *subject*, once this transaction is committed, that something is new."""


def token(subject: str, persona_id: int) -> str:
    """A short-lived token by which this persona may follow *subject*."""
    return ""
