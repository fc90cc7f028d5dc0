"""Names of invented people: given and family names that belong together, and some that test every form and label."""

from __future__ import annotations

GROUPS: tuple[tuple[str, str], ...] = (
    (
        "Alma Beatriz Camila Daniela Efraín Fermín Graciela Héctor Itzel Joaquín Lorena Marisela Néstor Ofelia "
        "Rogelio Soledad Tomasa Ulises Ximena Yadira",
        "Almodóvar Baca Cordero Domínguez Echeverría Figueroa Galván Huerta Ibarra Jurado Lucero Montaño Nájera "
        "Olivares Quezada Rendón Sandoval Trujillo Urrutia Zamora",
    ),
    (
        "Abigail Benjamin Charlotte Dorothy Everett Francine Gordon Harriet Irving Josephine Kenneth Lucille Mildred "
        "Norman Opal Preston Rosemary Stanley Trudy Walter",
        "Ashworth Birdsall Colfax Dunmore Ellery Farnsworth Goodall Hathaway Ingersoll Jessup Kittredge Langston "
        "Merriweather Northcott Ormsby Pettibone Rutledge Stoddard Thackery Winslow",
    ),
    (
        "Amara Chidi Efua Folasade Ikenna Kwabena Makena Ngozi Obinna Sekou Thandiwe Zola",
        "Abara Boateng Chukwuma Diallo Ekwueme Gyasi Kamara Mensah Nwosu Onyango Sesay Tadesse",
    ),
    (
        "Aiko Haruki Jin-ho Keiko Mei Min-seo Noriko Ping Soo-jin Takeshi Wei Yuna",
        "Arakawa Bae Chung Fujimoto Hong Ishida Kwon Liang Morioka Noh Shimizu Tseng",
    ),
    (
        "Anjali Bhavna Devika Farhan Gaurav Imran Kavita Lakshmi Manoj Nadia Rukhsana Sunil",
        "Ahluwalia Banerjee Chaudhry Deshpande Gill Iyer Kulkarni Menon Nair Rahman Subramanian Venkatesan",
    ),
    (
        "Analyn Benigno Corazon Dalisay Esperanza Ligaya Rizalino Tala",
        "Bautista Catacutan Dimaculangan Lacson Macapagal Panganiban Salonga Villanueva",
    ),
    ("Anh Bảo Dung Hạnh Linh Minh Phương Thảo", "Bùi Đặng Đỗ Hoàng Lê Ngô Phạm Trịnh"),
    (
        "Agnieszka Bogdan Dragana Fyodor Ilona Katarzyna Ljubica Miroslav Oksana Radek Svetlana Zoltán",
        "Bielski Czerny Dvorák Horvath Ivanenko Kowalczyk Lukić Nowak Petrenko Stojanović Szabó Wójcik",
    ),
    (
        "Aviva Dalia Farid Hamid Jamila Leila Nasser Rania Shirin Yusuf",
        "Abboud Darwish Farahani Haddad Khoury Mansour Nazari Rostami Saleh Tehrani",
    ),
    (
        "Aiyana Bodaway Chenoa Dakota Kai Lomasi Nizhoni Sahkyo",
        "Begay Claw Etsitty Manygoats Nez Pete Tsosie Yellowhair",
    ),
    ("Kaimana Leilani Makoa Nohea Sione Tavita", "Fonoti Kahananui Kealoha Latu Nakoa Tuiasosopo"),
)

# Apostrophes, particles, two family names, hyphens, letters beyond Latin-1, one name only.
SPECIAL: tuple[tuple[str, str], ...] = (
    ("María José", "Peña"),
    ("Siobhán", "O’Brien"),
    ("Suharti", ""),
    ("Lucía", "Núñez de la Cruz"),
    ("Anneke", "van der Berg"),
    ("Thandi", "St. John-Mensah"),
    ("Renzo", "D’Angelo"),
    ("Ieuan", "ap Rhys"),
    ("Øyvind", "Sørbø"),
    ("İpek", "Yıldız"),
    ("Madonna Louise", "Featherstonehaugh"),
    ("Xóchitl", "Ángeles Peña"),
    ("Wulandari", ""),
    ("J. T.", "McAllister III"),
    ("Nguyễn Thị", "Ánh"),
    ("Björk", "Jónsdóttir"),
    ("O", "Yang"),
    ("Zsófia", "Nagy-Kovács"),
    ("Ta’avao", "Fa’asavalu"),
    ("Marguerite", "de l’Épine"),
)
