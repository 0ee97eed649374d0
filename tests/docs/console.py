"""Runs the console blocks of a page of the documentation, and compares what they print with what the page says.

A page is Markdown. In a block ```` ```console ```` a line `$ …` is a command (continued by lines `> …`), and what follows
it is what the command prints, on standard output and standard error. `…` stands for anything within a line, and a line that
is only `…` for any number of lines. All commands of a page run in one shell, in an empty folder with a link `examples`.
A page serves on port 8400, in whose place stands one that is free.
Comments in the page that readers do not see tell the rest:

    <!-- file: NAME -->           the next block is written to the file NAME before the commands after it run
    <!-- clock: +31 days -->      so much time passes before the commands that follow
    <!-- console: after PAGE -->  the page begins with the folder as another page leaves it
    <!-- console: postgresql -->  the address of a database in the page is that of the tests' server
    <!-- prepare                  the lines up to the end of the comment are run before, and what they print is dropped
    … -->

`python tests/docs/console.py PAGE…` runs pages and writes what their commands print into them where it is not what they
say; look at the difference before you commit it.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DOCS = ROOT / "docs"
PYTHON = Path(sys.executable).absolute()
BEGIN = 1_795_510_800
"""2026-11-24T09:00:00Z, when every page begins."""

_DIRECTIVE = re.compile(r"<!-- (file|clock|console): (.+?) -->")
_FENCE = re.compile(r"^(\s*)```(\w*)")
_MARK = "\x1e"
_DATABASE = re.compile(r"postgresql://\S+")
SECONDS_MAX = 120


@dataclass(slots=True)
class Command:
    """A command of a page: its text for the shell, what the page says that it prints, and the lines of the page that say so."""

    text: str
    expected: list[str]
    line: int
    first: int
    last: int


@dataclass(slots=True)
class Page:
    """A page, taken apart. `steps`, in order, are commands, files to write (name, text), seconds that pass, and lines to run unseen."""

    path: Path
    lines: list[str]
    steps: list[Command | tuple[str, str] | int | list[str]] = field(default_factory=list)
    after: Path | None = None
    needs_postgresql: bool = False

    @property
    def commands(self) -> list[Command]:
        """The commands alone."""
        return [step for step in self.steps if isinstance(step, Command)]


def read_page(path: Path) -> Page:
    """Take a page apart."""
    page = Page(path, path.read_text(encoding="utf-8").split("\n"))
    file = ""
    number = 0
    while number < len(page.lines):
        line = page.lines[number]
        if match := _DIRECTIVE.fullmatch(line.strip()):
            file = match[2] if match[1] == "file" else file
            _direct(page, match[1], match[2])
        elif line == "<!-- prepare":
            end = page.lines.index("-->", number)
            page.steps.append(page.lines[number + 1 : end])
            number = end
        elif match := _FENCE.match(line):
            end = next(at for at in range(number + 1, len(page.lines)) if page.lines[at].strip() == "```")
            if match[2] == "console":
                assert not match[1], f"{path}:{number + 1}: a console block is not indented"
                page.steps += _commands(page, number + 1, end)
            elif file:
                page.steps.append((file, "".join(f"{text}\n" for text in page.lines[number + 1 : end])))
                file = ""
            number = end
        number += 1
    return page


def _direct(page: Page, what: str, value: str) -> None:
    if what == "clock":
        count = re.fullmatch(r"\+(\d+) days?", value)
        assert count, f"{page.path}: {value!r} is no time that passes"
        page.steps.append(int(count[1]) * 86_400)
    elif what == "console" and value == "postgresql":
        page.needs_postgresql = True
    elif what == "console":
        page.after = (page.path.parent / value.removeprefix("after ")).resolve()
        assert page.after.is_file(), f"{page.path}: there is no {page.after}"


def _commands(page: Page, start: int, end: int) -> Iterator[Command]:
    number = start
    while number < end:
        assert page.lines[number].startswith("$ "), f"{page.path}:{number + 1}: a console block begins with a command"
        line = number
        text = [page.lines[number][2:]]
        number += 1
        while number < end and re.match(r"> |>$", page.lines[number]):
            text.append(page.lines[number][2:])
            number += 1
        first = number
        while number < end and not page.lines[number].startswith("$ "):
            number += 1
        yield Command("\n".join(text), page.lines[first:number], line + 1, first, number)


class Runner:
    """Runs pages, each in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ends: dict[Path, tuple[Path, int, list[str]]] = {}
        bin_ = folder / "bin"
        bin_.mkdir(parents=True)
        shim = bin_ / "commonhold"
        real = PYTHON.with_name("commonhold")
        shim.write_text(
            f"#!{PYTHON} -IS\nimport os, sys\n"
            f"if 'serve' in sys.argv[1:]:\n    os.execv({str(real)!r}, [{str(real)!r}, *sys.argv[1:]])\n"
            f"sys.path.insert(0, {str(HERE)!r})\nfrom fork_server import client\nsys.exit(client(sys.argv[1:]))\n"
        )
        shim.chmod(0o755)
        self._socket = folder / "socket"
        self._server = subprocess.Popen([str(PYTHON), str(HERE / "fork_server.py"), str(self._socket)])
        until = time.monotonic() + 30
        while not self._socket.exists():
            assert self._server.poll() is None and time.monotonic() < until, "the fork server did not start"
            time.sleep(0.01)

    def close(self) -> None:
        """End the server."""
        self._server.terminate()
        self._server.wait()

    def end_of(self, path: Path) -> tuple[Path, int, list[str]]:
        """The folder and the clock as a page leaves them, and what its commands printed; it is run once."""
        if path not in self._ends:
            self._ends[path] = self._run(read_page(path), "")
        return self._ends[path]

    def run(self, page: Page, database: str = "") -> list[str]:
        """Run a page; return what each of its commands printed."""
        if database:
            return self._run(page, database)[2]
        return self.end_of(page.path)[2]

    def _run(self, page: Page, database: str) -> tuple[Path, int, list[str]]:
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        work, clock = folder / "work", BEGIN
        if page.after is not None:
            before, clock, _ = self.end_of(page.after)
            shutil.copytree(before, work, symlinks=True)
        else:
            work.mkdir()
            (work / "examples").symlink_to(ROOT / "examples")
        port = _free_port()
        script, clock = _script(page, clock, database, port)
        (folder / "script").write_text(script, encoding="utf-8")
        (folder / "home").mkdir()
        environment = {
            "PATH": f"{self.folder / 'bin'}:{PYTHON.parent}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(folder / "home"), "LC_ALL": "C.UTF-8", "TZ": "UTC", "DOCS_SOCKET": str(self._socket), "DOCS_CLOCK": str(folder / "clock"),
        }  # fmt: skip
        if page.after is not None:
            environment["COMMONHOLD_HOME"] = "solar"
        (folder / "clock").write_text(str(BEGIN if page.after is None else self.end_of(page.after)[1]))
        with (folder / "printed").open("wb") as printed:
            process = subprocess.Popen(
                ["bash", "--noprofile", "--norc", str(folder / "script")], cwd=work, env=environment, stdin=subprocess.DEVNULL,
                stdout=printed, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
            try:
                process.wait(timeout=SECONDS_MAX)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGTERM)
        text = (folder / "printed").read_text(encoding="utf-8").replace(f":{port}", ":8400").replace(f"{port} ", "8400 ")
        printed_texts = text.split(f"\n{_MARK}\n")[:-1]
        assert len(printed_texts) == len(page.commands), f"{page.path}: the shell ended early\n{text[-2000:]}"
        return work, clock, printed_texts


