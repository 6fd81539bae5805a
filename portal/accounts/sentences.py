"""Sentences that repeat what somebody typed, which may be as long as a form."""

# They repeat it so that people recognize it; nobody recognizes more than its beginning.
CHARACTERS_AT_MOST = 300
BEGINNING, END = 180, 100


def shortened(sentence: str) -> str:
    """Return the sentence, cut in its middle where it is too long: what is wrong and what to do stay."""
    if len(sentence) <= CHARACTERS_AT_MOST:
        return sentence
    return f"{sentence[:BEGINNING]}…{sentence[-END:]}"
