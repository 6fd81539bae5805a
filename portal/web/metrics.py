"""What is measured of requests, for Prometheus to fetch; one registry an app."""

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram

from portal.clock import Clock

METRICS = "metrics"


def install_metrics(app: Flask, clock: Clock) -> CollectorRegistry:
    """Count requests and their seconds by route; the registry is `app.extensions["metrics"]`.

    Routes are named by their rule, never by their path, which holds numbers and tokens.
    """
    registry = CollectorRegistry()
    count = Counter(
        "portal_requests_total", "Requests answered", ["method", "route", "status"], registry=registry
    )
    seconds = Histogram("portal_request_seconds", "Seconds until the answer", ["route"], registry=registry)
    app.extensions[METRICS] = registry

    @app.after_request
    def measure(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "none"
        count.labels(request.method, route, str(response.status_code)).inc()
        if "began_at" in g:
            seconds.labels(route).observe((clock.now() - g.began_at).total_seconds())
        return response

    return registry
