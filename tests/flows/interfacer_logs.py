"""Real flows of the Interfacer project, by their names. The box is the one of the demonstration."""

from __future__ import annotations

from pathlib import Path

_DATA = Path(__file__).parent / "data" / "interfacer"
LOGS = {
    "gownshirt": _DATA / "gownshirt.json",
    "ifservices": _DATA / "ifservices.json",
    "libre-solar": Path(__file__).parents[2] / "examples" / "libre-solar" / "box.json",
}
