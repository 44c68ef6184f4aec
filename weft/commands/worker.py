"""Do the jobs of a house, beside the processes that serve it: on another machine, say, or while many people write."""

import argparse
import os
import signal
import threading

from weft import __version__
from weft.commands import ground


def options(parser: argparse.ArgumentParser) -> None:
    ground.folder_option(parser)


def run(asked: argparse.Namespace) -> int:
    data = ground.folder(asked.data)
    ground.must_stand(data)
    ground.at_work(data)
    if at := ground.running_at(data):
        os.environ.setdefault("WEFT_ADDRESS", at)  # what it sends leads there
    ground.wake()
    ground.ready_database()
    from weft.loom import jobs, serve

    serve.keep_quiet()
    stopping = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: stopping.set())
    worker = jobs.Worker()
    print(f"Weft {__version__} · a worker for the house in {ground.shown(data)}\nStop with Ctrl+C.", flush=True)
    stopping.wait()
    worker.stop()
    return 0
