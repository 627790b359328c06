"""povod.yml: its schema, how it is read, and what is said when it is wrong."""

from povod.config.load import load_config
from povod.config.schema import Config

__all__ = ["Config", "load_config"]
