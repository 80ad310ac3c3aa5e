"""The logger of nights that a command runs: silent, for the command's progress to listen to."""

import logging

import dagster as dg

NAME = "tierwise.night"


@dg.definitions
def loggers() -> dg.Definitions:
    """Offer the quiet logger beside Dagster's own."""

    @dg.logger({}, description="Says nothing; handlers are added to it by name.")
    def quiet(context: dg.InitLoggerContext) -> logging.Logger:
        del context
        logger = logging.getLogger(NAME)
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
        return logger

    return dg.Definitions(loggers={"quiet": quiet})
