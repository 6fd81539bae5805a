"""The portal for any WSGI server, set up from the environment."""

from portal.app import create_app
from portal.clock import Clock
from portal.settings import read_settings
from portal.web.logs import configure_logging

configure_logging(Clock())
app = create_app(read_settings())
