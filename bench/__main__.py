"""One command, one table:

    .venv/bin/python -m bench                 a large house on SQLite and on PostgreSQL: about ten minutes
    .venv/bin/python -m bench --quick         a small house on SQLite: less than a minute
    .venv/bin/python -m bench --ten           then once more with a house ten times as large
    .venv/bin/python -m bench --threads       and with other numbers of threads and processes
    .venv/bin/python -m bench --resume        go on where the last run was broken off

Houses are kept in a folder of their own and used again, as long as seed and tables are the same. The table is Markdown.
For where the time of one page goes: `python -m bench.inside --help`.
"""

import argparse
import tempfile
from pathlib import Path

from bench import table
from bench.measuring import Bench
from bench.sizes import LARGE, SMALL, TEN_TIMES, times


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="a small house, short measurements, SQLite alone")
    parser.add_argument("--ten", action="store_true", help="once more with a house ten times as large")
    parser.add_argument("--threads", action="store_true", help="also with 1, 2 and 4 threads")
    parser.add_argument("--resume", action="store_true", help="keep what the last run has measured")
    parser.add_argument("--print", action="store_true", help="only print what was measured last")
    parser.add_argument("--only", choices=["sqlite", "postgresql"], help="one database")
    parser.add_argument("--seconds", type=float, default=4.0, help="for each measurement (default: 4)")
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "weft-bench", help="where the houses are kept"
    )
    asked = parser.parse_args()
    size, seconds, databases = LARGE, asked.seconds, [asked.only] if asked.only else ["sqlite", "postgresql"]
    if asked.quick:
        size, seconds, databases = SMALL, min(seconds, 0.5), [asked.only or "sqlite"]
    bench = Bench(asked.folder, size, seconds, keep=asked.resume or asked.print)
    if not asked.print:
        for database in databases:
            bench.measure(database, threads=asked.threads)
            if asked.ten:
                larger = TEN_TIMES if size == LARGE else times(size, 10)
                bench.compare(database, larger)
    print(table.drawn(bench.found), flush=True)


if __name__ == "__main__":
    main()
