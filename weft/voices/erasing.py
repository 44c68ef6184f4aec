"""What was taken back or erased stays so, when an older backup is put back."""

from collections.abc import Callable
from functools import partial

from weft.voices.models import Comment, Use, Voice
from weft.voices.models.comment import blank


def _voice(key: int) -> None:
    Voice.objects.filter(pk=key).delete()


def _taken_back(key: int) -> None:
    Voice.objects.filter(pk=key).update(is_public=False, is_waiting=False)


def _no(use: str, key: int) -> None:
    for voice in Voice.objects.filter(pk=key):
        voice.consents = {said: day for said, day in voice.consents.items() if said != use}
        if use == Use.SITE:
            voice.is_public = voice.is_waiting = False
        voice.save()


def _address(key: int) -> None:
    for comment in Comment.objects.filter(pk=key):
        comment.email, comment.email_until, comment.said = "", None, comment.said | {"tell": False}
        comment.save()


AGAIN: dict[str, Callable[[int], None]] = {
    "voice": _voice,
    "taken_back": _taken_back,
    "comment": blank,
    "address": _address,
    **{f"no_{use}": partial(_no, use) for use in Use.values},
}
