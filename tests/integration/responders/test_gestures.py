"""Goodwill within its limits, and waves of complaints with one cause, on both databases."""

from datetime import timedelta
from functools import partial

import pytest

from domain.errors import AccessDenied, InvalidInput
from domain.labels import Intent, Role
from domain.time import ManualClock
from responders.gestures import offer_gesture
from responders.incidents import close_calm
from storage.database import Database
from storage.jobs import MemoryJobs
from storage.tables import (
    Case,
    Gesture,
    Incident,
    LedgerEntry,
    Membership,
)  # fmt: skip
from tests.integration.responders.scene import Scene, complain


def test_a_gesture_is_offered_once_within_its_limits_and_costs(scene: Scene) -> None:
    user = scene.add_user()

    def offer(case: Case) -> None:
        with scene.database.write() as session:
            offer_gesture(
                session, case_id=case.id, version=case.version, gesture_id="tin", profile=scene.profile, user_id=user,
                at=scene.clock.now(),
            )  # fmt: skip

    offer(complain(scene))
    (entry,) = scene.all(LedgerEntry)
    assert (entry.micros, entry.currency, entry.kind) == (8_000_000, "EUR", "gestures")
    with pytest.raises(InvalidInput, match="already"):
        offer(scene.all(Case)[0])
    with pytest.raises(InvalidInput, match="this year"):
        offer(complain(scene, conversation="b", themes=("app",)))
    offer(complain(scene, conversation="c", handle="bo"))
    with pytest.raises(InvalidInput, match="this month"):
        offer(complain(scene, conversation="d", handle="cy"))
    assert len(scene.all(Gesture)) == len(scene.all(LedgerEntry)) == 2
    assert scene.all(Case)[1].version == 1


def test_some_gestures_need_another_role(database: Database, clock: ManualClock, jobs: MemoryJobs) -> None:
    plan = {"id": "tin", "name": "a tin", "cost": "8.00 EUR", "approved_by": "marketing"}
    scene = Scene(database, clock, jobs, gestures=[plan])
    case, user = complain(scene), scene.add_user()
    for allowed in (False, True):
        with scene.database.write() as session:
            if allowed:
                session.add(Membership(user_id=user, brand_id=scene.brand_id, role=Role.MARKETING))
                session.flush()
            offer = partial(
                offer_gesture, session, case_id=case.id, version=case.version, gesture_id="tin", at=scene.clock.now(),
                profile=scene.profile, user_id=user,
            )  # fmt: skip
            if allowed:
                assert offer().id
            else:
                with pytest.raises(AccessDenied):
                    offer()


def test_a_wave_becomes_an_incident_and_calm_closes_it(scene: Scene) -> None:
    for number in range(6):
        scene.say("nothing works", Intent.COMPLAINT, conversation=f"w{number}", handle=f"p{number}", themes=("outage",))
    (incident,) = scene.all(Incident)
    assert (incident.cause, incident.closed_at) == ("outage", None)
    assert [case.incident_id for case in scene.all(Case)] == [incident.id] * 6
    assert close_calm(scene.database, scene.clock, scene.brand_id) == ()
    scene.clock.advance(timedelta(days=2))
    assert close_calm(scene.database, scene.clock, scene.brand_id) == (incident.id,)
    assert close_calm(scene.database, scene.clock, scene.brand_id) == ()


def test_one_person_complaining_often_is_no_wave(scene: Scene) -> None:
    for number in range(7):
        scene.say("nothing works", Intent.COMPLAINT, conversation=f"w{number}", themes=("outage",))
    assert scene.all(Incident) == []


def test_what_is_usual_is_no_wave(scene: Scene) -> None:
    for day in range(14):
        for number in range(6):
            scene.say(
                "late again", Intent.COMPLAINT, conversation=f"d{day}-{number}", handle=f"p{day}-{number}",
                themes=("delivery",), ago=timedelta(),
            )  # fmt: skip
        scene.clock.advance(timedelta(days=1))
        close_calm(scene.database, scene.clock, scene.brand_id)
    # The first days are a wave, since nothing was known before; after two weeks it is the usual.
    assert len(scene.all(Incident)) < 14
    last = scene.all(Incident)[-1]
    assert last.opened_at < scene.clock.now() - timedelta(days=7)
