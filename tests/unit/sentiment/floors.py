"""Every threshold that the shipped model is held to: the least share, 0 to 1, that must be right.

They stand a few points under what it reaches, so that a worse model fails and a lucky draw isn't needed.
"""

SENTENCES = {
    "intent": 0.88,
    "sentiment": 0.89,
    "language": 0.92,
    "answered": 0.9,
    "urgent found": 0.8,
    "calm left calm": 0.9,
    "toxic found": 0.9,
    "swearing and all else left alone": 0.92,
}
LANGUAGE = 0.6  # intent, in each language by itself: about ten sentences, so two or three may fail

BEHAVIOURS = {
    "negation": 0.7,
    "name given": 0.57,
    "name not given": 0.63,
    "letters swapped": 0.88,
    "letter dropped": 0.9,
    "no full stop": 0.89,
    "lower case": 0.92,
    "doubled mark": 0.9,
    "handle added": 0.91,
    "link added": 0.87,
    "hashtag added": 0.92,
}
