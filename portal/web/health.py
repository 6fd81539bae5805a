"""Whether the process lives, whether it can do its work, and what it measured."""

from collections.abc import Callable, Sequence

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from portal.web.access import allow, allow_anyone


def health_blueprint(
    problems: Callable[[], Sequence[str]], notes: Callable[[], Sequence[str]], registry: CollectorRegistry
) -> Blueprint:
    """Return /healthz, /readyz and /metrics.

    `problems` names what keeps the portal from its work, `notes` what an operator should know besides.
    """
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    @allow_anyone
    def alive() -> Response:
        return jsonify(alive=True)

    @blueprint.get("/readyz")
    @allow_anyone
    def ready() -> Response:
        found = list(problems())
        response = jsonify(ready=not found, problems=found, notes=list(notes()))
        response.status_code = 503 if found else 200
        return response

    @blueprint.get("/metrics")
    @allow("operations.read")
    def metrics() -> Response:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return blueprint
