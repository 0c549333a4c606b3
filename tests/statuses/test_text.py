from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from statuses.text import Span, find_links, find_mentions, normalise_text
from tweeter.errors import InvalidInput

# Made of the pieces that the rules are about, which text drawn at random would hardly hold.
PIECES = [
    *("http://", "HTTPS://", "@", "bob", "x" * 31, "a.com", "/", ":", "?", "#", "_", " ", "\n"),
    *("(", ")", "[", "]", ".", ",", "”", "<", '"', "é", "e\u0301", "さん", "😀", "\u200b"),
]
TEXTS = st.lists(
    st.sampled_from(PIECES) | st.characters(exclude_categories=["Cs"]),
    max_size=60,
).map("".join)


def refusal(raw: str) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        normalise_text(raw)
    return caught.value


def link_values(text: str) -> list[str]:
    return [span.value for span in find_links(text)]


def mention_values(text: str) -> list[str]:
    return [span.value for span in find_mentions(text, find_links(text))]


class TestNormalForm:
    def test_white_space_around_a_text_is_cut_off(self) -> None:
        assert normalise_text(" \n\u2003hello  world\r\n ") == "hello  world"

    def test_every_kind_of_line_break_becomes_a_newline(self) -> None:
        assert normalise_text("a\r\nb\rc\n\r\nd") == "a\nb\nc\n\nd"

    def test_decomposed_letters_are_composed(self) -> None:
        assert normalise_text("cafe\u0301") == "café"

    @pytest.mark.parametrize("raw", ["", " ", "\n\r\n", "\u3000\u00a0", "\t"])
    def test_a_text_of_nothing_but_white_space_is_blank(self, raw: str) -> None:
        assert refusal(raw).code == "blank"

    def test_280_code_points_are_accepted(self) -> None:
        assert normalise_text("😀" * 280) == "😀" * 280

    def test_281_code_points_are_too_long(self) -> None:
        assert refusal("a" * 281).code == "max_length"

    def test_length_counts_after_composing(self) -> None:
        longest = unicodedata.normalize("NFD", "\u1f82" * 280)
        assert len(longest) == 4 * 280
        assert normalise_text(longest) == "\u1f82" * 280

    def test_length_counts_after_composing_also_where_that_makes_it_longer(self) -> None:
        assert refusal("\u0958" * 141).code == "max_length"  # excluded from composition: two each

    def test_length_counts_after_trimming(self) -> None:
        assert normalise_text(" " * 5_000 + "a" + "\r\n" * 5_000) == "a"

    def test_a_line_break_of_two_characters_counts_once(self) -> None:
        assert len(normalise_text("a" + "\r\n" * 278 + "b")) == 280

    @pytest.mark.parametrize("control", ["\t", "\x00", "\x0b", "\x1b", "\x7f", "\x85", "\x9f"])
    @pytest.mark.parametrize("pattern", ["a{}b", "{}a", "a{}"])
    def test_control_characters_are_refused_wherever_they_are(
        self, control: str, pattern: str
    ) -> None:
        assert refusal(pattern.format(control)).code == "invalid"

    def test_every_control_character_but_line_breaks_is_refused(self) -> None:
        controls = (
            chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Cc"
        )
        for control in set(controls) - {"\n", "\r"}:
            assert refusal(f"a{control}b").code == "invalid"

    @pytest.mark.parametrize("surrogate", [0xD800, 0xDFFF])
    def test_lone_surrogates_are_refused(self, surrogate: int) -> None:
        assert refusal(f"a{chr(surrogate)}b").code == "invalid"

    def test_joiners_and_direction_marks_are_kept(self) -> None:
        assert normalise_text("👩\u200d💻 \u200fשל") == "👩\u200d💻 \u200fשל"

    def test_errors_name_the_field(self) -> None:
        assert {refusal(raw).attr for raw in ("", "a\tb", "a" * 281)} == {"text"}

    def test_a_run_of_combining_marks_is_refused_before_it_is_sorted(self) -> None:
        # Canonical ordering of this run would take some 10 ** 12 steps.
        assert refusal("a" + "\u0301\u0316" * 1_000_000).code == "max_length"

    @given(st.text(max_size=300))
    def test_a_normalised_text_is_its_own_normal_form(self, raw: str) -> None:
        try:
            text = normalise_text(raw)
        except InvalidInput:
            return
        assert normalise_text(text) == text

    @given(st.text(max_size=300))
    def test_a_normalised_text_keeps_the_rules(self, raw: str) -> None:
        try:
            text = normalise_text(raw)
        except InvalidInput:
            return
        assert 1 <= len(text) <= 280
        assert text == text.strip()
        assert unicodedata.is_normalized("NFC", text)
        assert not any(unicodedata.category(c) == "Cc" for c in text if c != "\n")


