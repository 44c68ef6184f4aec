"""Open a house: a new one if there is none yet, with a one-time link to set it up."""

import argparse

from weft import __version__
from weft.commands import ground, serving


def options(parser: argparse.ArgumentParser) -> None:
    ground.folder_option(parser)
    ground.door_options(parser)
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")


def run(asked: argparse.Namespace) -> int:
    data = ground.folder(asked.data)
    ground.must_be_closed(data)
    opened = ground.door(asked)
    home = ground.address(asked, opened) + "/"
    new = ground.make(data)
    ground.wake()
    serving.must_reach(asked.workers, data)
    ground.ready_database()
    lines, look_at = {"Home": home}, home
    if not ground.is_open():
        from weft.home import setup_link

        look_at = f"{home}setup/{setup_link.make()}/"
        lines = {"Set it up": look_at, "": f"works once, for {setup_link.MINUTES} minutes", "Home": home}
    key = f"Keep a copy of {ground.shown(data)}/house.key in another place. Without it nobody can read a word here."
    near = "Only this computer can reach it. " if ground.local(asked.host) else ""
    sign = serving.Sign(
        f"Weft {__version__} · {'a new house' if new else 'the house'} in {ground.shown(data)}",
        lines,
        [*([key] if new and (data / "house.key").exists() else []), f"{near}Stop with Ctrl+C."],
    )
    return serving.serve(asked, opened, data, sign, look_at="" if asked.no_browser else look_at)
