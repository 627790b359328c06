"""What povod keeps: tables, sessions, migrations. Imports none of the other packages."""

from models.base import Base, UtcDateTime
from models.contacts import Company, Contact, ContactFile, Identity, Suppression
from models.faults import DatabaseFault
from models.history import ContactChange, LinkVerdict, RecordMerge
from models.leads import Delivery, Lead, LeadEvent, Story
from models.posts import Post, PostRevision, Sighting
from models.searches import MuteEntry, Search, SearchLabel, SearchVersion
from models.signals import DroppedMatch, Link, Signal
from models.sources import Author, CrawlRun, RobotsFile, Source
from models.ties import ContactFact, MailTraffic

__all__ = [
    "Author",
    "Base",
    "Company",
    "Contact",
    "ContactChange",
    "ContactFact",
    "ContactFile",
    "CrawlRun",
    "DatabaseFault",
    "Delivery",
    "DroppedMatch",
    "Identity",
    "Lead",
    "LeadEvent",
    "Link",
    "LinkVerdict",
    "MailTraffic",
    "MuteEntry",
    "Post",
    "PostRevision",
    "RecordMerge",
    "RobotsFile",
    "Search",
    "SearchLabel",
    "SearchVersion",
    "Sighting",
    "Signal",
    "Source",
    "Story",
    "Suppression",
    "UtcDateTime",
]
