"""Settings for tests: a house key of their own, a throw-away folder, and the database that the run names."""

import atexit
import base64
import os
import shutil
import tempfile

os.environ.setdefault("WEFT_KEY", base64.b64encode(b"a house key for tests, 32 bytes.").decode())
if "WEFT_DATA" not in os.environ:
    os.environ["WEFT_DATA"] = tempfile.mkdtemp(prefix="weft-test-")
    atexit.register(shutil.rmtree, os.environ["WEFT_DATA"], ignore_errors=True)

from weft.settings import *  # noqa: F403

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": str(DATA / "test.sqlite3")}  # noqa: F405
