"""The blueprint that all routes of claims stand on."""

from flask import Blueprint

blueprint = Blueprint("claims", __name__)
