"""The files of deploy/ are true: options and variables exist, paths agree, and each program that reads one takes it."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from serving import ServerProcess
from world import World

from commonhold.cli.app import root

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
HOME = "/var/lib/commonhold"
PROGRAM = "/opt/commonhold/bin/commonhold"
EXPOSURE_MAX = 20
"""Of 100, by the count of `systemd-analyze security`."""


def text(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def variables_of_commonhold() -> set[str]:
    """What the reference tells."""
    page = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    return set(re.findall(r"`([A-Z_]+)`", page.partition("## Environment")[2].partition("\n## ")[0]))


def unit(name: str) -> dict[str, dict[str, list[str]]]:
    """A unit: keys can be given several times."""
    found: dict[str, dict[str, list[str]]] = {}
    for line in text(name).splitlines():
        if match := re.fullmatch(r"\[(\w+)\]", line):
            here = found.setdefault(match[1], {})
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            here.setdefault(key, []).append(value)
    return found


def instructions() -> list[tuple[str, str]]:
    """(word, the rest) of each instruction of the Containerfile."""
    lines = [line for line in text("Containerfile").split("\n") if not line.startswith("#")]
    whole = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in whole.split("\n") if line]


def compose() -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load(text("compose.yaml"))
    return made


def serve_options() -> dict[str, click.Option]:
    """The options of `commonhold serve` by their variables and by their names."""
    command = root.get_command(click.Context(root), "serve")
    assert command is not None
    options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    return {str(option.envvar): option for option in options if option.envvar} | {name: option for option in options for name in option.opts}


def test_every_variable_that_is_set_exists() -> None:
    known = variables_of_commonhold() | {"COMMONHOLD_DATABASE_PASSWORD_FILE"}
    environment = re.findall(r"^#?([A-Z_]+)=", text("commonhold.env"), re.MULTILINE)
    units = [value for name in ("commonhold.service", "commonhold-backup.service") for value in unit(name)["Service"]["Environment"]]
    container = [name for word, rest in instructions() if word == "ENV" for name in re.findall(r"([A-Z_]+)=", rest)]
    composed = list(compose()["services"]["commonhold"]["environment"])
    assert {*environment, *(one.partition("=")[0] for one in units), *container, *composed} - known == set()
    assert len(environment) >= 8 and "COMMONHOLD_DATABASE_PASSWORD_FILE" in text("commonhold.sh")


def test_every_value_that_is_set_is_one_that_serve_takes() -> None:
    """Flags, numbers and choices; what is a file is elsewhere."""
    options = serve_options()
    given = dict(re.findall(r"^#?(COMMONHOLD_\w+)=(\S*)$", text("commonhold.env"), re.MULTILINE))
    given |= dict(re.findall(r"(COMMONHOLD_\w+)=(\S+)", next(rest for word, rest in instructions() if word == "ENV")))
    given |= {name: str(value) for name, value in compose()["services"]["commonhold"]["environment"].items()}
    checked = 0
    for name, value in given.items():
        option = options.get(name)
        if option is not None and not isinstance(option.type, click.Path):
            option.type.convert(value, option, None)
            checked += 1
    assert checked >= 5


def test_options_in_the_texts_exist() -> None:
    options = serve_options()
    for name in ("Caddyfile", "nginx.conf", "Containerfile", "commonhold.service"):
        for line in re.findall(r"commonhold serve\b(.*)", text(name)):
            assert all(word.partition("=")[0] in options for word in shlex.split(line) if word.startswith("--")), line


@pytest.mark.parametrize("name", ["commonhold.service", "commonhold-backup.service", "commonhold-backup.timer"])
def test_systemd_takes_the_units(name: str, tmp_path: Path) -> None:
    for path in DEPLOY.glob("commonhold*"):
        if path.suffix in (".service", ".timer"):
            (tmp_path / path.name).write_text(path.read_text().replace(PROGRAM, "/bin/true"))
    checked = subprocess.run(["systemd-analyze", "verify", "--man=no", tmp_path / name], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_the_service_is_exposed_little() -> None:
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE_MAX}", DEPLOY / "commonhold.service"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout[-2_000:]


def test_the_units_agree_with_each_other() -> None:
    service, backup, timer = (unit(name) for name in ("commonhold.service", "commonhold-backup.service", "commonhold-backup.timer"))
    assert service["Service"]["StateDirectory"] == [HOME.rpartition("/")[2]]
    for one in (service, backup):
        assert f"COMMONHOLD_HOME={HOME}" in one["Service"]["Environment"]
        assert one["Service"]["User"] == ["commonhold"] and PROGRAM in one["Service"]["ExecStart"][0]
        assert one["Service"]["EnvironmentFile"] == ["-/etc/commonhold/commonhold.env"]
    assert service["Service"]["ExecStart"] == [f"{PROGRAM} serve"]
    assert service["Service"]["Type"] == ["notify"] and service["Service"]["NotifyAccess"] == ["all"]  # the workers notify
    assert HOME in backup["Service"]["ReadWritePaths"][0] and "Unit" not in timer["Timer"]  # the service of the same name


def test_the_backup_of_the_timer_is_made(sqlite_world: World, tmp_path: Path) -> None:
    """The very line of the unit, with other paths."""
    line = unit("commonhold-backup.service")["Service"]["ExecStart"][0].replace("%%", "%")
    line = line.replace(PROGRAM, str(Path(sys.executable).with_name("commonhold"))).replace("/var/backups/commonhold", str(tmp_path / "backups"))
    (tmp_path / "backups").mkdir()
    environment = {"COMMONHOLD_HOME": str(sqlite_world.node.home), "PATH": "/usr/bin:/bin"}
    subprocess.run(shlex.split(line), env=environment, check=True, capture_output=True)
    (made,) = (tmp_path / "backups").iterdir()
    assert json.loads((made / "manifest.json").read_text())
    rotate = unit("commonhold-backup.service")["Service"]["ExecStartPost"][0].replace("/var/backups/commonhold", str(tmp_path / "backups"))
    subprocess.run(shlex.split(rotate), check=True)
    assert made.exists()
    subprocess.run(["touch", "--date=32 days ago", made], check=True)
    subprocess.run(shlex.split(rotate), check=True)
    assert not made.exists()


def test_the_container_runs_as_nobody_in_particular_and_writes_in_one_place() -> None:
    words = [word for word, _ in instructions()]
    last = len(words) - 1 - words[::-1].index("FROM")
    final = dict(instructions()[last:])
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", final["USER"])
    assert final["VOLUME"] == final["WORKDIR"] == HOME and f"COMMONHOLD_HOME={HOME}" in final["ENV"]
    assert words.index("USER") > max(index for index, word in enumerate(words) if word in ("RUN", "COPY"))
    port = re.search(r"COMMONHOLD_PORT=(\d+)", final["ENV"])
    assert port is not None and final["EXPOSE"] == port[1] and f"127.0.0.1:{port[1]}/" in final["HEALTHCHECK"]
    assert (json.loads(final["ENTRYPOINT"]), json.loads(final["CMD"])) == (["commonhold"], ["serve"])


def test_what_the_container_is_made_of_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    copied = [rest for word, rest in instructions() if word == "COPY" and "--from" not in rest]
    sources = [source for rest in copied for source in shlex.split(rest)[:-1] if not source.startswith("--")]
    assert sources and all((ROOT / source).exists() for source in sources)
    assert {"pyproject.toml", "src", "constraints.txt", project["readme"]} <= set(sources)
    assert "postgres" in project["optional-dependencies"] and '"/source[postgres]"' in text("Containerfile")
    images = [rest.split(" ")[0] for word, rest in instructions() if word == "FROM"]
    assert all(re.search(r"python:3\.11-", image) for image in images) and project["requires-python"] == ">=3.11"


def test_the_health_check_tells_a_node_that_is_ready_from_one_that_is_not(sqlite_world: World) -> None:
    words = json.loads(dict(instructions())["HEALTHCHECK"].partition("CMD ")[2])
    assert compose()["services"]["commonhold"]["healthcheck"]["test"] == ["CMD", *words]
    with ServerProcess(sqlite_world.node.home) as server:
        check = [sys.executable, *(word.replace("8400", str(server.port)) for word in words[1:])]
        assert subprocess.run(check, check=False).returncode == 0
        with sqlite_world.node.database.write() as transaction:
            transaction.execute("DELETE FROM journal_checkpoint")
        assert subprocess.run(check, check=False, capture_output=True).returncode != 0


def test_the_password_of_the_database_comes_from_a_file(tmp_path: Path) -> None:
    told = tmp_path / "told"
    told.write_text('#!/bin/sh\nprintf "%s|%s" "$PGPASSWORD" "$*"\n')
    told.chmod(0o755)
    script = tmp_path / "commonhold.sh"
    script.write_text(text("commonhold.sh").replace(PROGRAM, str(told)))
    (tmp_path / "password").write_text("s'e c$ret\n")
    run = ["sh", str(script), "backup", "a b"]
    environment = {"PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        run, env=environment | {"COMMONHOLD_DATABASE_PASSWORD_FILE": str(tmp_path / "password")}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "s'e c$ret|backup a b"
    assert subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout == "|backup a b"
    missing = environment | {"COMMONHOLD_DATABASE_PASSWORD_FILE": str(tmp_path / "none")}
    assert subprocess.run(run, env=missing, capture_output=True, check=False).returncode != 0


def test_what_is_composed_fits_together() -> None:
    made = compose()
    services = made["services"]
    assert set(services) == {"commonhold", "database", "proxy"}
    for service in services.values():
        assert set(service.get("secrets", [])) <= made["secrets"].keys() and set(service["networks"]) <= made["networks"].keys()
        assert set(service.get("depends_on", {})) <= services.keys()
        for needed in service.get("depends_on", {}):
            assert "healthcheck" in services[needed]
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (DEPLOY / source).exists() if source.startswith(".") else source in made["volumes"]
        for name, value in service.get("environment", {}).items():
            if name.endswith("_FILE"):
                assert value.removeprefix("/run/secrets/") in service["secrets"], name
            assert "PASSWORD" not in name or name.endswith("_FILE")
    node = services["commonhold"]
    assert node["read_only"] is True and node["cap_drop"] == ["ALL"] and "ports" not in node
    assert any(volume.endswith(f":{HOME}") for volume in node["volumes"])
    database = services["database"]["environment"]
    assert node["environment"]["DATABASE_URL"] == f"postgresql://{database['POSTGRES_USER']}@database/{database['POSTGRES_DB']}"
    assert services["database"]["networks"] == ["inside"] and made["networks"]["inside"]["internal"] is True
    upstream = services["proxy"]["environment"]["COMMONHOLD_UPSTREAM"]
    assert upstream == f"commonhold:{dict(instructions())['EXPOSE']}" and "{$COMMONHOLD_UPSTREAM" in text("Caddyfile")
    assert (ROOT / "deploy" / node["build"]["context"] / node["build"]["dockerfile"]).resolve() == DEPLOY / "Containerfile"
