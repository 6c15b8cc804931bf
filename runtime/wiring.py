"""The composition root: settings in, one application out. Nothing connects or loads a model until it is used."""

from collections.abc import Collection
from functools import partial

from config.brand.profile import Profile
from config.loading import Loaded
from digests.erasure import FOLDER as DIGESTS
from digests.erasure import DigestsEraser
from digests.mail import NOWHERE
from domain.labels import Use
from domain.ports import Classifier, Eraser, Mailer
from domain.time import Clock, SystemClock
from listener.context import Collectors
from listener.erasure import ListenerEraser
from listener.http import Fetcher, Limits
from listener.intake import Intake
from listener.notices import NoticeEraser
from listener.sources import SourceView
from listener.spending import allowance_of
from listener.telling import Teller
from people.erasure import PeopleEraser
from platforms.allowance import Allowance
from platforms.credentials import Keyring
from platforms.reach import Reach
from platforms.registry import capabilities_of
from responders.checking import DraftGuard
from responders.drafting.canned import CannedDrafter
from responders.erasure import AnswersEraser
from responders.outbox import Outbox
from responders.publishers.erasing import OutboxFileEraser
from responders.publishers.file import FILE, FilePublisher
from responders.publishers.finding import OnePublisher, Publishers
from responders.publishers.installed import InstalledPublishers, PublisherContext
from responders.review import Reviewer
from responders.unknown import UnknownReplies
from runtime.application import Application
from runtime.classifiers import OneAtATime, build_classifier
from runtime.durable import DurableJobs, QueueDepth
from runtime.keyring import keyring_of
from runtime.mailing import Mailing, build_mailer
from runtime.metrics import Metrics
from runtime.obstacles import Obstacles
from runtime.stages import REJECTS, bind, note_sent
from storage.database import Database
from storage.jobs import Jobs
from storage.keys import Keys
from storage.queries.brands import RevisionCache, find_brand
from storage.vault import Vault


def build(
    loaded: Loaded,
    *,
    clock: Clock | None = None,
    jobs: Jobs | None = None,
    classifier: Classifier | None = None,
    publishers: Publishers | None = None,
    mailer: Mailer | None = None,
    listen_only: bool = False,
) -> Application:
    """Put an application together from settings; the keyword arguments replace a part.

    With `listen_only` it sends nothing and never opens the write key. With `jobs` in memory nothing durable is built:
    the one-shot demo, tests and benchmarks work like that.
    """
    clock = clock or SystemClock()
    database = Database(loaded.database_url)
    keyring = build_keyring(loaded, database, clock, uses=(Use.READ,) if listen_only else tuple(Use))
    queue: Jobs = jobs or DurableJobs(database)
    durable = queue if isinstance(queue, DurableJobs) else None
    profiles = RevisionCache(database)
    metrics = Metrics(database, depths=durable.depths if durable else _no_depths)
    sending = publishers or _publishers(loaded, database, profiles, clock, keyring)
    outbox = Outbox(
        database=database, jobs=queue, clock=clock, profiles=profiles, publishers=sending, on_sent=note_sent
    )
    guard = DraftGuard(database=database, clock=clock, profiles=profiles, measure=measure)
    application = Application(
        loaded=loaded,
        clock=clock,
        database=database,
        jobs=queue,
        durable=durable,
        profiles=profiles,
        collectors=build_collectors(loaded, database, clock, keyring),
        intake=Intake(database, queue, clock, profiles),
        classifier=_classifier(loaded, classifier, metrics),
        drafter=CannedDrafter(profiles, measure=measure),
        outbox=outbox,
        unknown=UnknownReplies(database=database, jobs=queue, clock=clock, outbox=outbox),
        guard=guard,
        reviewer=_reviewer(loaded, database, queue, clock, profiles, guard=guard, is_real=publishers is None),
        mailing=_mailing(loaded, database, queue, clock, mailer),
        erasers=_erasers(loaded, database, queue, clock, profiles),
        teller=Teller(database, queue, clock, profiles, limits=_limits(loaded), find_secret=loaded.find_secret),
        metrics=metrics,
        listen_only=listen_only,
    )
    application.handlers.update(bind(application))
    return application


def _classifier(loaded: Loaded, given: Classifier | None, metrics: Metrics) -> OneAtATime:
    settings = loaded.settings.sentiment
    return OneAtATime(lambda: given or build_classifier(settings, base=loaded.root), note=metrics.note_model)


