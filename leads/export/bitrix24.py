"""Лиды Битрикс24: leads of Bitrix24, under the headings of its own sample file for import.

Bitrix24 help desk, "Импорт данных в CRM" (CSV, UTF-8, semicolons; duplicates are looked for by name, phone and email):
the title is the only field that must not be empty. Its import knows no external id; "povod ID" maps to a custom field.
"""

from leads.export import columns as c

TEMPLATE = c.Template(
    name="bitrix24",
    title="Bitrix24 leads",
    documentation="https://helpdesk.bitrix24.ru/",
    columns=(
        c.Column("Название лида", c.title),
        c.Column("Имя", c.given_name),
        c.Column("Отчество", c.patronymic),
        c.Column("Фамилия", c.family_name),
        c.Column("Рабочий телефон", c.phone_number, is_phone=True),
        c.Column("Рабочий e-mail", c.email),
        c.Column("Название компании", c.company),
        c.Column("Должность", c.role),
        c.Column("Комментарий", c.description),
        c.Column("Источник", c.fixed("Другое")),
        c.Column("Дополнительно об источнике", c.url),
        c.Column("Ответственный", c.owner),
        c.Column("povod ID", c.key),
    ),
    delimiter=";",
    bom=True,
)
