"""Pipedrive leads with their person and organization.

Pipedrive Knowledge Base, "Importing: mandatory fields": a lead needs its title and a person's or an organization's
name; notes and owner may come along. Headings are those of Pipedrive's own sample file, so that they map by themselves.
"povod ID" maps to a custom lead field.
"""

from leads.export import columns as c

TEMPLATE = c.Template(
    name="pipedrive",
    title="Pipedrive leads",
    documentation="https://support.pipedrive.com/en/article/importing-mandatory-fields",
    columns=(
        c.Column("Lead - povod ID", c.key),
        c.Column("Lead - Title", c.title),
        c.Column("Lead - Owner", c.owner),
        c.Column("Lead - Source", c.fixed("povod")),
        c.Column(
            "Person - Name", lambda lead: c.contact_name(lead) or ("" if c.company(lead) else c.title(lead))
        ),
        c.Column("Person - Email", c.email),
        c.Column("Person - Phone", c.phone_number, is_phone=True),
        c.Column("Organization - Name", c.company),
        c.Column("Note", c.description),
    ),
)
