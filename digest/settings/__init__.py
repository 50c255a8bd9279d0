"""Settings: feeds.yaml and the environment, parsed and validated once.

After this there are no dicts: every other part takes the frozen models from here.
"""

from digest.settings.delivery import Delivery
from digest.settings.fields import LANGUAGE_TAG, WEEKDAYS
from digest.settings.load import (
    DEFAULTS,
    Secrets,
    Workspace,
    load_workspace,
    locate_keys,
    settings_schema,
)
from digest.settings.models import (
    Collect,
    Organisation,
    Outlet,
    Settings,
    Topic,
)
from digest.settings.newsletters import (
    BlockPlaces,
    InternalContent,
    Newsletter,
    SectionRule,
)
from digest.settings.sources import MailSource

__all__ = [
    "DEFAULTS",
    "LANGUAGE_TAG",
    "WEEKDAYS",
    "BlockPlaces",
    "Collect",
    "Delivery",
    "InternalContent",
    "MailSource",
    "Newsletter",
    "Organisation",
    "Outlet",
    "Secrets",
    "SectionRule",
    "Settings",
    "Topic",
    "Workspace",
    "load_workspace",
    "locate_keys",
    "settings_schema",
]
