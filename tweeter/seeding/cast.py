"""Who is in the demo, whom they follow, and what they say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody in the demo."""

    alias: str
    name: str
    follows: tuple[str, ...]


CHARACTERS = (
    # Everyone follows Hanna, who follows few; Clara and Leo, and Tomasz and Ben, follow each other.
    Character("hanna_sky", "Hanna Lindqvist", ("nadia_maps", "yusuf_reads")),
    Character(
        "priya_codes",
        "Priya Raman",
        ("hanna_sky", "tomasz_k", "aiko_draws", "olu_beats", "nadia_maps", "leo_kitchen"),
    ),
    Character("marisol_v", "Marisol Vega", ("hanna_sky", "leo_kitchen", "clara_garden")),
    Character("tomasz_k", "Tomasz Kowal", ("hanna_sky", "ben_outdoors", "nadia_maps")),
    Character("aiko_draws", "Aiko Tanabe", ("hanna_sky", "clara_garden", "olu_beats")),
    Character("ben_outdoors", "Ben Achterberg", ("hanna_sky", "tomasz_k", "nadia_maps")),
    Character("olu_beats", "Olu Adeyemi", ("hanna_sky", "aiko_draws", "priya_codes")),
    Character("yusuf_reads", "Yusuf Demir", ("hanna_sky", "dmitri_chess", "aiko_draws")),
    Character("clara_garden", "Clara Moreau", ("hanna_sky", "leo_kitchen", "marisol_v")),
    Character("dmitri_chess", "Dmitri Orlov", ("hanna_sky", "yusuf_reads", "priya_codes")),
    Character("nadia_maps", "Nadia Haddad", ("hanna_sky", "tomasz_k", "ben_outdoors")),
    Character("leo_kitchen", "Leo Bianchi", ("hanna_sky", "clara_garden", "marisol_v")),
)

LATECOMER = Character("june_arrives", "June Park", ())
"""Signs up when all else is done, and so follows nobody and has said nothing yet."""

TRY = "priya_codes"
"""Whose feed shows most of what goes on."""

SUGGESTED = ("hanna_sky", "priya_codes", "leo_kitchen", "nadia_maps")
"""Whom a newcomer may want to follow."""

STATUSES = (
    ("hanna_sky", "Clear skies over the observatory for the first time in nine days."),
    ("leo_kitchen", "The sourdough starter survived the holidays. I barely did."),
    ("nadia_maps", "Redrew the harbour sheet. The old one had a pier that burned down in 1931."),
    ("tomasz_k", "92 km before breakfast. Breakfast was then also about 92 km long."),
    ("clara_garden", "Frost tonight! Bring in the lemons, everyone. @leo_kitchen yours too."),
    ("leo_kitchen", "@clara_garden They are in the bath. Do not ask how I wash now."),
    ("priya_codes", "Found the bug. It was a time zone. It is always a time zone."),
    ("aiko_draws", "Sketching herons at the canal. They hold still far better than people do."),
    (
        "hanna_sky",
        "Jupiter is up right after sunset; look south-east. No telescope needed.",
    ),
    ("olu_beats", "Rehearsal moved to seven. The neighbours have been warned, and given biscuits."),
    (
        "yusuf_reads",
        "A customer asked for “the blue one about the sea”. Found in four minutes.",
    ),
    (
        "ben_outdoors",
        "Trail report: the upper bridge is out, the ford is knee-deep and honest.",
    ),
    ("tomasz_k", "@ben_outdoors Knee-deep by whose knees?"),
    ("ben_outdoors", "@tomasz_k Mine. You should bring a snorkel."),
    (
        "dmitri_chess",
        "Lost to a nine-year-old. She had offered me a draw first. I declined. Well.",
    ),
    ("marisol_v", "New on the counter: almond twists. Gone from the counter: almond twists."),
    (
        "nadia_maps",
        "If you like contour lines, the scans are here: https://example.org/maps/harbour",
    ),
    ("priya_codes", "@nadia_maps I like contour lines a normal amount (I have downloaded all 64)."),
    ("hanna_sky", "Counted 41 meteors before the clouds came back. Good night, all."),
    (
        "aiko_draws",
        "Poster for @olu_beats and the band is done. Four colours, two invented.",
    ),
    ("olu_beats", "@aiko_draws That poster is better than our second song."),
    ("clara_garden", "The compost heap is at 61 °C. I have never been prouder of anything."),
    ("yusuf_reads", "Shop copy of the week: a 1962 guide to knots, with one knot left in it."),
    ("dmitri_chess", "@yusuf_reads Please keep it for me. I mean to untie it."),
    ("leo_kitchen", "Soup theory: everything is soup if you are patient enough."),
    ("marisol_v", "@leo_kitchen A croissant is not."),
    ("leo_kitchen", "@marisol_v With respect, you have not been patient enough."),
    (
        "tomasz_k",
        "Punctures this month: 3. Spare tubes carried: 2. I can do sums, just not early.",
    ),
    (
        "priya_codes",
        "Wrote up what I learned about queues: https://example.com/notes/at-least-once",
    ),
    ("olu_beats", "@priya_codes So a message may come twice? Like our drummer. I am the drummer."),
    ("ben_outdoors", "Saw one fox, two owls and zero phone bars. Five stars."),
    ("nadia_maps", "Survey day with @ben_outdoors tomorrow. He walks, I draw, the dog decides."),
    ("aiko_draws", "Heron no. 12 finally looks like a heron and not like an umbrella."),
    ("hanna_sky", "Open night on Saturday: three telescopes, cocoa, and clouds if we are unlucky."),
    ("marisol_v", "@hanna_sky I will bring what the almond twists leave behind."),
    ("clara_garden", "First snowdrop. That is the whole post."),
    ("dmitri_chess", "Rematch arranged. She has sent me a reading list."),
    (
        "yusuf_reads",
        "Open late tonight. The kettle is on and the poetry shelf is in order, almost.",
    ),
    ("priya_codes", "See you on Saturday, @hanna_sky! I have read about clouds in great detail."),
    ("hanna_sky", "Forecast for Saturday: https://example.org/sky/saturday and yes, bring a hat."),
)
"""Who says what, in this order: replies stand after what they reply to."""
