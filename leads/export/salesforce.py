"""Salesforce leads, by the labels that its Data Import Wizard maps by itself.

Labels: Salesforce Help, "Field Mapping for Importing Leads". Last Name and Company are required; `[not provided]` is
the value Salesforce itself puts where one is missing. "povod ID" maps to a custom text field marked as external id:
choosing it as the matching type makes a second import update instead of add ("What Is Imported for Leads?").
"""

from leads.export import columns as c

MISSING = "[not provided]"

TEMPLATE = c.Template(
    name="salesforce",
    title="Salesforce leads",
    documentation="https://help.salesforce.com/s/articleView?id=xcloud.field_mapping_for_importing_leads.htm",
    columns=(
        c.Column("povod ID", c.key),
        c.Column("First Name", c.given_name),
        c.Column("Last Name", lambda lead: c.family_name(lead) or MISSING),
        c.Column("Company", lambda lead: c.company(lead) or MISSING),
        c.Column("Title", c.role),
        c.Column("Email", c.email),
        c.Column("Phone", c.phone_number, is_phone=True),
        c.Column("City", c.place),
        c.Column("Lead Source", c.fixed("povod")),
        c.Column(
            "Rating", lambda lead: "Hot" if lead.score >= 75 else "Warm" if lead.score >= 50 else "Cold"
        ),
        c.Column("Description", c.description),
    ),
)