def _script(page: Page, clock: int, database: str, port: int) -> tuple[str, int]:
    parts = []
    for step in page.steps:
        if isinstance(step, int):
            clock += step
            parts.append(f'echo {clock} > "$DOCS_CLOCK"')
        elif isinstance(step, list):
            parts += ["{", *step, "} > /dev/null"]
        elif isinstance(step, tuple):
            parts.append(f"cat > '{step[0]}' <<'END OF FILE'\n{step[1]}END OF FILE")
        else:
            text = re.sub(r"\b8400\b", str(port), step.text)
            text = _DATABASE.sub(f"'{database}'", text) if database else text
            parts.append(text)
            if text.endswith("&"):
                listens = f"(: < /dev/tcp/127.0.0.1/{port}) 2> /dev/null"
                parts.append(f"for _ in $(seq 300); do {listens} && break; sleep 0.1; done")
                parts.append(f"{listens} || {{ echo 'Nothing listens where a page has to serve: on port 8400.'; exit 1; }}")
            parts.append(f"printf '\\n{_MARK}\\n'")
    return "\n".join([*parts, "kill $(jobs -p) 2> /dev/null", "exit 0", ""]), clock


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fits(expected: list[str], printed: str) -> bool:
    """Whether a command printed what the page says. Blanks between words may be more or fewer, since ids in tables are shortened."""
    said = [" ".join(line.split()) for line in expected]
    parts = [r"(?:.*\n)*" if line == "…" else ".*?".join(re.escape(piece) for piece in line.split("…")) + r"\n" for line in said]
    lines = [" ".join(line.split()) for line in printed.rstrip("\n").split("\n")]
    text = "".join(f"{line}\n" for line in lines) if printed.strip("\n") else ""
    return re.fullmatch("".join(parts), text) is not None


