"""What the simulated team writes on cases and says when it rejects a draft: theirs, never a customer's."""

from domain.labels import Intent

RESOLUTIONS = (
    "Spoke with the customer by direct message; what was owed has been sent, and they confirmed it.",
    "Found the cause with the workshop, told the customer what it was and what we changed.",
    "Replaced the part at our cost; the customer wrote back that it works again.",
    "It was our mistake at dispatch. Corrected, apologised, and the record is right now.",
    "Explained what happened and what comes next; the customer is content with that.",
    "Refunded in full the same day, without a form.",
)
TAKEN = (
    "Taken. Order number asked for in a direct message, not in public.",
    "Taken. Called the workshop first so that we don't ask the customer twice.",
    "Taken. Third one about this week: looked whether there is one cause.",
    "Taken. They said it all in the post, nothing more to ask.",
)
REJECTIONS = {
    Intent.PRAISE: ("They talk among friends; an answer from us would intrude.", "Too much for three kind words."),
    Intent.QUESTION: ("Somebody answered it well already.", "This needs an answer that isn't in our facts yet."),
    Intent.SUGGESTION: (
        "Not a suggestion to us, but about coffee or trains in general.",
        "Said to a friend, not to us.",
    ),
    Intent.COMPLAINT: ("This one needs a telephone call, not a post.", "Too smooth for how angry they are, rightly."),
}
OTHERWISE = ("Not ours to answer.", "Nothing here asks for an answer.")
SILENT = "No answer of ours suits, and nothing is better than something hollow."
REFUSED = "The platform's rules or ours don't let us answer here."
