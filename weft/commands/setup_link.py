"""Make a new one-time link to set up the house. Any link before it ends."""

import argparse
import os

from weft.commands import ground
from weft.commands.trouble import Trouble


def options(parser: argparse.ArgumentParser) -> None:
    ground.folder_option(parser)


def run(asked: argparse.Namespace) -> int:
    data = ground.folder(asked.data)
    ground.must_stand(data)
    at = ground.running_at(data)
    if at:
        os.environ["WEFT_ADDRESS"] = at
    ground.wake()
    ground.ready_database()
    if ground.is_open():
        raise Trouble("The house is set up already.", "Its stewards change it from inside, under “House”.")
    from django.conf import settings

    from weft.home import setup_link

    print(f"{settings.ADDRESS}/setup/{setup_link.make()}/")
    print(f"It works once, for {setup_link.MINUTES} minutes.")
    if not at:
        print("The house is not running: start it first, with “weft start” or “weft serve”.")
    return 0
