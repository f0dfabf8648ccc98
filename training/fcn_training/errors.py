"""The one error that a person is meant to read."""


class TrainingError(Exception):
    """Something in the data, the recipe or a checkpoint is not usable.

    The message says what happened, in which file, and what to do about it; the command line prints it without a
    traceback and ends with status 1.
    """
