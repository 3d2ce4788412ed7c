"""What questions are about: the fields in which organisations ask for help and technicians have skills."""

# In the order in which people are shown them. A helpdesk can add its own.
TOPICS: tuple[str, ...] = (
    "access",
    "files",
    "mail",
    "calendar",
    "chat",
    "website",
    "members",
    "safety",
    "devices",
    "migration",
    "strategy",
)
OTHER = "other"  # nothing of these, or nobody knows
