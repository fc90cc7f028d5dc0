"""What is on the air in the demonstration, as tables of data: programs, the week, works and who plays them.

Programs, performers and labels are invented; composers, their works and how long those take are not.
"""

from __future__ import annotations

from dataclasses import dataclass

WEEKDAYS, WEEKEND, EVERY_DAY = 0b0011111, 0b1100000, 0b1111111
SATURDAY, SUNDAY = 0b0100000, 0b1000000

# station: (name, whose it is, hosts, about, podcast)
PROGRAMS: dict[str, tuple[tuple[str, str, str, str, bool], ...]] = {
    "news": (
        ("First Light", "", "Marisol Quintero, Dale Whitcomb", "The morning, with one long conversation.", False),
        ("The Wash", "", "Ingrid Salonga", "One question of the valley, with those whom it concerns.", True),
        ("Noon Report", "", "Dale Whitcomb", "What happened this morning, in half an hour.", False),
        ("Statehouse Hour", "", "Corwin Abernathy", "The legislature, and what became of its bills.", True),
        ("Going Home", "", "Tamsin Okafor", "The day’s news for the way home.", False),
        ("Basin and Range", "", "Ingrid Salonga", "Stories of land, water and those who study them.", True),
        ("World Overnight", "A network of public broadcasters", "", "News of the world through the night.", False),
        ("The Repair Bench", "", "Otis Delacroix", "What breaks and how it is mended, with your calls.", True),
        ("Two Tellers", "", "Nadia Brightwater", "Stories told aloud, two each week.", True),
        ("Desert Kitchen", "", "Pilar Montoya", "What grows here and how it is cooked.", False),
    ),
    "classical": (
        ("Sunrise Suites", "", "Hollis Vandermeer", "Baroque and early music to begin the day with.", False),
        ("The Music Room", "", "Beatriz Kowalczyk", "The morning’s long works, whole.", False),
        ("Lunch with Strings", "", "Emeka Thornbury", "Chamber music at noon.", False),
        ("Afternoon at Home", "", "Beatriz Kowalczyk", "Requests, and what goes well with them.", False),
        ("The Drive", "", "Emeka Thornbury", "Overtures, dances and short pieces for the road.", False),
        ("Concert Hall", "", "Hollis Vandermeer", "A whole concert every evening.", False),
        ("Stars above the Basin", "", "Solveig Marchetti", "Quiet music late in the evening.", False),
        ("Through the Night", "", "", "Music without a word until morning.", False),
        ("Saturday Opera", "", "Hollis Vandermeer", "An opera, whole, with its story told first.", False),
        ("Choir Loft", "", "Solveig Marchetti", "Voices, from chant to last week.", False),
        ("First Lessons", "", "Emeka Thornbury", "Music for children and those they teach.", True),
    ),
}  # fmt: skip

# station: (program, days, begins, minutes). Every week is covered without an overlap.
WEEK: dict[str, tuple[tuple[str, int, str, int], ...]] = {
    "news": (
        ("World Overnight", EVERY_DAY, "00:00", 300),
        ("First Light", WEEKDAYS, "05:00", 240),
        ("The Wash", WEEKDAYS, "09:00", 60),
        ("Basin and Range", WEEKDAYS, "10:00", 120),
        ("Noon Report", WEEKDAYS, "12:00", 30),
        ("Statehouse Hour", WEEKDAYS, "12:30", 60),
        ("The Wash", WEEKDAYS, "13:30", 150),
        ("Going Home", WEEKDAYS, "16:00", 180),
        ("Two Tellers", WEEKDAYS, "19:00", 60),
        ("Basin and Range", WEEKDAYS, "20:00", 120),
        ("World Overnight", WEEKDAYS, "22:00", 120),
        ("World Overnight", WEEKEND, "05:00", 120),
        ("The Repair Bench", WEEKEND, "07:00", 180),
        ("Desert Kitchen", SATURDAY, "10:00", 120),
        ("Statehouse Hour", SUNDAY, "10:00", 120),
        ("Two Tellers", WEEKEND, "12:00", 240),
        ("Going Home", WEEKEND, "16:00", 120),
        ("Basin and Range", WEEKEND, "18:00", 240),
        ("World Overnight", WEEKEND, "22:00", 120),
    ),
    "classical": (
        ("Through the Night", EVERY_DAY, "00:00", 360),
        ("Sunrise Suites", WEEKDAYS, "06:00", 180),
        ("The Music Room", WEEKDAYS, "09:00", 180),
        ("Lunch with Strings", WEEKDAYS, "12:00", 90),
        ("Afternoon at Home", WEEKDAYS, "13:30", 150),
        ("The Drive", WEEKDAYS, "16:00", 180),
        ("Concert Hall", EVERY_DAY, "19:00", 180),
        ("Stars above the Basin", EVERY_DAY, "22:00", 120),
        ("Sunrise Suites", SATURDAY, "06:00", 120),
        ("First Lessons", SATURDAY, "08:00", 60),
        ("The Music Room", SATURDAY, "09:00", 60),
        ("Saturday Opera", SATURDAY, "10:00", 240),
        ("Afternoon at Home", SATURDAY, "14:00", 300),
        ("Choir Loft", SUNDAY, "06:00", 180),
        ("The Music Room", SUNDAY, "09:00", 240),
        ("Lunch with Strings", SUNDAY, "13:00", 120),
        ("Afternoon at Home", SUNDAY, "15:00", 240),
    ),
}

