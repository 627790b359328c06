"""The application: command line, configuration, wiring."""

__version__ = "0.1.0"
