"""Every threshold that the shipped model is held to: the least share, 0 to 1, that must be right.

They stand a few points under what it reaches, so that a worse model fails and a lucky draw isn't needed.
"""

SENTENCES = {
    "intent": 0.91,
    "sentiment": 0.92,
    "language": 0.92,
    "answered": 0.93,
    "urgent found": 0.9,
    "calm left calm": 0.9,
    "toxic found": 0.9,
    "swearing and all else left alone": 0.94,
}
LANGUAGE = 0.7  # intent, in each language by itself: about ten sentences, so two or three may fail

BEHAVIOURS = {
    "negation": 0.7,
    "name given": 0.9,
    "name not given": 0.77,
    "letters swapped": 0.93,
    "letter dropped": 0.94,
    "no full stop": 0.94,
    "lower case": 0.96,
    "doubled mark": 0.92,
    "handle added": 0.96,
    "link added": 0.9,
    "hashtag added": 0.93,
}
