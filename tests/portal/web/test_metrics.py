"""What is counted, and that nobody from outside can make the counting grow."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry

from portal.web.metrics import METRICS


@pytest.fixture
def registry(bakery: Flask) -> CollectorRegistry:
    found: CollectorRegistry = bakery.extensions[METRICS]
    return found


def series(registry: CollectorRegistry, name: str) -> list[dict[str, str]]:
    return [
        sample.labels for metric in registry.collect() for sample in metric.samples if sample.name == name
    ]


def test_requests_are_counted_by_their_route(client: FlaskClient, registry: CollectorRegistry) -> None:
    for number in range(3):
        client.get(f"/rows/{number}")
    counted = {"method": "GET", "route": "/rows/<int:row>", "status": "200"}
    assert registry.get_sample_value("portal_requests_total", counted) == 3


def test_methods_that_somebody_invents_are_one(client: FlaskClient, registry: CollectorRegistry) -> None:
    for number in range(5):
        client.open("/sign-in", method=f"INVENTED{number}")
    client.options("/sign-in")
    methods = [labels["method"] for labels in series(registry, "portal_requests_total")]
    assert sorted(methods) == ["OPTIONS", "other"]


def test_what_could_not_be_decided_is_counted_by_its_question(
    client: FlaskClient, registry: CollectorRegistry
) -> None:
    for _ in range(2):
        client.get("/undecided")
    assert registry.get_sample_value("portal_undecided_total", {"question": "approve"}) == 2
