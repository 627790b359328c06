"""Сделки amoCRM (Kommo): leads with their contact and company in one row.

amoCRM help, "Import Settings" and Kommo, "Import - Advanced": columns are matched with the fields of lead, contact and
company by heading; dates are DD.MM.YYYY; identical rows are imported once. "povod ID" becomes a custom field.
"""

from leads.export import columns as c

TEMPLATE = c.Template(
    name="amocrm",
    title="amoCRM leads",
    documentation="https://www.kommo.com/support/kb/import-advanced",
    columns=(
        c.Column("Название сделки", c.title),
        c.Column("Дата создания сделки", c.day_first),
        c.Column("Теги сделки", lambda lead: f"povod, {c.kind_words(lead.kind)}"),
        c.Column("Ответственный за сделку", c.owner),
        c.Column("Примечание к сделке", c.description),
        c.Column("Полное имя контакта", c.contact_name),
        c.Column("Должность", c.role),
        c.Column("Рабочий телефон", c.phone_number, is_phone=True),
        c.Column("Рабочий email", c.email),
        c.Column("Название компании", c.company),
        c.Column("povod ID", c.key),
    ),
    delimiter=";",
    bom=True,
)
