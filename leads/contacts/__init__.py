"""Contacts: import from where people keep them."""

from leads.contacts.csv_import import Options, Peek, import_contacts, peek
from leads.contacts.faults import ContactsFault
from leads.contacts.report import Change, ImportReport, Refused

__all__ = ["Change", "ContactsFault", "ImportReport", "Options", "Peek", "Refused", "import_contacts", "peek"]