class TestLinks:
    @pytest.mark.parametrize(
        "url",
        [
            "http://a.com",
            "https://a.com/",
            "HTTPS://A.com/Path",
            "http://localhost:8000/x?y=1&z=%20#top",
            "http://user@a.com:80/",
            "http://[::1]:80/x",
            "http://127.0.0.1",
            "https://bücher.example/straße",
            "https://例え.テスト/パス",
            "https://en.wikipedia.org/wiki/Rust_(programming_language)",
            "http://a.com/x[1]{2}(3(4))",
            "http://a.com/a,b;c:d!e'f",
            "http://a.com/~bob/",
            "http://a.com/@bob",
            "http://a.com/#",
        ],
    )
    def test_a_url_is_a_link_as_it_is_written(self, url: str) -> None:
        assert find_links(f"see {url} now") == (Span(url, 4, 4 + len(url)),)

    @pytest.mark.parametrize(
        "ending", [*".,;:!?'\"`*", "...", "?!", "”", "\u2019", "»", "…", "。", "\uff0c"]
    )
    def test_punctuation_at_the_end_is_not_part_of_a_link(self, ending: str) -> None:
        assert link_values(f"see http://a.com/x{ending}") == ["http://a.com/x"]

    @pytest.mark.parametrize(
        "pattern", ["({})", "[{}]", "{{{}}}", "({}).", "({}.)", "\uff08{}\uff09", "「{}」"]
    )
    def test_brackets_around_a_link_are_not_part_of_it(self, pattern: str) -> None:
        assert link_values(pattern.format("http://a.com/x")) == ["http://a.com/x"]

    def test_a_matched_bracket_is_kept_inside_unmatched_ones(self) -> None:
        assert link_values("(see http://a.com/x_(y))") == ["http://a.com/x_(y)"]

    def test_a_link_ends_before_an_unmatched_bracket_in_the_middle(self) -> None:
        assert link_values("[a](http://a.com/x)more") == ["http://a.com/x"]

    def test_brackets_of_other_kinds_do_not_match(self) -> None:
        assert link_values("http://a.com/(x]y)") == ["http://a.com/(x"]

    def test_a_bracket_that_opens_nothing_is_not_part_of_a_link(self) -> None:
        assert link_values("http://a.com/x( y") == ["http://a.com/x"]

    def test_a_link_may_follow_right_after_another_ones_bracket(self) -> None:
        assert link_values("(http://a.com)(http://b.com)") == ["http://a.com", "http://b.com"]

    @pytest.mark.parametrize("end", ["\n", "\u3000", "<", ">", '"', "\u200b", "\u202e", "\x7f"])
    def test_space_quotes_and_angle_brackets_end_a_link(self, end: str) -> None:
        assert link_values(f"http://a.com{end}x") == ["http://a.com"]

    @pytest.mark.parametrize(
        "text",
        [
            *("http://", "http:// a.com", "http:///x", "http://?a", "http://#a", "http://:80"),
            *("http://…", "http://a@/x", "http://...", "http://-/a"),
            *("http:/a.com", "ftp://a.com", "a.com", "//a.com"),
        ],
    )
    def test_what_has_no_scheme_or_no_host_is_no_link(self, text: str) -> None:
        assert find_links(text) == ()

    @pytest.mark.parametrize("prefix", ["x", "1", "_", "git+"])
    def test_a_link_does_not_begin_within_a_word(self, prefix: str) -> None:
        assert find_links(f"{prefix}http://a.com") == ()

    def test_a_link_may_follow_a_script_that_is_written_without_spaces(self) -> None:
        assert link_values("公式サイトhttp://a.com") == ["http://a.com"]

    def test_only_ascii_letters_make_a_scheme(self) -> None:
        assert find_links("http\u017f://a.com") == ()  # a long s, which lower-cases to s

    def test_offsets_count_code_points(self) -> None:
        assert find_links("😀👩\u200d💻 http://a.com") == (Span("http://a.com", 5, 17),)

    @given(TEXTS)
    @example("http://http://a.com")
    def test_offsets_enclose_the_link(self, text: str) -> None:
        for link in find_links(text):
            assert text[link.start : link.end] == link.value

    @given(TEXTS)
    def test_links_stand_in_order_and_apart(self, text: str) -> None:
        links = find_links(text)
        ends = [0, *(link.end for link in links)]
        assert all(end <= link.start for end, link in zip(ends, links, strict=False))

    @given(TEXTS)
    def test_a_link_on_its_own_is_the_same_link(self, text: str) -> None:
        for link in find_links(text):
            assert link_values(link.value) == [link.value]


