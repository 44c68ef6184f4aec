"""Put all that can be read in order, so that it can be found. A house does this by itself while it is open; this waits
until it is done, and may run beside it. With --anew, all of it is made again."""

import argparse

from weft.commands import ground
from weft.commands.trouble import plainly


def options(parser: argparse.ArgumentParser) -> None:
    ground.folder_option(parser)
    parser.add_argument("--anew", action="store_true", help="make it again from the start")


def run(asked: argparse.Namespace) -> int:
    data = ground.folder(asked.data)
    ground.must_stand(data)
    ground.wake()
    ground.ready_database()
    from weft.stories.indexing import Indexing

    with plainly():
        indexing = Indexing.anew() if asked.anew else Indexing.here()
        while not indexing.further(seconds=10):
            print(f"{indexing.far()} % of the circles are in order.", flush=True)
    print("All that can be read can be found.")
    return 0
