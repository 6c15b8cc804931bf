"""Does the model load, how fast, and does it answer?"""

from time import monotonic

from config.loading import Loaded
from domain.classification import ClassifierInput
from domain.errors import EarnestError
from runtime.classifiers import build_classifier
from runtime.cli.checkups.finding import Finding, well, wrong

_POST = ClassifierInput(text="The parcel came late, but your people were kind about it.", brand="Earnest")
_TIMES = 16


def look_at_model(loaded: Loaded) -> list[Finding]:
    """Load the model that the settings name and let it sort a few posts."""
    started = monotonic()
    try:
        classifier = build_classifier(loaded.settings.sentiment, base=loaded.root)
        classifier.classify([_POST])
        took = monotonic() - started
        started = monotonic()
        classifier.classify([_POST] * _TIMES)
    except EarnestError as error:
        mend = "Install Earnest again for its own model, or mend sentiment.model in the settings."
        return [wrong("model", str(error), mend)]
    except ImportError as error:
        return [
            wrong("model", f"The library {error.name} is missing.", "Install Earnest again, or the extra it names.")
        ]
    each = (monotonic() - started) / _TIMES * 1000
    return [well("model", f"{classifier.revision} loads in {took:.1f} s and takes {each:.0f} ms a post here.")]
