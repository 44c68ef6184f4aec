"""Serve a house that is there, as a machine does when it starts."""

import argparse

from weft import __version__
from weft.commands import ground, serving


def options(parser: argparse.ArgumentParser) -> None:
    ground.folder_option(parser)
    ground.door_options(parser)


def run(asked: argparse.Namespace) -> int:
    data = ground.folder(asked.data)
    ground.must_stand(data)
    ground.must_be_closed(data)
    opened = ground.door(asked)
    home = ground.address(asked, opened) + "/"
    ground.wake()
    serving.must_reach(asked.workers, data)
    ground.ready_database()
    said = {"Home": home}
    if not ground.is_open():
        said["Set it up"] = "“weft setup-link” makes a link"
    sign = serving.Sign(f"Weft {__version__} · the house in {ground.shown(data)}", said, ["Stop with Ctrl+C."])
    return serving.serve(asked, opened, data, sign)
