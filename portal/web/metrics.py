"""What is measured of requests, for Prometheus to fetch; one registry an app."""

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram

from portal.clock import Clock

METRICS = "metrics"
UNDECIDED = "undecided"

# Anybody can invent a method, and every label makes a series that is kept for good.
METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
OTHER = "other"


def install_metrics(app: Flask, clock: Clock) -> CollectorRegistry:
    """Count requests and their seconds by route; the registry is `app.extensions["metrics"]`.

    Routes are named by their rule, never by their path, which holds numbers and tokens; methods that
    HTTP does not know are one. `app.extensions["undecided"]` counts questions without an answer.
    """
    registry = CollectorRegistry()
    count = Counter(
        "portal_requests_total", "Requests answered", ["method", "route", "status"], registry=registry
    )
    seconds = Histogram("portal_request_seconds", "Seconds until the answer", ["route"], registry=registry)
    app.extensions[METRICS] = registry
    app.extensions[UNDECIDED] = Counter(
        "portal_undecided_total", "Questions that could not be decided", ["question"], registry=registry
    )

    @app.after_request
    def measure(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        method = request.method if request.method in METHODS else OTHER
        count.labels(method, route, str(response.status_code)).inc()
        if "began_at" in g:
            seconds.labels(route).observe((clock.now() - g.began_at).total_seconds())
        return response

    return registry
