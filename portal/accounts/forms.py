"""The sign-in form."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from portal.accounts.controls import without_controls
from portal.accounts.passwords import CHARACTERS_AT_MOST
from portal.accounts.people import EMAIL_CHARACTERS_AT_MOST
from portal.languages.sentences import lazy_gettext


class SignInForm(FlaskForm):  # type: ignore[misc]  # flask-wtf keeps no types
    """E-mail address and password, and the own path to go to afterwards."""

    email = StringField(
        validators=[
            InputRequired(lazy_gettext("Enter your e-mail address.")),
            Length(
                max=EMAIL_CHARACTERS_AT_MOST,
                message=lazy_gettext("Enter an e-mail address of at most 254 characters."),
            ),
        ]
    )
    password = PasswordField(
        validators=[
            InputRequired(lazy_gettext("Enter your password.")),
            Length(
                max=CHARACTERS_AT_MOST, message=lazy_gettext("Enter a password of at most 256 characters.")
            ),
        ]
    )
    next = HiddenField()

    def make_showable(self, way_back: str) -> None:
        """Keep of what was sent what a page may repeat: `way_back`, and an address of a bounded length."""
        self.next.data = way_back
        self.email.data = without_controls(self.email.data or "")[:EMAIL_CHARACTERS_AT_MOST]
