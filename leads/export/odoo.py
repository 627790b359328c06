"""Odoo leads (`crm.lead`) by the technical names of their fields, which its import maps in any language.

Odoo documentation, "Export and import data": an `id` column holds external ids; importing the same file again updates
the records it made. Many-to-many fields take names separated by commas; `priority` is 0 to 3.
"""

from leads.export import columns as c

TEMPLATE = c.Template(
    name="odoo",
    title="Odoo leads",
    documentation="https://www.odoo.com/documentation/19.0/applications/essentials/export_import_data.html",
    columns=(
        c.Column("id", lambda lead: f"povod.lead_{lead.key}"),
        c.Column("name", c.title),
        c.Column("type", c.fixed("lead")),
        c.Column("contact_name", c.contact_name),
        c.Column("partner_name", c.company),
        c.Column("function", c.role),
        c.Column("email_from", c.email),
        c.Column("phone", c.phone_number, is_phone=True),
        c.Column("city", c.place),
        c.Column("website", c.url),
        c.Column("priority", lambda lead: str(min(3, int(lead.score // 25)))),
        c.Column("description", c.description),
    ),
)
