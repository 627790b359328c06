"""An address book as people have: common names, family names and companies that are words of the language too.

Whoever of it is found in posts of strangers is found by mistake: what a scan of posts must be silent on.
"""

from __future__ import annotations

import random

from leads.linking.records import CompanyRecord, ContactRecord
from leads.linking.tables import rows

_EN_GIVEN = (
    "James Robert John Michael David William Richard Joseph Thomas Daniel Mark Paul Steven Andrew George Kevin Brian "
    "Edward Jason Ryan Eric Justin Scott Ben Sam Jack Alex Chris Matt Max Grace Rose Summer Dawn Joy Hope Faith Mary "
    "Linda Susan Karen Sarah Lisa Nancy Emily Anna Laura Kate Jane Amy May April June Will Chase Art Rich Grant Frank"
).split()
_EN_FAMILY = (
    "Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Thomas Moore Jackson Martin Lee White Harris "
    "Clark Lewis Robinson Walker Young Allen King Wright Scott Hill Green Adams Baker Nelson Hall Rivera Campbell "
    "Mitchell Carter Roberts Turner Phillips Evans Parker Edwards Collins Stewart Morris Cook Rogers Bell Ward Cox Wood "
    "Price Long Foster Powell Hughes Fisher Fox Stone Rose Knight Lane Banks Day Page West Wolf Winter Summers Bush Love "
    "Street Field Marsh Lake Rivers Church Court Booth Bridges Cross Power Best Good Black Gray Gold Silver Sharp Small "
    "Little Strong Rich Wise Noble Swift Case Chance Park Post Read Sales Speed Spring Temple Towers Wall Waters Wells"
).split()
_RU_FAMILY = (
    "Иванов Петров Смирнов Кузнецов Попов Васильев Соколов Михайлов Новиков Фёдоров Морозов Волков Алексеев Лебедев "
    "Семёнов Егоров Павлов Козлов Степанов Николаев Орлов Андреев Макаров Никитин Захаров Зайцев Соловьёв Борисов "
    "Яковлев Григорьев Романов Воробьёв Сергеев Кузьмин Фролов Александров Дмитриев Королёв Гусев Киселёв Ильин Мороз "
    "Мельник Коваль Король Волк Заяц Зима Победа Белый Чёрный Любимов Добрый Гром Лис Бойко Шевченко Ткаченко"
).split()
_EN_COMPANY = (
    "Horizon Summit Pioneer Target Amber Beacon Bridge Canvas Cedar Compass Delta Echo Ember Falcon Focus Forge Garden "
    "Harbor Harvest Impact Insight Island Journey Keystone Legacy Liberty Lighthouse Market Meridian Mint Mission Monday "
    "Nest North Oasis Ocean Orbit Path Phoenix Pilot Pulse Quest Ridge River Rocket Shift Signal Spark Square Star Stripe "
    "Studio Sunrise Swift Tempo Terra Thrive Tower Unity Vector Vision Wave Zenith Zoom Slack Notion Next Better Everyday"
).split()
_RU_COMPANY = (
    "Горизонт Спутник Вектор Альфа Восток Заря Мир Союз Победа Прогресс Рассвет Родник Вершина Маяк Звезда Магнит Лента "
    "Дикси Пятёрочка Монетка Радуга Континент Гарант Империя Метро Комета Орион Сатурн Пламя Искра Успех Диалог Партнёр "
    "Ромашка Берёзка Весна Юность Надежда Фортуна Престиж Элита Триумф Олимп Феникс Арсенал Атлант Мечта Свет Новости"
).split()


def contacts(count: int, seed: int = 1) -> list[ContactRecord]:
    """Invent so many contacts, a third of them Russian, most with a company, all with a town.

    Names are as unlike in frequency as people's are (Zipf's law): some are borne by thousands, many by one or two.
    """
    pick = random.Random(seed)
    ru_given = [forms.split()[0] for forms, gender, _, _ in rows("russian_given.tsv") if gender == "m"]
    employers = [name for _, name in _names(pick, max(count // 20, 5))]
    russian = round(count * 0.35)
    names = [
        f"{g} {f}"
        for g, f in zip(_drawn(pick, ru_given, russian), _drawn(pick, _RU_FAMILY, russian), strict=True)
    ]
    other = count - russian
    names += [
        f"{g} {f}"
        for g, f in zip(_drawn(pick, _EN_GIVEN, other), _drawn(pick, _EN_FAMILY, other), strict=True)
    ]
    return [
        ContactRecord(
            f"c{number}",
            name,
            (),
            pick.choice(employers) if pick.random() < 0.8 else "",
            "",
            pick.choice(("Москва", "Тверь") if number < russian else ("London", "Austin")),
        )
        for number, name in enumerate(names)
    ]


def _drawn(pick: random.Random, names: list[str], count: int) -> list[str]:
    told = list(dict.fromkeys(names))
    pick.shuffle(told)
    return pick.choices(told, weights=[1 / rank for rank in range(1, len(told) + 1)], k=count)


def companies(count: int, seed: int = 1) -> list[CompanyRecord]:
    """Invent so many companies: single words of the language, and two of them together."""
    return [CompanyRecord(f"o{number}", name) for number, name in _names(random.Random(seed), count)]


def _names(pick: random.Random, count: int) -> list[tuple[int, str]]:
    single = [*_EN_COMPANY, *(f"ООО «{word}»" for word in _RU_COMPANY)]
    pairs = [f"{a} {b}" for a in _EN_COMPANY for b in (*_EN_FAMILY, *_EN_COMPANY) if a != b]
    pairs += [f"{a} {b}" for a in _RU_COMPANY for b in _RU_COMPANY if a != b]
    pick.shuffle(pairs)
    return list(enumerate([*single, *pairs][:count]))
