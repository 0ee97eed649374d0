"""Background work as stewards see it: begun on the desk, done once, told how far it is, cancelled; exports and backups."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from people import as_member, nobody
from serving import Site
from world import CHARTER

from commonhold.commons.custody import let_go
from commonhold.commons.people import write_profile
from commonhold.node.node import Node
from commonhold.node.verification import verify_export

STRANGE = "<script>document.title='pwned'</script>"


@pytest.fixture
def desk(site: Site) -> Iterator[Site]:
    """The site, with its steward signed in and nothing to do."""
    from django_tasks_db.models import DBTaskResult

    from commonhold.web.accounts.models import Job, Worker

    nobody(Job, Worker, DBTaskResult)
    as_member(site, "Ana")
    yield site


def ask(site: Site, act: str, files: dict[str, str] | None = None, **fields: str) -> Any:
    given = {name: SimpleUploadedFile(f"{name}.csv", text.encode()) for name, text in (files or {}).items()}
    return site.client.post("/test/desk/data/", {"act": act} | fields | given)


def number(answer: Any) -> int:
    assert answer.status_code == 302, answer.content.decode()
    return int(answer.headers["Location"].split("/")[4])


def work(site: Site, id_: int, **kinds: Any) -> dict[str, Any]:
    """Do the work as a worker does it; return what the page then says."""
    from commonhold.web.accounts.kinds import KINDS
    from commonhold.web.accounts.running import run

    run(site.world.node, id_, {**KINDS, **kinds})
    return dict(site.json(f"/test/desk/jobs/{id_}.json")["job"])


SHEET = "by,kind,amount,domain,note\n,work,2,firmware,one\n,work,3,firmware,two\n,poetry,1,firmware,three\n"


def test_a_sheet_is_imported_once_and_what_was_left_out_is_told(desk: Site) -> None:
    id_ = number(ask(desk, "sheet", {"sheet": SHEET + f",work,1,{STRANGE},\n"}, label=STRANGE))
    page = desk.text(f"/test/desk/jobs/{id_}/?said=job-asked")
    assert "waiting" in page and "<progress" in page and "http-equiv" in page and "Nobody does background work" in page
    done = work(desk, id_)
    assert done["state"] == "done" and (done["done"], done["of"], done["percent"]) == (4, 4, 100)
    assert (done["said"]["contributions"], done["said"]["refusedCount"], done["said"]["rows"]) == (2, 2, 4)
    page = desk.text(f"/test/desk/jobs/{id_}/")
    assert STRANGE not in page and "&lt;script&gt;" in page and "http-equiv" not in page and "<progress" not in page
    assert f"/test/contributions/?batch={done['said']['batch']}" in page and STRANGE not in desk.text("/test/desk/jobs/")
    assert work(desk, id_) == done, "what has ended is not done again"
    again = work(desk, number(ask(desk, "sheet", {"sheet": SHEET})))
    assert (again["said"]["contributions"], again["said"]["alreadyKnown"], again["said"]["batch"]) == (0, 2, None)
    assert len(desk.json("/test/contributions.json")["contributions"]) == 2 and desk.world.verify().ok


def test_what_is_chosen_for_all_rows_counts_only_where_the_sheet_has_no_such_column(desk: Site) -> None:
    sheet = "kind,amount,note\ncare,2,soup\nwork,3,fitting\n"
    done = work(desk, number(ask(desk, "sheet", {"sheet": sheet}, kind="work", domain="hardware")))
    assert (done["said"]["contributions"], done["said"]["refusedCount"]) == (2, 0), done
    logged = {one["note"]: (one["kind"], one["domain"]) for one in desk.json("/test/contributions.json")["contributions"]}
    assert logged == {"soup": ("care", "hardware"), "fitting": ("work", "hardware")}
    empty = work(desk, number(ask(desk, "sheet", {"sheet": "kind,amount\n"}, domain="hardware")))
    assert [problem["code"] for problem in empty["problems"]] == ["imports.bad_sheet"]


def test_a_history_is_imported_from_its_tables(desk: Site) -> None:
    commits = (
        "repository,commit,parents,author,authored_at,committer,committed_at\n"
        "pump,c1,1,Dee,2025-11-02T10:00:00Z,Dee,2025-11-02T10:00:00Z\npump,c2,1,Eli,2025-11-03T10:00:00Z,Eli,2025-11-03T10:00:00Z\n"
    )
    changes = "repository,commit,path,lines_added,lines_deleted\npump,c1,a.c,3,1\npump,c2,b.c,5,0\n"
    done = work(desk, number(ask(desk, "commits", {"commits": commits, "changes": changes}, domain="firmware", label="The pump")))
    assert done["state"] == "done", done["problems"]
    assert (done["said"]["commits"], done["said"]["contributions"], done["said"]["identities"]) == (2, 2, 2)
    wrong = work(desk, number(ask(desk, "commits", {"commits": "a,b\n1,2\n"}, domain="firmware")))
    assert wrong["state"] == "failed" and wrong["problems"][0]["code"] == "imports.bad_table"
    assert "Why it failed" in desk.text(f"/test/desk/jobs/{wrong['id']}/")


def test_the_files_are_let_go_when_the_work_has_ended(desk: Site) -> None:
    from commonhold.web.accounts.models import JobFile

    ids = [number(ask(desk, "sheet", {"sheet": SHEET})), number(ask(desk, "sheet", {"sheet": "nothing"}))]
    assert JobFile.objects.count() == 2
    assert [work(desk, id_)["state"] for id_ in ids] == ["done", "failed"] and JobFile.objects.count() == 0


def test_work_is_cancelled_before_it_begins_and_while_it_runs(desk: Site) -> None:
    waiting = number(ask(desk, "sheet", {"sheet": SHEET}))
    cancelled = desk.client.post("/test/desk/do/", {"act": "cancel", "id": str(waiting)})
    assert cancelled.headers["Location"] == f"/test/desk/jobs/{waiting}/?said=job-cancelled"
    assert work(desk, waiting)["state"] == "cancelled"
    running = number(ask(desk, "sheet", {"sheet": SHEET}))

    def importing(node: Any, job: Any, tell: Any) -> dict[str, Any]:
        from commonhold.web.accounts.kinds import import_sheet

        assert desk.client.post("/test/desk/do/", {"act": "cancel", "id": str(job.pk)}).status_code == 302
        assert "is being cancelled" in desk.text(f"/test/desk/jobs/{job.pk}/")
        return import_sheet(node, job, tell)

    assert work(desk, running, sheet=importing)["state"] == "cancelled"
    assert desk.json("/test/contributions.json")["contributions"] == [], "nothing of the sheet was recorded"
    over = desk.client.post("/test/desk/do/", {"act": "cancel", "id": str(running)})
    assert over.status_code == 422 and "jobs.over" in over.content.decode()
    assert desk.client.post("/test/desk/do/", {"act": "cancel", "id": "999999"}).status_code == 404


def test_what_kills_its_worker_again_and_again_is_given_up(desk: Site) -> None:
    id_ = number(ask(desk, "sheet", {"sheet": SHEET}))

    def dies(*_: Any) -> dict[str, Any]:
        raise SystemExit(1)  # as far as the table shows, what kill -9 does

    for _ in range(5):
        with pytest.raises(SystemExit):
            work(desk, id_, sheet=dies)
    assert work(desk, id_, sheet=dies)["problems"][0]["code"] == "jobs.gave_up"


def test_an_error_of_ours_is_told_in_a_sentence_and_logged(desk: Site, caplog: Any) -> None:
    def broken(*_: Any) -> dict[str, Any]:
        raise ZeroDivisionError("of ours")

    told = work(desk, number(ask(desk, "verify")), verify=broken)
    assert told["state"] == "failed" and told["problems"][0]["code"] == "internal" and "of ours" not in json.dumps(told)
    assert "ZeroDivisionError" in caplog.text


def test_there_is_an_end_to_what_may_wait(desk: Site) -> None:
    assert ask(desk, "verify").status_code == 302
    already = ask(desk, "verify")
    assert already.status_code == 422 and "jobs.already" in already.content.decode()
    for _ in range(4):
        assert ask(desk, "sheet", {"sheet": SHEET}).status_code == 302
    assert "jobs.too_many" in ask(desk, "sheet", {"sheet": SHEET}).content.decode()
    assert "imports.bad_sheet" in ask(desk, "sheet").content.decode() and ask(desk, "dance").status_code == 400


def test_a_verification_tells_what_it_found(desk: Site) -> None:
    desk.world.validated("Bo")
    done = work(desk, number(ask(desk, "verify")))
    assert done["said"]["ok"] and "nothing was found" in desk.text("/test/desk/")
    with desk.world.node.database.write() as transaction:
        transaction.execute("UPDATE contribution SET counted = counted + 1 WHERE commons = 'test'")
    bad = work(desk, number(ask(desk, "verify")))
    assert (
        not bad["said"]["ok"] and "not in order" in desk.text(f"/test/desk/jobs/{bad['id']}/") and "something was found" in desk.text("/test/desk/")
    )


def test_a_backup_is_made_on_the_server_kept_for_a_while_and_made_once(desk: Site) -> None:
    ids = [number(answer) for answer in (ask(desk, "backup"),)]
    done = work(desk, ids[0])
    folder = Path(done["said"]["folder"])
    assert folder.parent == desk.world.node.home / "backups" and (folder / "manifest.json").is_file() and folder.stat().st_mode & 0o077 == 0
    from commonhold.web.accounts.models import Job

    Job.objects.filter(pk=ids[0]).update(state="running")  # as if it had been killed before it could say so
    assert work(desk, ids[0])["said"]["folder"] == str(folder)
    other = folder.with_name("by-hand")
    other.mkdir()
    for _ in range(7):
        done = work(desk, number(ask(desk, "backup")))
        assert done["state"] == "done"
    left = sorted(path.name for path in folder.parent.iterdir())
    assert len(left) == 8 and "by-hand" in left and folder.name not in left, "the oldest is let go, and nothing that others made"
    Node.open(desk.world.node.home).close()


def test_a_backup_that_two_workers_make_is_made_once(desk: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first was taken for dead while it lived."""
    from commonhold.node import backup as backups

    id_ = number(ask(desk, "backup"))
    fill, other = backups._fill, []

    def slowly(node: Node, part: Path) -> Any:
        if not other:
            other.append({})
            other[0] = work(desk, id_)
        return fill(node, part)

    monkeypatch.setattr(backups, "_fill", slowly)
    done = work(desk, id_)
    assert done["state"] == other[0]["state"] == "done" and done["said"]["folder"] == other[0]["said"]["folder"]
    assert [path.name for path in (desk.world.node.home / "backups").iterdir()] == [Path(done["said"]["folder"]).name]


