"""What takes long is worked out once an hour; what does not, whenever it is asked for."""

from __future__ import annotations

from serving import Site

from commonhold.web.costly import SECONDS_KEPT, hourly


def test_only_what_takes_long_is_kept_and_for_an_hour() -> None:
    done: list[int] = []

    def work_out() -> int:
        done.append(len(done))
        return len(done)

    assert hourly("quick", 1_000, work_out, least=60) == (1, 1_000) and hourly("quick", 1_001, work_out, least=60) == (2, 1_001)
    assert hourly("long", 1_000, work_out, least=0) == (3, 1_000)
    assert hourly("long", 1_000 + SECONDS_KEPT - 1, work_out, least=0) == (3, 1_000)
    assert hourly("long", 1_000 + SECONDS_KEPT, work_out, least=0) == (4, 1_000 + SECONDS_KEPT)
    assert hourly("long", 900, work_out, least=0) == (5, 900)  # a clock that was set back
    assert hourly("another", 900, work_out, least=0) == (6, 900)


def test_stewards_of_a_short_journal_are_always_those_of_now(sqlite_site: Site) -> None:
    assert sqlite_site.json("/test/stewards.json")["domains"][0]["active"] == 0
    sqlite_site.world.validated("Bo", "work", "20")
    told = sqlite_site.json("/test/stewards.json")
    assert told["domains"][0]["active"] == 1 and told["asOf"] is None and "worked out once an hour" not in sqlite_site.text("/test/stewards/")
