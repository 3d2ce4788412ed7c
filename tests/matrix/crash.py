"""Death at a moment that the test chooses."""


class Crash(BaseException):
    """Nothing in the bot catches this: what comes after it does not happen."""
