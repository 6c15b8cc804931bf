"""Sentences of ours with the labels a person gives them; none stands in the training data."""

from typing import NamedTuple


class Sentence(NamedTuple):
    """A post, its language, intent and sentiment."""

    text: str
    language: str
    intent: str
    sentiment: str


SENTENCES = tuple(
    Sentence(*line.split(" | "))
    for line in """\
My kettle stopped working after nine days and the shop refuses to take it back | en | complaint | negative
Third week without internet and your hotline just hangs up on me | en | complaint | negative
Oh wonderful, another price rise with no notice. Thanks a bunch. | en | complaint | negative
Why was I charged twice for the same booking? | en | complaint | negative
The driver was rude to my mother and left the box in the rain | en | complaint | negative
What time does the shop in Bristol close on Sundays? | en | question | neutral
Does the blue jacket come in a size 44? | en | question | neutral
Can I change the delivery address after ordering? | en | question | neutral
Is there a student discount for the yearly plan? | en | question | neutral
It would be lovely if the app had a dark mode | en | suggestion | neutral
Please add a vegan option to the lunch menu | en | suggestion | neutral
You should let us export our data as a spreadsheet | en | suggestion | neutral
Best pizza I have had in years, and such friendly waiters! | en | praise | positive
Huge thanks to your support team, they solved it in five minutes | en | praise | positive
I recommend this bank to all of my friends, never had a problem | en | praise | positive
So excited, my new bike arrives tomorrow! Love this brand | en | praise | positive
The company will publish its quarterly figures on Thursday | en | other | neutral
Mein Paket ist seit zwei Wochen verschollen und niemand antwortet | de | complaint | negative
Die App stürzt nach dem letzten Update ständig ab, so ein Mist | de | complaint | negative
Habt ihr am Feiertag geöffnet? | de | question | neutral
Super Service, vielen Dank für die schnelle Hilfe! | de | praise | positive
Llevo dos horas esperando y nadie me atiende, qué vergüenza | es | complaint | negative
¿Tienen envío a las Islas Canarias? | es | question | neutral
Me encanta esta tienda, siempre tan amables | es | praise | positive
Le colis est arrivé cassé et le service client ne répond pas | fr | complaint | negative
Est-ce que vous livrez en Belgique ? | fr | question | neutral
Merci pour l'accueil, on s'est régalés, on reviendra ! | fr | praise | positive
O aplicativo não abre desde ontem e ninguém resolve nada | pt | complaint | negative
Vocês aceitam cartão estrangeiro? | pt | question | neutral
Il treno è in ritardo di due ore e nessuno dice niente | it | complaint | negative
Quanto costa la spedizione per la Sicilia? | it | question | neutral
Mijn bestelling is voor de derde keer zoekgeraakt, wat een waardeloze winkel | nl | complaint | negative
Kunnen jullie ook op zaterdag bezorgen? | nl | question | neutral
Wat een heerlijke koffie en zo'n vriendelijk personeel, top! | nl | praise | positive
My pakkie is al drie weke weg en niemand bel my terug nie | af | complaint | negative
Dankie vir die wonderlike diens, julle is die beste! | af | praise | positive
दो हफ़्ते हो गए, मेरा ऑर्डर अब तक नहीं आया और कोई जवाब नहीं देता | hi | complaint | negative
क्या आपकी दुकान रविवार को खुली रहती है? | hi | question | neutral
طلبت قبل شهر ولم يصل شيء حتى الآن، خدمة سيئة جدا | ar | complaint | negative
Mzigo wangu haujafika na hakuna anayenijibu, huduma mbovu kabisa | sw | complaint | negative
Abeg una network don bad since morning, I no fit call anybody | pcm | complaint | negative
Una customer service sweet die, thank una well well | pcm | praise | positive
""".splitlines()
)

# Pairs: the second says the opposite of the first about the brand.
NEGATED = (
    ("The staff were helpful", "The staff were not helpful at all"),
    ("I would recommend this shop", "I would never recommend this shop"),
    ("The food is good here", "The food is not good here"),
    ("Der Service ist gut", "Der Service ist nicht gut"),
    ("Le service est bon", "Le service n'est pas bon du tout"),
    ("La comida está rica", "La comida no está nada rica"),
    ("De bediening was vriendelijk", "De bediening was helemaal niet vriendelijk"),
    ("Die kos was lekker", "Die kos was glad nie lekker nie"),
)
NAMES = ("Acme", "Blauwtje", "Zephyr Air", "Moreno & Hijos", "Kilima", "Sharma Sweets")
