"""What was measured, as Markdown."""

from typing import Any

from bench.asks import PAGES

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
STORY = next(iter(PAGES))
Found = dict[str, Any]


def drawn(found: Found) -> str:
    databases = [name for name in NAMES if name in found]
    lines = [_head(found), ""]
    for name in databases:
        lines += [*_pages(NAMES[name], found[name]), ""]
    lines += [*_rest(found, databases), ""]
    for name in databases:
        if "ten times" in found[name]:
            lines += [*_ten_times(NAMES[name], found[name]["ten times"]), ""]
    return "\n".join([*lines, *_goals(found, databases)])


def _head(found: Found) -> str:
    machine, size = found["machine"], found["size"]
    return (
        f"{machine['when']}; {machine['processor']}, Python {machine['python']}; load {machine['load']:.1f} at the "
        f"start, yardstick {machine['yardstick']:.0f} ms. "
        f"A house of {size['people']:,} people, {size['circles']:,} circles, "
        f"{size['stories']:,} stories and {size['replies']:,} replies."
    )


def _pages(name: str, parts: Found) -> list[str]:
    lines = [
        f"| {name} | a second: 1, 4, 16 | median ms | p99 ms | CPU ms | queries | KB | squeezed |",
        "|---|---|---|---|---|---|---|---|",
    ]
    inside = parts.get("inside", {}).get("pages", {})
    for page, cells in parts.get("pages", {}).items():
        if page in PAGES:
            lines.append(_row(page, cells, inside.get(page, {})))
    for part in ("two processes", "1 threads", "2 threads", "4 threads"):
        for page, cells in parts.get(part, {}).items():
            if page in PAGES:
                lines.append(_row(f"{page}, {part}", cells, {}))
    if "limit" in parts:
        limit = {key: value for key, value in parts["limit"].items() if key != "bytes"}
        lines.append(_row("the limit: as many constant bytes", limit, {"bytes": parts["limit"]["bytes"]}))
    return lines


def _row(what: str, cells: Found, inside: Found) -> str:
    ran = [cells[key] for key in ("1", "4", "16")]
    rates = ", ".join(f"{cell['count'] / cell['seconds']:,.0f}" for cell in ran)
    medians = ", ".join(_ms(cell["median"]) for cell in ran)
    p99 = ", ".join(_ms(cell["p99"]) for cell in ran)
    cpu, database = _cpu(cells), min(cell["database cpu"] for cell in ran)
    queries, most = inside.get("queries", ""), inside.get("most", "")
    counted = f"{queries} ({most})" if most and most != queries else f"{queries}"
    size = f"{inside['bytes'] / 1000:.1f}" if inside.get("bytes") else ""
    squeezed = f"{inside['squeezed'] / 1000:.1f}" if inside.get("bytes") and inside.get("squeezed") else ""
    wrong = sum(sum(cell["errors"].values()) for cell in ran)
    what = f"{what} (**{wrong} failed**)" if wrong else what
    of_database = f" + {database:.1f}" if database else ""
    return f"| {what} | {rates} | {medians} | {p99} | {cpu:.1f}{of_database} | {counted} | {size} | {squeezed} |"


def _ms(value: float) -> str:
    return f"{value:.1f}" if value < 20 else f"{value:.0f}"


def _cpu(cells: Found) -> float:
    """Of three measurements the least: the others show what else went on."""
    return float(min(cells[key]["cpu"] for key in ("1", "4", "16")))


def _rest(found: Found, databases: list[str]) -> list[str]:
    lines = [f"| | {' | '.join(NAMES[name] for name in databases)} |", f"|---|{'---|' * len(databases)}"]
    rows: list[tuple[str, Any]] = [
        (
            "start to the first answer, s: least, median",
            lambda p: f"{p['start']['least']:.2f}, {p['start']['median']:.2f}",
        ),
        ("memory at rest, MB", lambda p: f"{p['start']['memory']:.0f}"),
        ("after the load", lambda p: f"{p['pages']['memory after']:.0f}"),
        ("two processes: before, after", lambda p: "{:.0f}, {:.0f}".format(*_memory(p["two processes"]))),
        ("PostgreSQL's own", lambda p: f"{p['pages']['memory of PostgreSQL']:.0f}"),
        *[
            (f"{n:,} listeners: deliveries a second", _listeners(n, lambda o: f"{o['deliveries']:,.0f}"))
            for n in (1000, 100)
        ],
        *[
            (f"{n:,} listeners, ms: median, p99", _listeners(n, lambda o: f"{o['median']:.1f}, {o['p99']:.1f}"))
            for n in (1000, 100)
        ],
        (
            "1,000 listeners: s to open them, KB each",
            _listeners(1000, lambda o: f"{o['opened']:.1f}, {o['kilobytes']:.1f}"),
        ),
    ]
    for what, draw in rows:
        values = []
        for name in databases:
            try:
                values.append(draw(found[name]))
            except KeyError:
                values.append("")
        lines.append(f"| {what} | {' | '.join(values)} |")
    return lines


