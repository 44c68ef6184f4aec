"""Races: several do something in the same moment, each with a connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import close_old_connections, connections


def at_once(*verbs: Callable[[], Any]) -> list[Any]:
    """Do all of these at once. Gives, in their order, what each gave, or what it raised."""
    came: list[Any] = [None] * len(verbs)
    start = threading.Barrier(len(verbs))

    def go(place: int, verb: Callable[[], Any]) -> None:
        close_old_connections()
        start.wait()
        try:
            came[place] = verb()
        except Exception as exception:
            came[place] = exception
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=one) for one in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def failures(came: list[Any]) -> list[Exception]:
    """What went wrong."""
    return [one for one in came if isinstance(one, Exception)]