# station: (title, days from today, begins, minutes, note)
SPECIALS = {
    "news": ("Lake Levels: A Town Hall", 2, "18:30", 90, "Live from the library in Henderson, with your questions."),
    "classical": (
        "Youth Symphony, Live",
        3,
        "19:00",
        120,
        "From the hall on Charleston; the concert begins at 7:05.",
    ),
}


@dataclass(frozen=True)
class Work:
    """A work of music, and how many seconds it takes."""

    composer: str
    title: str
    seconds: int
    kind: str  # who plays it: a key of PLAYERS


# (performers, ensemble, conductor, label, catalog number)
PLAYERS: dict[str, tuple[tuple[str, str, str, str, str], ...]] = {
    "orchestra": (
        ("", "Red Ledge Philharmonic", "Ilse Harcourt", "Dry Lake", "DL 2041"),
        ("", "Orchestra of the Great Basin", "Tomás Villareal", "Ocotillo", "OC 118"),
        ("", "Mojave Chamber Orchestra", "Ruth Adebayo", "Caliche Records", "CR 77"),
    ),
    "piano": (
        ("Ida Moreno, piano", "", "", "Ocotillo", "OC 092"),
        ("Anselm Prewitt, piano", "", "", "Dry Lake", "DL 1987"),
    ),
    "strings": (
        ("", "Sagebrush Quartet", "", "Caliche Records", "CR 64"),
        ("", "Tule Springs Quartet", "", "Ocotillo", "OC 131"),
    ),
    "concerto": (
        ("Mei-Lin Castaneda, violin", "Red Ledge Philharmonic", "Ilse Harcourt", "Dry Lake", "DL 2019"),
        ("Anselm Prewitt, piano", "Orchestra of the Great Basin", "Tomás Villareal", "Ocotillo", "OC 125"),
    ),
    "voices": (("", "Wednesday Choir of Boulder City", "Solveig Marchetti", "Wash Street", "WS 12"),),
}
WORKS = (
    Work("Johann Sebastian Bach", "Orchestral Suite No. 3 in D, BWV 1068", 1290, "orchestra"),
    Work("Fanny Hensel", "Das Jahr: September, By the River", 190, "piano"),
    Work("Joseph Haydn", "String Quartet in G, Op. 76 No. 1", 1380, "strings"),
    Work("Florence Price", "Symphony No. 1 in E minor: III. Juba Dance", 225, "orchestra"),
    Work("Frédéric Chopin", "Nocturne in E-flat, Op. 9 No. 2", 270, "piano"),
    Work("Wolfgang Amadeus Mozart", "The Marriage of Figaro, K. 492: Overture", 255, "orchestra"),
    Work("Clara Schumann", "Piano Concerto in A minor, Op. 7", 1290, "concerto"),
    Work("Antonín Dvořák", "String Quartet No. 12 in F, Op. 96, “American”", 1530, "strings"),
    Work("Erik Satie", "Gymnopédie No. 1", 200, "piano"),
    Work("Ludwig van Beethoven", "Symphony No. 7 in A, Op. 92", 2280, "orchestra"),
    Work("Hildegard of Bingen", "O vis aeternitatis", 480, "voices"),
    Work("Louise Farrenc", "Symphony No. 3 in G minor, Op. 36", 2010, "orchestra"),
    Work("Claude Debussy", "Suite bergamasque: Clair de lune", 310, "piano"),
    Work("Pyotr Ilyich Tchaikovsky", "Violin Concerto in D, Op. 35", 2070, "concerto"),
    Work("Thomas Tallis", "If Ye Love Me", 130, "voices"),
    Work("Joseph Bologne, Chevalier de Saint-Georges", "String Quartet in C, Op. 1 No. 1", 540, "strings"),
    Work("Edvard Grieg", "Peer Gynt Suite No. 1, Op. 46", 930, "orchestra"),
    Work("Amy Beach", "A Hermit Thrush at Eve, Op. 92 No. 1", 330, "piano"),
    Work("Maurice Ravel", "String Quartet in F", 1680, "strings"),
    Work("Lili Boulanger", "D’un matin de printemps", 300, "orchestra"),
    Work("Robert Schumann", "Kinderszenen, Op. 15: Träumerei", 165, "piano"),
    Work("Antonio Vivaldi", "The Four Seasons: Winter, RV 297", 540, "concerto"),
    Work("William Grant Still", "Symphony No. 1, “Afro-American”", 1440, "orchestra"),
    Work("Scott Joplin", "Solace", 390, "piano"),
    Work("Franz Schubert", "String Quartet No. 14 in D minor, D. 810, “Death and the Maiden”", 2400, "strings"),
    Work("Felix Mendelssohn", "The Hebrides, Op. 26", 600, "orchestra"),
    Work("Ethel Smyth", "The Wreckers: Overture", 520, "orchestra"),
    Work("Gabriel Fauré", "Cantique de Jean Racine, Op. 11", 330, "voices"),
)
