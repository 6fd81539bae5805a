"""The mark of a restore that has not come to its end: until it has, nothing is served from it or saved."""

from pathlib import Path

from portal.settings import Settings, SettingsIncomplete


def unfinished_mark(settings: Settings) -> Path:
    """Return the file that says that a restore into this installation has not come to its end."""
    return settings.data_dir / "restore-unfinished"


def refuse_unfinished_restore(settings: Settings) -> None:
    """Raise SettingsIncomplete where a restore ended between the database and what belongs to it."""
    if unfinished_mark(settings).exists():
        raise SettingsIncomplete(
            f"A restore into {settings.data_dir.resolve()} was interrupted. Run `portal restore DIR "
            "--replace` with the same backup again; nothing is served before it came to its end."
        )