def test_the_page_says_that_accounts_on_postgresql_are_not_in_a_backup(desk: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    assert "pg_dump" not in desk.text("/test/desk/data/")
    monkeypatch.setattr(connection, "vendor", "postgresql")
    assert "with pg_dump" in desk.text("/test/desk/data/")


def test_who_keeps_their_own_key_imports_on_the_command_line(desk: Site) -> None:
    ana = desk.world.ids["Ana"]
    with desk.world.node.database.write() as transaction:
        let_go(transaction, "test", ana, ana)
    assert "jobs.no_key_here" in ask(desk, "sheet", {"sheet": SHEET}).content.decode()
    assert "Import on the command line" in desk.text("/test/desk/data/")


def test_imports_take_the_power(desk: Site) -> None:
    desk.world.charter(CHARTER + '\n[powers]\nimports = "archivist"\npay = "treasurer"\n')
    refused = ask(desk, "sheet", {"sheet": SHEET})
    assert refused.status_code == 403 and "commons.lacks_power" in refused.content.decode()
    assert desk.get("/test/desk/export/payouts/").status_code == 403 and "payouts" not in desk.text("/test/desk/data/")


@pytest.mark.parametrize("role", ["member", "anyone"])
def test_where_everybody_may_record_payouts_the_desk_gives_no_account_numbers(desk: Site, role: str) -> None:
    desk.world.validated("Bo")
    desk.world.income("100.00")
    desk.world.share()
    with desk.world.node.database.write() as transaction:
        write_profile(transaction, "test", desk.world.ids["Bo"], name="Bo Private", iban="DE89370400440532013000")
    desk.world.charter(f'{CHARTER}\n[powers]\npay = "{role}"\n')
    refused = desk.get("/test/desk/export/payouts/")
    assert refused.status_code == 403 and b"web.not_for_all" in refused.content
    assert b"DE89370400440532013000" not in refused.content and b"Bo Private" not in refused.content
    page = desk.text("/test/desk/data/")
    assert "export/shares" in page and "export/payouts" not in page, "and offers none"


def test_exports_are_what_the_command_line_writes(desk: Site, tmp_path: Path) -> None:
    desk.world.validated("Bo")
    desk.world.income("100.00")
    desk.world.share()
    size = desk.json("/api/commons/test")["entries"]
    answer = desk.get("/test/desk/export/journal-lines/")
    assert answer.headers["Cache-Control"] == "no-store" and answer.content.count(b"\n") == size
    zipfile.ZipFile(io.BytesIO(desk.get("/test/desk/export/journal/").content)).extractall(tmp_path)
    vkey = desk.text("/api/commons/test/journal/verifier-key").strip()
    report = verify_export(tmp_path / "test-journal", vkey)
    assert report.ok and report.entries == size
    for what in ("beancount", "hledger", "flows", "contributions", "shares", "payouts"):
        assert len(desk.get(f"/test/desk/export/{what}/").content) > 50, what
    rows = list(csv.reader(io.StringIO(desk.text("/test/desk/export/payouts/"))))
    assert "Bo" in rows[1]
    assert desk.get("/test/desk/export/secrets/").status_code == 404
    as_member(desk, "Bo")
    assert desk.get("/test/desk/export/journal-lines/").status_code == desk.get("/test/desk/jobs.json").status_code == 403


def test_work_of_another_commons_is_not_found(desk: Site) -> None:
    from commonhold.web.accounts.models import Job

    other = Job.objects.create(commons="other", by="x", kind="verify")
    assert desk.get(f"/test/desk/jobs/{other.pk}/").status_code == 404
    assert desk.client.post("/test/desk/do/", {"act": "cancel", "id": str(other.pk)}).status_code == 404


def test_what_became_of_imports_is_let_go_after_a_while_and_other_work_is_kept(desk: Site) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from commonhold.server.jobs import forget
    from commonhold.web.accounts.models import Job

    for kind, days in (("sheet", 31), ("commits", 29), ("verify", 400)):
        Job.objects.create(commons="test", by="x", kind=kind, state="done", ended=timezone.now() - timedelta(days=days))
    forget("me")
    assert sorted(Job.objects.values_list("kind", flat=True)) == ["commits", "verify"]


def test_only_work_whose_worker_is_dead_is_taken_up(desk: Site) -> None:
    import os
    import socket
    from datetime import timedelta

    from django.utils import timezone

    from commonhold.server.jobs import is_lost
    from commonhold.web.accounts.models import Worker

    host = socket.gethostname()[:40]
    now = timezone.now()
    for name, seconds in (("elsewhere:1:a", 1), ("elsewhere:2:b", 60), (f"{host}:1:c", 1), (f"{host}:4194399:d", 1)):
        Worker.objects.create(name=name, beat=now - timedelta(seconds=seconds))
    own = f"{host}:{os.getpid()}:e"
    lost = {
        name: is_lost(name, own)
        for name in ("elsewhere:1:a", "elsewhere:2:b", f"{host}:1:c", f"{host}:4194399:d", own, f"{host}:{os.getpid()}:x", "")
    }
    assert [name for name, dead in lost.items() if dead] == ["elsewhere:2:b", f"{host}:4194399:d", f"{host}:{os.getpid()}:x", ""]
