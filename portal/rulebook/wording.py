"""Places, lists and codes of the rule files in words, as messages and reasons use them."""

from collections.abc import Iterable, Sequence

Path = tuple[str | int, ...]

# The key of a mapping of named things → what one of them is called.
_NAMED = {
    "transitions": "transition",
    "statuses": "status",
    "field_groups": "field group",
    "guards": "guard",
    "asks": "ask",
    "clocks": "clock",
    "facts": "fact",
    "defined": "defined condition",
    "sets": "set",
    "values": "value",
    "permissions": "permission",
    "roles": "role",
    "questions": "question",
    "events": "event",
    "texts": "text",
    "cases": "case",
    "people": "person",
    "solution_areas": "solution area",
    "engagements": "engagement",
    "activities": "activity",
    "products": "product",
    "poe_elements": "PoE element",
    "information_reasons": "information reason",
    "rejection_reasons": "rejection reason",
    "partner_request_reasons": "partner-request reason",
}
# The key of a list → what one of its items is called; they are counted from 1.
_COUNTED = {
    "refuse": "refusal",
    "rules": "rule",
    "always": "axiom",
    "examples": "example",
    "products": "product",
    "documents": "document",
}
_SILENT = ("when", "unless")  # what a rule says of conditions is the rule itself
_HOLDS_FACTS = ("but", "product", "form")


def place_in_words(path: Path) -> str:
    """Return a path as a policy owner would say it, such as `transition "dispute", refusal 2`."""
    words: list[str] = []
    position = 0
    while position < len(path):
        step = path[position]
        following = path[position + 1] if position + 1 < len(path) else None
        if isinstance(step, str) and isinstance(following, int):
            words.append(f"{_COUNTED.get(step, step)} {following + 1}")
            position += 2
        elif isinstance(step, str) and isinstance(following, str) and step in _NAMED:
            words.append(f'{_NAMED[step]} "{following}"')
            position += 2
            if step == "guards" and position < len(path) and isinstance(path[position], int):
                words.append(f"refusal {int(path[position]) + 1}")
                position += 1
            elif step == "events" and position < len(path) and isinstance(path[position], int):
                words.append(f"mail {int(path[position]) + 1}")
                position += 1
        elif isinstance(step, int):
            if not position or isinstance(path[position - 1], str):  # an entry of an entry says no more
                words.append(f"entry {step + 1}")
            position += 1
        else:
            if step not in _SILENT:
                words.append(f'"{step}"' if position and path[position - 1] in _HOLDS_FACTS else step)
            position += 1
    return ", ".join(words)


def listed(words: Iterable[str], last: str = "and") -> str:
    """Return the words as a sentence lists them: `a`, `a and b`, `a, b and c`."""
    parts: Sequence[str] = list(words)
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def quoted(words: Iterable[str], last: str = "and") -> str:
    """Return the words in quotes, listed."""
    return listed([f"“{word}”" for word in words], last)


def spoken(code: str) -> str:
    """Return a snake_case code as words with a capital: `new_evidence` → `New evidence`."""
    words = code.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
