"""The digest as a mail: plain text, HTML, and its pictures inside, under a message id that stays the same."""

from hashlib import sha256

from digests.charts import Chart
from digests.figures import Figures
from digests.page import Charts, draw_charts, render_page
from digests.plain import render_text
from digests.texts import Texts
from digests.view import make_view
from domain.mails import Inline, Mail

# A name that can't belong to anybody, for installations whose sender has no domain.
NOWHERE = "earnest.invalid"


def compose_mail(
    figures: Figures,
    texts: Texts,
    *,
    message_id: str,
    recipients: tuple[str, ...],
    desk: str | None = None,
    pictures: Charts | None = None,
) -> Mail:
    """Return the mail of one digest; `desk` is the digest's address at the desk, if it has one."""
    drawn = pictures or draw_charts(figures)
    return Mail(
        message_id=message_id,
        recipients=recipients,
        subject=make_view(figures, texts).title,
        text=render_text(figures, texts, desk=desk),
        html=render_page(figures, texts, pictures=drawn, image=lambda chart: f"cid:{content_id(chart)}", desk=desk),
        images=tuple(Inline(content_id=content_id(chart), content=chart.png) for chart in drawn.all),
    )


def content_id(chart: Chart) -> str:
    """Return what the HTML part calls a picture."""
    return f"{chart.name}@{NOWHERE}"


def message_id_of(*, instance_id: str, brand_id: int, week: str, domain: str = NOWHERE) -> str:
    """Return the message id of a brand's week: the same for every try, another on every installation."""
    digest = sha256(f"{instance_id}:{brand_id}:{week}".encode()).hexdigest()[:24]
    return f"<digest.{week}.{digest}@{domain}>"
