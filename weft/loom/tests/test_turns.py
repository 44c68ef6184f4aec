"""Turns: every account has its own line, and nobody's line stands in front of another's."""

import asyncio

import pytest

from weft.loom import turns
from weft.loom.turns import Account, Turns

pytestmark = pytest.mark.once


@pytest.fixture
def clock(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(turns, "monotonic", lambda: now[0])
    return now


def scope(cookie="", address="192.0.2.7", **headers):
    said = [(b"cookie", f"language=en; place={cookie}; form=x".encode())] if cookie else []
    said += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"headers": said, "client": (address, 1)}


async def settle():
    for _ in range(5):
        await asyncio.sleep(0)


def test_one_account_is_in_one_thread_at_a_time_and_others_do_not_wait_for_its_line(clock):
    async def go():
        here, flood, other = Turns(2), Account(), Account()
        first = await here.take(flood)
        waiting = [asyncio.ensure_future(here.take(flood)) for _ in range(50)]
        await settle()
        assert not any(one.done() for one in waiting), "one thread is left for everybody else"
        theirs = await asyncio.wait_for(here.take(other), 1)
        assert theirs
        late = asyncio.ensure_future(here.take(Account()))
        await settle()
        first.over()
        theirs.over()
        await settle()
        assert late.done(), "whoever comes after fifty of somebody else's does not come fifty-first"
        assert sum(one.done() for one in waiting) == 1
        for one in waiting:
            one.cancel()

    asyncio.run(go())


def test_whoever_has_used_much_waits_until_they_have_time_again(clock):
    async def go():
        here, flood = Turns(2), Account()
        pages = 0
        while flood.wait(clock[0]) == 0:
            turn = await here.take(flood)
            turn.used = 0.05
            turn.over()
            pages += 1
        assert pages == Turns.burst / 0.05 + 1
        assert 0 < flood.wait(clock[0]) <= Turns.debt / Turns.share
        for _ in range(100):
            clock[0] += 10
            begun = flood.wait(clock[0]) == 0
            flood.use(0.05 if begun else 0)
        assert flood.wait(clock[0] + 3600) == 0
        assert flood.left == Turns.burst, "time that was not used does not grow for ever"

    asyncio.run(go())


def test_no_page_is_so_long_that_its_reader_is_shut_out(clock):
    account = Account()
    account.use(60)
    assert account.wait(clock[0]) <= Turns.debt / Turns.share <= 5


def test_strangers_and_opening_streams_never_have_all_threads(clock):
    async def go():
        here = Turns(2)
        stranger, mark = here.whose(scope())
        first = await here.take(stranger, mark)
        waiting = [asyncio.ensure_future(here.take(here.of_persona(n))) for n in range(30)]
        await settle()
        assert not any(one.done() for one in waiting)
        member = await asyncio.wait_for(here.take(Account()), 1)
        assert member, "a member finds a thread"
        first.over()
        await settle()
        assert sum(one.done() for one in waiting) == 1, "and strangers have their turn too"
        for one in waiting:
            one.cancel()

    asyncio.run(go())


def test_even_strangers_have_a_turn_where_there_is_one_thread(clock):
    async def go():
        here = Turns(1)
        member = Account()
        turn = await here.take(member)
        stranger = asyncio.ensure_future(here.take(*here.whose(scope())))
        again = [asyncio.ensure_future(here.take(Account())) for _ in range(3)]
        await settle()
        clock[0] += Turns.beside + 0.1
        turn.over()
        await settle()
        assert stranger.done()
        for one in again:
            one.cancel()

    asyncio.run(go())


def test_whoever_goes_away_leaves_the_line(clock):
    async def go():
        here, account = Turns(2), Account()
        first = await here.take(account)
        went = asyncio.Event()

        async def receive():
            await went.wait()
            return {"type": "http.disconnect"}

        waiting = asyncio.ensure_future(here.take(account, b"", receive))
        await settle()
        went.set()
        assert await asyncio.wait_for(waiting, 1) is None
        first.over()
        assert here.in_work == here.in_lines == 0
        assert not here.members

    asyncio.run(go())


def test_a_line_has_an_end(clock, monkeypatch):
    monkeypatch.setattr(Turns, "in_line", 3)

    async def go():
        here, account = Turns(2), Account()
        await here.take(account)
        waiting = [asyncio.ensure_future(here.take(account)) for _ in range(3)]
        await settle()
        assert await here.take(account) is None
        for one in waiting:
            one.cancel()

    asyncio.run(go())


def test_whoever_waits_too_long_is_asked_to_come_back(monkeypatch):
    monkeypatch.setattr(Turns, "patience", 0.01)

    async def go():
        here, account = Turns(1), Account()
        await here.take(account)
        assert await here.take(account) is None

    asyncio.run(go())


def test_all_sign_ins_of_one_person_are_one_account(clock):
    async def go():
        here = Turns(2)
        for cookie in ("one", "two"):
            account, mark = here.whose(scope(cookie))
            assert account.aside, "a cookie that nobody knows is a stranger's"
            turn = await here.take(account, mark)
            turn.answered, turn.person = True, 7
            turn.over()
        assert here.whose(scope("one"))[0] is here.whose(scope("two"))[0]
        assert not here.whose(scope("one"))[0].aside
        turn = await here.take(*here.whose(scope("one")))
        turn.answered = True  # a page for nobody: they have left
        turn.over()
        assert here.whose(scope("one"))[0].aside

    asyncio.run(go())


def test_invented_cookies_are_one_stranger(clock):
    async def go():
        here = Turns(2)
        assert len({here.whose(scope(f"made-up-{n}"))[0] for n in range(20)}) == 1

    asyncio.run(go())


def test_behind_a_front_server_a_stranger_is_told_by_what_it_says(settings):
    async def go():
        here = Turns(2)
        one = scope(address="127.0.0.1", x_forwarded_for="198.51.100.1, 192.0.2.1")
        other = scope(address="127.0.0.1", x_forwarded_for="192.0.2.2")
        settings.BEHIND_PROXY = True
        assert here.whose(one)[0] is not here.whose(other)[0]
        forged = scope(address="127.0.0.1", x_forwarded_for="203.0.113.5, 192.0.2.2")
        assert here.whose(forged)[0] is here.whose(other)[0], "only what the front server adds counts"
        settings.BEHIND_PROXY = False
        assert here.whose(one)[0] is here.whose(other)[0], "without one, anybody could write it"

    asyncio.run(go())


def test_neither_a_cookie_nor_an_address_is_kept_and_memory_is_bounded(clock, monkeypatch):
    monkeypatch.setattr(turns, "KEEP", 10)

    async def go():
        here = Turns(2)
        for number in range(50):
            turn = await here.take(*here.whose(scope(f"canary{number}", f"198.51.100.{number}")))
            turn.answered, turn.person = True, 1000 + number
            turn.over()
        kept = f"{here.accounts.keys()} {here.cookies}"
        assert "canary" not in kept
        assert "198.51" not in kept
        assert len(here.accounts) <= 11
        assert len(here.cookies) == 10

    asyncio.run(go())