def _erasers(
    loaded: Loaded, database: Database, jobs: Jobs, clock: Clock, profiles: RevisionCache
) -> tuple[Eraser, ...]:  # fmt: skip
    """The notices' comes first, while posts have their ids still.

    People's comes last: until it has run, a person is still found by their name, and erasing can begin again.
    """
    return (
        NoticeEraser(database, jobs, clock, profiles),
        ListenerEraser(database, clock, rejects_folder=loaded.data_dir / REJECTS),
        AnswersEraser(database, clock),
        OutboxFileEraser(database, loaded.data_dir / FILE),
        DigestsEraser(database, folder=loaded.data_dir / DIGESTS),
        PeopleEraser(database, clock),
    )


def measure(platform: str, text: str) -> tuple[int, int | None]:
    """Return a text's length on a platform, and the most that it takes there (None for no limit)."""
    facts = capabilities_of(platform)
    return facts.count(text), facts.max_length


def _mailing(loaded: Loaded, database: Database, jobs: Jobs, clock: Clock, mailer: Mailer | None) -> Mailing:
    sender = loaded.settings.smtp.from_address
    return Mailing(
        database=database,
        jobs=jobs,
        clock=clock,
        mailer=mailer or build_mailer(loaded, clock),
        address=loaded.settings.server.address,
        domain=sender.rpartition("@")[2] if sender else NOWHERE,
    )


def _publishers(
    loaded: Loaded, database: Database, profiles: RevisionCache, clock: Clock, keyring: Keyring
) -> Publishers:  # fmt: skip
    if loaded.settings.outbox.to == "file":
        return OnePublisher(FilePublisher(loaded.data_dir / FILE))

    def profile_of(slug: str) -> Profile:
        with database.read() as session:
            return profiles.current_of(session, find_brand(session, slug).id).profile

    context = PublisherContext(clock=clock, secrets=loaded.secrets, data_dir=loaded.data_dir)
    return InstalledPublishers(
        profile_of=profile_of,
        context=context,
        keyring=keyring,
        reach_of=partial(reach_of, loaded),
    )


def _reviewer(
    loaded: Loaded, database: Database, jobs: Jobs, clock: Clock, profiles: RevisionCache, *, guard: DraftGuard,
    is_real: bool,
) -> Reviewer:  # fmt: skip
    """Return what reviews; where replies go to real platforms it knows of missing keys, and a file needs none."""
    needs_keys = is_real and loaded.settings.outbox.to != "file"
    obstacle = Obstacles(build_vault(loaded, database, clock)) if needs_keys else None
    return Reviewer(database=database, jobs=jobs, clock=clock, profiles=profiles, guard=guard, obstacle=obstacle)


def build_collectors(loaded: Loaded, database: Database, clock: Clock, keyring: Keyring) -> Collectors:
    """Return what builds the collector of each source."""
    return Collectors(
        clock=clock,
        base=loaded.root,
        secrets=loaded.secrets,
        fetcher=Fetcher(_limits(loaded)),
        keyring=keyring,
        reach_of=partial(reach_of, loaded),
        allowance_of=partial(_allowance, database, clock),
    )


def build_keyring(
    loaded: Loaded, database: Database, clock: Clock, *, uses: Collection[Use] = tuple(Use)
) -> Keyring:  # fmt: skip
    """Return what finds the credentials of sources and accounts; `uses` are the keys that may be opened."""
    return keyring_of(build_vault(loaded, database, clock, uses=uses), secrets=loaded.secrets)


def build_vault(
    loaded: Loaded, database: Database, clock: Clock, *, uses: Collection[Use] = tuple(Use)
) -> Vault:  # fmt: skip
    """Return the vault of stored tokens."""
    keys = Keys(data_dir=loaded.data_dir, secrets=loaded.secrets, uses=uses)
    return Vault(database, keys=keys, clock=clock)


def reach_of(loaded: Loaded, platform: str) -> Reach:
    """Return how a platform is reached by the operator's settings."""
    network = loaded.settings.network
    return Reach(endpoint=network.endpoints.get(platform), timeout=network.timeout, allow_private=network.allow_private)


def _allowance(database: Database, clock: Clock, view: SourceView) -> Allowance:
    with database.read() as session:
        return allowance_of(
            session, source_id=view.id, budget=view.budget, calls=view.calls, zone=view.zone, now=clock.now()
        )


def _limits(loaded: Loaded) -> Limits:
    network = loaded.settings.network
    return Limits(timeout=network.timeout, max_body=network.max_body_mb * 2**20, allow_private=network.allow_private)


def _no_depths() -> list[QueueDepth]:
    return []
