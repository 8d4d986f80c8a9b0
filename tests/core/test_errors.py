"""A refusal is known by its code, wherever only the code was kept."""

from core.errors import NotConfigured, sentence_of


def test_a_code_of_a_refusal_is_told_in_its_sentence() -> None:
    assert sentence_of("core.not_configured", "en") == NotConfigured.en
    assert sentence_of("core.not_configured", "zh") == NotConfigured.zh
    assert sentence_of("nobody.says_this", "zh") == "nobody.says_this"
