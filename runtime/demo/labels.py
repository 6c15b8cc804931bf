"""What a person said of the demo's mentions: the simulated team corrects the model by it, as people at a desk do."""

import csv
import json
from importlib.resources import files
from typing import Any

from domain.labels import Intent, Sentiment
from responders.correction import Verdict

_FILES = {"ploverday": "demo/expected.jsonl", "cap-aubray": "second/expected.csv"}


def read_labels(slug: str) -> dict[str, Verdict]:
    """Return a person's verdicts by the mention's external id; none for a brand that nobody labelled."""
    name = _FILES.get(slug)
    if name is None:
        return {}
    text = (files("config.examples") / name).read_text(encoding="utf-8")
    lines = text.splitlines()
    rows: list[dict[str, Any]] = (
        list(csv.DictReader(lines)) if name.endswith(".csv") else [json.loads(line) for line in lines if line.strip()]
    )
    return {row["external_id"]: _verdict(row) for row in rows}


def _verdict(row: dict[str, Any]) -> Verdict:
    urgent = row["urgent"] in {True, "true", "True", "1"}
    return Verdict(intent=Intent(row["intent"]), sentiment=Sentiment(row["sentiment"]), urgent=urgent, language=None)
