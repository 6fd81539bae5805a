"""The portal for any WSGI server, set up from the environment."""

from portal.app import open_to_serve

app = open_to_serve()
