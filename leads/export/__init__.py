"""Leads on their way out: files for people and CRMs, and the targets of deliveries. One file per target."""

from leads.export import amocrm, bitrix24, hubspot, odoo, pipedrive, plain, salesforce
from leads.export.columns import Column, Template

TEMPLATES: dict[str, Template] = {
    target.TEMPLATE.name: target.TEMPLATE
    for target in (plain, salesforce, hubspot, pipedrive, bitrix24, amocrm, odoo)
}

__all__ = ["TEMPLATES", "Column", "Template"]
