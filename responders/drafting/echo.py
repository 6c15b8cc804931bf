"""A few of a customer's own words, fit to be said back to them: short, clean and honest."""

import re

from responders.texts import fold, squeeze

LONGEST = 80
_SHORTEST_WORDS = 3
_BEST_LENGTH = 45
_LINKING_WORDS = (
    "from with of by at to for and or the a an in on via see my your de da do dos das del la le les el los un una une"
    " des à au aux chez par avec con por para com em no na von vom bei beim mit für und der die das den dem ein eine im"
    " van bij met voor het een en di al dal per il lo su ya kwa wa के की का से में को من في على إلى"
)
_LINKING = frozenset(_LINKING_WORDS.split())
_GONE = "\ue000"
_LINK = re.compile(r"\S*(?:https?://|www\.)\S+|\S+\.(?:com|net|org|io|co|de|fr|ly|me)(?:/\S*)?(?=\s|$)", re.IGNORECASE)
_HANDLE = re.compile(r"(?<!\w)[@＠][\w.@-]+|(?<!\w)/?[ur]/\w+")
_HASHTAG = re.compile(r"#\w+")
_INVISIBLE = re.compile("[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u00ad\x00-\x08\x0b-\x1f\x7f]")
_CLAUSE_END = re.compile(
    r"[.!?。！？।؟…;\n]+|,\s+(?=(?:but|and|so|aber|und|pero|y|mais|et|mas|e|maar|en)\s)|\s[-–—]+\s"
)
_MARKUP = re.compile(r"[<>{}\[\]`|\\*=$€£₹%]|\d")
_EDGES = " \t\"'“”„«»‘’,-–—()*_~"
# What is never said back: insults, orders to a machine, and what would sound like a promise of ours.
_NEVER = re.compile(
    r"idiot|moron|stupid|dumb|scum|vermin|bitch|bastard|f+u+c+k|sh[i1]t|cunt|asshole|arse|crap|wtf|damn|whore"
    r"|slut|nigg|fag"
    r"|retard|kill|hitler|nazi|scheiß|scheiss|arsch|fick|hure|abschaum|wichser|mierda|puta|cabr[oó]n|gilipollas"
    r"|joder|basura"
    r"|merde|putain|connard|salope|encul|porra|caralho|merda|cazzo|stronz|vaffan|kut|klootzak|tering|kanker|lul"
    r"|kak|poes"
    r"|moer|बेवकूफ|कुत्ते|कमीने|चूति|मादर|भोसड|كلب|حمار|غبي|لعن|mjinga|mavi|malaya|mumu|ode\b|yeye"
    r"|ignore (?:all|any|the|your|previous)|previous instruction|system prompt|as an ai|you are now|disregard"
    r"|jailbreak"
    r"|pretend|ignorier|ignora las|ignorez|ignore as|negeer|promise|guarantee|refund|free\b|discount|voucher"
    r"|compensat"
    r"|sue\b|lawyer|password|passwor|pin\b|garant|erstatt|rembours|reembols|terugbetal|rimbors|gratis|kostenlos"
    r"|gratuit"
)


def echo_of(text: str, *, toxic: bool = False, prefer: tuple[str, ...] = ()) -> str | None:
    """Return at most 80 characters of what somebody wrote, without quotes around, or None when nothing is fit.

    `prefer` are words, such as a product's names, that the fragment should hold. Nothing is said back of a post that
    is `toxic`, and never a handle, a link, a number, an insult or an order to a machine.
    """
    if toxic:
        return None
    clauses = [clause for clause in map(_clean, _CLAUSE_END.split(_strip(text))) if clause and _is_fit(clause)]
    if not clauses:
        return None
    wanted = [fold(word) for word in prefer if word]
    ranked = [(any(word in fold(each) for word in wanted), -_cost(each, at), each) for at, each in enumerate(clauses)]
    return max(ranked)[2]


def _strip(text: str) -> str:
    # A mark where something was taken out keeps two halves from growing together.
    for pattern in (_LINK, _HANDLE, _HASHTAG):
        text = pattern.sub(_GONE, text)
    return _INVISIBLE.sub("", text)


def _clean(clause: str) -> str | None:
    bare = squeeze(clause).strip(_EDGES)
    if bare.endswith(_GONE):
        bare = bare.rstrip(_GONE + _EDGES)
        # What ends in “from” or “de” lost its end with the handle.
        if fold(bare.rpartition(" ")[2]) in _LINKING:
            return None
    bare = bare.lstrip(_GONE + _EDGES)
    if _GONE in bare:
        return None
    if len(bare) <= LONGEST:
        return bare or None
    cut = bare[: LONGEST - 1].rpartition(" ")[0].rstrip(_EDGES)
    return f"{cut}…" if cut else None


def _is_fit(clause: str) -> bool:
    words = clause.split()
    letters = sum(letter.isalpha() for letter in clause)
    if len(words) < _SHORTEST_WORDS or letters < 6 or _MARKUP.search(clause) or "@" in clause:
        return False
    if clause.isupper() or any(quote in clause for quote in '"“”„«»「」'):
        return False
    return not _NEVER.search(fold(clause))


def _cost(clause: str, place: int) -> int:
    """How far a clause is from a good length, and from the beginning, where people say what matters."""
    return abs(len(clause) - _BEST_LENGTH) + 12 * place