class TestMentions:
    def test_a_mention_spans_the_sign_and_the_alias(self) -> None:
        assert find_mentions("hi @Bob_1!", ()) == (Span("Bob_1", 3, 9),)

    @pytest.mark.parametrize("before", ["", " ", "\n", ".", "(", "-", "/", "😀", "“", "#"])
    def test_a_mention_may_follow_what_is_no_word(self, before: str) -> None:
        assert mention_values(f"{before}@bob") == ["bob"]

    @pytest.mark.parametrize("before", ["a", "é", "山", "7", "٣", "²", "_", "@"])
    def test_a_mention_does_not_follow_letters_digits_underscores_or_its_own_sign(
        self, before: str
    ) -> None:
        assert mention_values(f"{before}@bob") == []

    @pytest.mark.parametrize("word", ["x\u0302", "की", "x\u0302\u0323"])
    def test_combining_marks_belong_to_their_letter(self, word: str) -> None:
        assert mention_values(f"{word}@bob") == []

    def test_combining_marks_belong_to_their_emoji(self) -> None:
        assert mention_values("❤\ufe0f@bob") == ["bob"]

    @pytest.mark.parametrize("after", ["", ".", ",", "'s", "-x", "é", "さん", "😀", "@", "@a.com"])
    def test_an_alias_ends_before_what_no_alias_can_hold(self, after: str) -> None:
        assert mention_values(f"@bob{after}") == ["bob"]

    def test_mentions_need_something_other_than_a_word_between_them(self) -> None:
        assert mention_values("@ann@bob @cid/@dan") == ["ann", "cid", "dan"]

    def test_30_characters_are_an_alias(self) -> None:
        assert mention_values("@" + "a" * 30) == ["a" * 30]

    def test_31_characters_are_none_nor_is_a_part_of_them(self) -> None:
        assert mention_values("@" + "a" * 31) == []

    @pytest.mark.parametrize("text", ["@", "@ bob", "@é", "@.bob", "@@"])
    def test_a_sign_without_an_alias_is_no_mention(self, text: str) -> None:
        assert mention_values(text) == []

    @pytest.mark.parametrize("url", ["http://a.com/@bob", "http://@bob", "http://a.com/?q=.@bob"])
    def test_nothing_in_a_link_is_a_mention(self, url: str) -> None:
        assert mention_values(f"{url} @ann") == ["ann"]

    def test_a_link_is_not_cut_for_a_mention_in_front_of_it(self) -> None:
        assert mention_values("@http://a.com") == []

    def test_what_looks_like_a_link_without_a_host_may_hold_mentions(self) -> None:
        assert mention_values("http:///@bob") == ["bob"]

    def test_offsets_count_code_points(self) -> None:
        assert find_mentions("😀é @bob", ()) == (Span("bob", 3, 7),)

    @given(TEXTS)
    def test_offsets_enclose_the_sign_and_the_alias(self, text: str) -> None:
        for mention in find_mentions(text, find_links(text)):
            assert text[mention.start : mention.end] == "@" + mention.value

    @given(TEXTS)
    def test_links_and_mentions_share_no_character(self, text: str) -> None:
        links = find_links(text)
        spans = [*links, *find_mentions(text, links)]
        offsets = [offset for span in spans for offset in range(span.start, span.end)]
        assert len(offsets) == len(set(offsets))
