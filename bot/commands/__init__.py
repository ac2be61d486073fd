"""One module a verb: ``main(arguments) -> exit code``."""
