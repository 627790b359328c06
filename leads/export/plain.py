"""Everything about a lead under our own names, for people and for scripts."""

from leads.export import columns as c

TEMPLATE = c.Template(
    name="plain",
    title="Plain table",
    documentation="docs/export.md",
    columns=(
        c.Column("id", c.key),
        c.Column("kind", lambda lead: lead.kind),
        c.Column("status", c.status),
        c.Column("score", c.score),
        c.Column("subject", lambda lead: lead.subject),
        c.Column("relation", lambda lead: lead.relation),
        c.Column("contact_id", c.contact_id),
        c.Column("contact", lambda lead: lead.contact.name if lead.contact else ""),
        c.Column("company", c.company),
        c.Column("role", c.role),
        c.Column("email", c.email),
        c.Column("phone", c.phone_number, is_phone=True),
        c.Column("birthday", lambda lead: lead.contact.told("birthday") if lead.contact else ""),
        c.Column("introduced_by", lambda lead: lead.contact.told("introduced_by") if lead.contact else ""),
        c.Column("owner", c.owner),
        c.Column("first_told", c.happened),
        c.Column("last_told", lambda lead: lead.last_at.date().isoformat()),
        c.Column("sightings", c.sightings),
        c.Column("quote", c.quote),
        c.Column("url", c.url),
        c.Column("source", c.source),
        c.Column("why", c.why),
    ),
)
