"""Change the house key while the house is open. Interrupted, it goes on where it was."""

import argparse

from weft.commands import ground
from weft.commands.trouble import Trouble, plainly

BY_HAND = """The house key comes from {source}, so this command cannot put a new one there. By hand, in this order:
  1. Make a new key:  openssl rand -base64 32
  2. Put it into {source} before the old one, with a space or a new line between, and restart every process
     of the house. Both open now.
  3. Run “weft rotate-key” again. It wraps every data key under the new one, while the house is open.
  4. Take the old one out, and restart. Keep it for backups that were made until today."""


def options(parser: argparse.ArgumentParser) -> None:
    ground.folder_option(parser)


def run(asked: argparse.Namespace) -> int:
    data = ground.folder(asked.data)
    ground.must_stand(data)
    ground.wake()
    from django.conf import settings

    from weft.loom import keys, rotation

    file = ground.key_file(data)
    with plainly():
        ground.must_be_up_to_date()
        if file is None:
            return _by_hand()
        if rotation.begin(file):
            print("A new house key is in force. The old one still opens what lies under it.", flush=True)
        else:
            print("There is more than one key in the file: a change that was begun goes on.", flush=True)
        print(f"Wrapped anew: {rotation.rewrap()} data keys.", flush=True)
        kept = rotation.finish(file)
        mark = keys.mark(settings.HOUSE_KEY.newest).hex()
    print(f"Done. The house key has the mark {mark}. Put a copy of {ground.shown(file)} in another place now.")
    print(f"The old key is in {ground.shown(kept)}. Backups made until now need it; delete it with the last of them.")
    return 0


def _by_hand() -> int:
    from django.conf import settings

    from weft.loom import rotation

    source = "WEFT_KEY" if settings.HOUSE_KEY.inline else "what WEFT_KEY_COMMAND prints"
    if len(settings.HOUSE_KEY.lines) == 1:
        raise Trouble(BY_HAND.format(source=source))
    print(f"Wrapped anew under the first key of {source}: {rotation.rewrap()} data keys.")
    print("Take the others out now, restart every process, and keep them for backups that were made until today.")
    return 0
