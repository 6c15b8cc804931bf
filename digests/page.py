"""The digest as one HTML page that needs nothing beside it, and that a mail client can show as well."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from digests import charts, words
from digests.charts import Chart
from digests.figures import Figures
from digests.texts import Texts
from digests.view import make_view

# Inline, because mail clients drop style sheets; the classes beside them serve the dark.
_SANS = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;"
STYLES = {
    "body": f"margin:0;padding:0;background:#f6f5f1;color:#1f2426;{_SANS}",
    "ground": "background:#f6f5f1;",
    "column": "max-width:680px;width:100%;margin:0 auto;",
    "header": f"background:#17616b;color:#ffffff;padding:24px;border-radius:8px 8px 0 0;{_SANS}",
    "over": "margin:0 0 2px;font-size:13px;line-height:18px;color:#cfe6e8;",
    "h1": "margin:0;font-size:26px;line-height:32px;font-weight:650;color:#ffffff;",
    "sub": "margin:4px 0 0;font-size:15px;line-height:22px;color:#e0eff0;",
    "banner": f"background:#fbeed3;color:#7a4d00;padding:12px 24px;font-size:14px;line-height:20px;{_SANS}",
    "section": f"background:#ffffff;padding:22px 24px 18px;border-bottom:1px solid #d9d8d1;{_SANS}",
    "h2": "margin:0 0 6px;font-size:18px;line-height:24px;font-weight:650;color:#1f2426;",
    "h3": "margin:16px 0 8px;font-size:14px;line-height:20px;font-weight:650;color:#5a6367;",
    "note": "margin:0 0 12px;font-size:14px;line-height:20px;color:#5a6367;",
    "p": "margin:0 0 10px;font-size:15px;line-height:22px;color:#1f2426;",
    "flat": "margin:0;font-size:15px;line-height:22px;",
    "name": "margin:0 0 4px;font-size:15px;line-height:22px;font-weight:650;color:#1f2426;",
    "small": "margin:0;font-size:13px;line-height:18px;color:#5a6367;font-weight:400;",
    "label": "font-size:12px;line-height:16px;color:#5a6367;",
    "big": "font-size:20px;line-height:26px;font-weight:650;color:#1f2426;",
    "cell": "padding:0 26px 0 0;",
    "number": "font-size:15px;line-height:22px;color:#5a6367;padding-right:8px;",
    "block": "border-top:1px solid #eeede7;padding:12px 0;margin:0;",
    "numbers": "border-collapse:collapse;margin:8px 0 4px;",
    "caption": "text-align:left;font-size:13px;line-height:18px;color:#5a6367;padding:4px 0;",
    "th": "text-align:left;font-size:12px;line-height:16px;font-weight:600;color:#5a6367;padding:6px 8px 6px 0;"
    "border-bottom:1px solid #d9d8d1;",
    "td": "font-size:14px;line-height:20px;color:#1f2426;padding:6px 8px 6px 0;border-bottom:1px solid #eeede7;"
    "vertical-align:top;",
    "quote": "margin:4px 0;padding:8px 12px;border-left:3px solid #d9d8d1;background:#f6f5f1;color:#1f2426;"
    "font-size:15px;line-height:22px;",
    "by": "margin:0 0 6px;font-size:13px;line-height:18px;color:#5a6367;",
    "link": "color:#17616b;",
    "badge": "display:inline-block;padding:1px 8px;border-radius:10px;font-size:12px;line-height:18px;font-weight:600;"
    "white-space:nowrap;",
    "good": "background:#e3f1e4;color:#23662f;",
    "bad": "background:#fbe7e4;color:#a3241b;",
    "quietly": "background:#eeede7;color:#5a6367;",
    "track": "background:#eeede7;border-radius:3px;",
    "img": "display:block;border:0;border-radius:6px;",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Charts:
    """The pictures of one digest; `goals` by the goal's id."""

    intents: Chart
    sentiment: Chart
    goals: dict[str, Chart]

    @property
    def all(self) -> tuple[Chart, ...]:
        """Every picture, in the order of the page."""
        return (*self.goals.values(), self.intents, self.sentiment)

    def find(self, name: str) -> Chart | None:
        """Return the picture of that name, None when there is none."""
        return next((chart for chart in self.all if chart.name == name), None)


def draw_charts(figures: Figures) -> Charts:
    """Draw every picture of a digest; takes about a second."""
    return Charts(
        intents=charts.draw_intents(figures.volumes),
        sentiment=charts.draw_sentiment(figures.volumes),
        goals={goal.id: charts.draw_goal(goal) for goal in figures.goals},
    )


def render_page(
    figures: Figures,
    texts: Texts,
    *,
    pictures: Charts | None = None,
    image: Callable[[Chart], str] | None = None,
    desk: str | None = None,
) -> str:
    """Return the digest as one HTML page.

    `texts` are the quotes and names that are still kept. Pictures are drawn when not given, and stand in the page
    itself unless `image` says where each is found; `desk` is the address of the digest at the desk.
    """
    drawn = pictures or draw_charts(figures)
    return _environment().get_template("digest.html").render(
        f=figures, v=make_view(figures, texts), s=STYLES, charts=drawn, sparks=drawn.goals, image=image or _inline,
        day=words.day, people=words.people, zone=ZoneInfo(figures.zone), desk=desk,
    )  # fmt: skip


def _inline(chart: Chart) -> str:
    return f"data:image/png;base64,{b64encode(chart.png).decode()}"


@cache
def _environment() -> Environment:
    # Everything is escaped: names, words and addresses are customers'.
    environment = Environment(
        loader=PackageLoader("digests"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["capitalize"] = lambda text: str(text)[:1].upper() + str(text)[1:]
    return environment
