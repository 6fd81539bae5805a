"""Declares who may use a route; a route that declares nothing keeps the portal from starting."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

_TAG = "portal_access"
_UNASKED = "portal_unasked"


@dataclass(frozen=True)
class Access:
    """Who may use a route: anyone, anyone signed in, or people with one of `permissions`."""

    public: bool = False
    permissions: frozenset[str] = frozenset()


ANYONE = Access(public=True)
SIGNED_IN = Access()


def allow(*permissions: str) -> Callable[[View], View]:
    """Let people with at least one of `permissions` (names of roles.yaml) use the view.

    Raises ValueError without any: a route for everybody is declared as such.
    """
    if not permissions:
        raise ValueError("Name a permission, or use @allow_signed_in or @allow_anyone.")
    return _tagged(Access(permissions=frozenset(permissions)))


def allow_anyone(view: View) -> View:
    """Let everybody use the view, signed in or not."""
    return _tagged(ANYONE)(view)


def allow_signed_in(view: View) -> View:
    """Let everybody who is signed in use the view."""
    return _tagged(SIGNED_IN)(view)


def unasked(view: View) -> View:
    """Declare that pages ask for this by themselves, so that it keeps nobody signed in who is not there."""
    setattr(view, _UNASKED, True)
    return view


def is_unasked(view: Callable[..., Any] | None) -> bool:
    """Tell whether pages ask for the view by themselves."""
    return bool(getattr(view, _UNASKED, False))


def access_of(view: Callable[..., Any]) -> Access | None:
    """Return what the view declares, None where it declares nothing."""
    declared: Access | None = getattr(view, _TAG, None)
    return declared


def _tagged(access: Access) -> Callable[[View], View]:
    def tag(view: View) -> View:
        setattr(view, _TAG, access)
        return view

    return tag