_CHANGING = (
    (re.compile(r"did:key:z6Mk\w{40,}"), "did:key:z6Mk…"),
    (re.compile(r"z6Mk\w{1,4}…\w{4}"), "z6Mk…"),
    (re.compile(r"\bid:[0-9a-f]{8}…"), "id:…"),
    (re.compile(r"\bid:[0-9a-f]{32}\b"), "id:…"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "…"),
    (re.compile(r"\b[0-9a-f]{12}\b|\b[0-9a-f]{16}\b"), "…"),
    (re.compile(r"\b[a-z0-9]{12}\.commonhold\.invalid"), "….commonhold.invalid"),
    (re.compile(r"\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}"), "+…"),
    (re.compile(r"[A-Za-z0-9+/]{42,}=*"), "…"),
)


def elided(printed: str) -> list[str]:
    """What was printed, without what changes from run to run."""
    for pattern, text in _CHANGING:
        printed = pattern.sub(text, printed)
    return [line.rstrip() for line in printed.strip("\n").split("\n")] if printed.strip("\n") else []


def difference(page: Page, printed: list[str]) -> str:
    """Where a page does not say what its commands print, or nothing."""
    found = []
    for command, text in zip(page.commands, printed, strict=True):
        if not fits(command.expected, text):
            wanted = "\n".join(command.expected)
            where = page.path.relative_to(ROOT) if page.path.is_relative_to(ROOT) else page.path
            found.append(f"{where}:{command.line}: $ {command.text}\n--- the page says\n{wanted}\n--- it prints\n{text.strip()}\n")
    return "\n".join(found)


def rewritten(page: Page, printed: list[str]) -> str:
    """The page with what its commands print, where it says something else."""
    lines = list(page.lines)
    for command, text in reversed(list(zip(page.commands, printed, strict=True))):
        if not fits(command.expected, text):
            lines[command.first : command.last] = elided(text)
    return "\n".join(lines)


def pages() -> list[Path]:
    """All pages with console blocks."""
    found = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
    return sorted(path for path in found if re.search(r"^```console$", path.read_text(encoding="utf-8"), re.MULTILINE))


def main() -> None:
    """Write what commands print into pages."""
    sys.path.insert(0, str(HERE.parent))
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(Path(folder) / "pages")
        server = None
        try:
            for name in sys.argv[1:]:
                page = read_page(Path(name).resolve())
                database = ""
                if page.needs_postgresql:
                    from postgres_server import PostgresServer

                    server = server or PostgresServer()
                    database = server.fresh_schema("docs")
                printed = runner.run(page, database)
                sys.stdout.write(difference(page, printed))
                page.path.write_text(rewritten(page, printed), encoding="utf-8")
        finally:
            runner.close()
            if server is not None:
                server.stop()


if __name__ == "__main__":
    main()
