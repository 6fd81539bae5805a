"""Translations are found by the English text they translate, and what lacks one is told, not refused."""

from portal.languages.offered import LANGUAGES
from portal.rulebook.loading import load
from portal.rulebook.rulebook import Rulebook
from portal.rulebook.translations import FOREIGN, missing_translations, read_by_customers
from tests.portal.rulebook.test_loading import INVENTED, changed

DE = "translations/de.yaml"


def said(rulebook: Rulebook, file: str, text: str, language: str = "de") -> str:
    return rulebook.translations.of(file, text, language)


def test_a_text_is_said_in_its_language_and_in_english_where_nobody_translated_it() -> None:
    rulebook = load(INVENTED)
    assert said(rulebook, "lifecycle", "Wave") == "Winken"
    assert said(rulebook, "lifecycle", "Wave", "fr") == "Wave"
    assert said(rulebook, "programs", "Wave") == "Wave"  # of another file
    assert said(rulebook, "programs", "Fastest wins.") == "Fastest wins."


def test_what_is_missing_is_told_by_its_place_and_a_whole_file_once() -> None:
    notes = missing_translations(load(INVENTED).parts)
    assert f"{DE} lacks programs.activities.race.means, so customers read that text in English." in notes
    assert f"{DE} lacks notifications.events.wave.1.next, so customers read that text in English." in notes
    assert not [note for note in notes if "race.label" in note]
    french = [note for note in notes if "fr.yaml" in note]
    assert french == [
        "There is no translations/fr.yaml, so customers read the rules' texts in English there."
    ]


def test_the_same_words_twice_in_a_file_are_translated_once() -> None:
    once = changed(DE, "  notifications", "  notifications.events.wave.1.lead: Winken Sie.\n  notifications")
    rulebook = load(once)
    assert said(rulebook, "notifications", rulebook.notifications.events["wave"][0].next) == "Winken Sie."
    assert not [note for note in missing_translations(rulebook.parts) if "wave.1.next" in note]


def test_only_what_customers_read_is_translated() -> None:
    places = read_by_customers(load(INVENTED).parts)
    assert "lifecycle.transitions.wave.label" in places
    assert "policy.label" in places
    assert not [place for place in places if "fly" in place or "products" in place]


def test_a_pinned_policy_says_mails_as_now_and_its_own_texts_as_then() -> None:
    pinned = load(INVENTED)
    changed_since = changed(DE, "winkt", "winkt Ihnen")
    changed_since = changed(DE, ": Winken", ": Grüßen", changed_since)
    changed_since = changed(
        DE, "texts:", "texts:\n  programs.activities.race.means: Wer zuerst da ist.", changed_since
    )
    composed = pinned.with_current(load(changed_since))
    assert said(composed, "notifications", "{customer.name} waves") == "{customer.name} winkt Ihnen"
    assert said(composed, "lifecycle", "Wave") == "Winken"
    # What nobody had translated then is said as it is now, for the English text is the same.
    assert said(composed, "programs", "Fastest wins.") == "Wer zuerst da ist."


def test_every_offered_language_but_english_can_have_a_file() -> None:
    assert set(FOREIGN) == set(LANGUAGES) - {"en"}
    for language in FOREIGN:
        files = {**INVENTED, f"translations/{language}.yaml": INVENTED[DE]}
        assert said(load(files), "lifecycle", "Wave", language) == "Winken"