def _memory(part: Found) -> tuple[float, float]:
    return part["memory before"], part["memory after"]


def _listeners(count: int, draw: Any) -> Any:
    return lambda parts: draw(parts["listeners"][str(count)])


def _ten_times(name: str, pages: Found) -> list[str]:
    lines = [f"| {name}: median ms, one connection | this house | ten times as large | × |", "|---|---|---|---|"]
    for page, (here, there) in pages.items():
        lines.append(f"| {page} | {here:.1f} | {there:.1f} | {there / here if here else 0:.2f} |")
    return lines


def _goals(found: Found, databases: list[str]) -> list[str]:
    """Each goal with its gate and its stretch. Where less is better, the numbers are given as they are."""
    lines = ["| goal | gate | stretch | measured | |", "|---|---|---|---|---|"]
    for what, gate, stretch, measure in GOALS:
        for name in databases:
            if name == "postgresql" and what.endswith("SQLite"):
                continue
            try:
                value = measure(found[name])
            except (KeyError, ZeroDivisionError):  # not measured, or for too short a time
                continue
            low, high = (gate, stretch) if not isinstance(gate, dict) else (gate[name], stretch[name])
            more = high > low  # more is better
            sign = "stretch" if (value >= high if more else value <= high) else "gate"
            sign = sign if (value >= low if more else value <= low) else "**missed**"
            said = f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value < 3 else f"{value:.1f}"
            where = what if what.endswith("SQLite") else f"{what}, {NAMES[name]}"
            lines.append(f"| {where} | {'≥' if more else '≤'} {low:,} | {high:,} | {said} | {sign} |")
    return lines


def _inside(page: str, key: str) -> Any:
    return lambda parts: parts["inside"]["pages"][page][key] / (1000 if key in ("bytes", "squeezed") else 1)


GOALS: list[tuple[str, Any, Any, Any]] = [
    ("a story, CPU ms, SQLite", 6, 3, lambda p: _cpu(p["pages"][STORY])),
    (
        "a story, median ms on one connection",
        {"sqlite": 7, "postgresql": 10},
        {"sqlite": 3, "postgresql": 5},
        lambda p: p["pages"][STORY]["1"]["median"],
    ),
    ("a story, p99 ms at 16 connections", 120, 50, lambda p: p["pages"][STORY]["16"]["p99"]),
    ("– with two processes", 120, 50, lambda p: p["two processes"][STORY]["16"]["p99"]),
    ("most queries of any page to read", 8, 5, lambda p: max(_inside(page, "queries")(p) for page in list(PAGES)[:5])),
    ("most KB of any page", 60, 36, lambda p: max(_inside(page, "bytes")(p) for page in PAGES)),
    ("a circle's list, CPU ms, SQLite", 5, 2.5, lambda p: _cpu(p["pages"]["a circle's list"])),
    ("today, CPU ms, SQLite", 5, 2.5, lambda p: _cpu(p["pages"]["today"])),
    ("a reply to the redirect, median ms, SQLite", 5, 3, lambda p: p["pages"]["a reply"]["1"]["median"]),
    ("memory at rest, MB", 150, 110, lambda p: p["start"]["memory"]),
    ("start to the first answer, s", 0.8, 0.4, lambda p: p["start"]["least"]),
    ("1,000 listeners: deliveries a second", 50_000, 100_000, lambda p: p["listeners"]["1000"]["deliveries"]),
    ("– p99 ms", 30, 12, lambda p: p["listeners"]["1000"]["p99"]),
    ("– KB a stream", 20, 10, lambda p: p["listeners"]["1000"]["kilobytes"]),
    (
        "ten times the house: a story's median ×",
        1.3,
        1.1,
        lambda p: p["ten times"][STORY][1] / p["ten times"][STORY][0],
    ),
]
