"""The command `weft`."""

import argparse
import sys
from importlib import import_module
from typing import Any

from weft import __version__
from weft.commands.trouble import Trouble

COMMANDS = {
    "start": "open a house; a new one is made if there is none",
    "demo": "run an example house with made-up people",
    "serve": "serve a house that is there, for a machine that starts by itself",
    "worker": "do the jobs of a house that is served elsewhere",
    "backup": "write a backup while the house is open",
    "restore": "put a backup back",
    "rotate-key": "change the house key while the house is open",
    "check": "see that a house stands well, and how to mend what does not",
    "index": "put stories in order, so that they can be found, and wait until it is done",
    "setup-link": "make a new one-time link to set up a house",
}


def main(arguments: list[str] | None = None) -> int:
    """Run a command. 0: done; 1: something is wrong; 2: wrong use."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(
        prog="weft",
        description="The open home for support communities. One house, on your own machine.",
        epilog="“weft COMMAND --help” tells more. docs/hosting.md has the settings.",
    )
    parser.add_argument("--version", action="version", version=f"weft {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    for name, words in COMMANDS.items():
        described = commands.add_parser(name, help=words, description=f"{words[0].upper()}{words[1:]}.")
        if name in arguments:
            _command(name).options(described)
    asked = parser.parse_args(arguments)
    try:
        return int(_command(asked.command).run(asked))
    except Trouble as trouble:
        print(f"weft: {trouble.what}", file=sys.stderr)
        if trouble.mend:
            print(f"      {trouble.mend}", file=sys.stderr)
        return trouble.code
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130


def _command(name: str) -> Any:
    return import_module(f"weft.commands.{name.replace('-', '_')}")


if __name__ == "__main__":
    sys.exit(main())
