"""HubSpot contacts with a deal each, in one file of two objects.

HubSpot Knowledge Base, "Set up your import file": a contact needs one of first name, last name and email; a deal needs
Deal name, Pipeline and Deal stage; an owner column holds the user's email address. "povod ID" maps to a deal property
that requires unique values, which the import offers as unique identifier.
"""

from leads.export import columns as c

STAGES = {
    "new": "Appointment scheduled",
    "accepted": "Qualified to buy",
    "contacted": "Presentation scheduled",
    "won": "Closed won",
    "lost": "Closed lost",
    "dismissed": "Closed lost",
}

TEMPLATE = c.Template(
    name="hubspot",
    title="HubSpot contacts and deals",
    documentation="https://knowledge.hubspot.com/import-and-export/set-up-your-import-file",
    columns=(
        c.Column("povod ID", c.key),
        c.Column("First Name", c.given_name),
        c.Column("Last Name", c.family_name),
        c.Column("Email", c.email),
        c.Column("Phone Number", c.phone_number, is_phone=True),
        c.Column("Job Title", c.role),
        c.Column("Company Name", c.company),
        c.Column("City", c.place),
        c.Column("Deal Name", c.title),
        c.Column("Pipeline", c.fixed("Sales Pipeline")),
        c.Column("Deal Stage", lambda lead: STAGES.get(lead.status, STAGES["new"])),
        c.Column("Deal Description", c.description),
        c.Column("Deal owner", lambda lead: lead.owner if "@" in lead.owner else ""),
    ),
)
