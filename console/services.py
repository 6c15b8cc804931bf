"""What the desk is given: the parts it works with, put together by the composition root."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from config.operator import Settings
from domain.time import Clock
from responders.review import Guard, Reviewer
from responders.unknown import UnknownReplies
from storage.database import Database
from storage.jobs import Jobs
from storage.queries.brands import RevisionCache


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedJob:
    """A job that the engine gave up: what kind it was and the error's class, never a text of a customer."""

    id: str
    kind: str
    error: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSnapshot:
    """How the engine does at one moment: whether it works, what waits by kind, and what it gave up."""

    alive: bool
    waiting: Mapping[str, int] = field(default_factory=dict)
    failed: tuple[FailedJob, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything the desk needs from outside.

    `guard` judges a text as the answer to a draft; `hook_secret` gives the value of a secret by its name, None when it
    isn't set; `engine` is asked on each health page; `model` is the classifier's revision; `metrics` renders the
    counts for monitoring in OpenMetrics, for whoever is on this machine or has the `metrics_token`.
    """

    database: Database
    jobs: Jobs
    clock: Clock
    profiles: RevisionCache
    reviewer: Reviewer
    guard: Guard
    unknown: UnknownReplies
    settings: Settings
    data_dir: Path
    engine: Callable[[], EngineSnapshot]
    hook_secret: Callable[[str], str | None]
    version: str
    model: str
    metrics: Callable[[], bytes] = bytes
    metrics_token: str | None = None
