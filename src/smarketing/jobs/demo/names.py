"""How are invented clients called, and how can they be reached? No name, number or address belongs to anybody."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Words of one list share few letters: two names that differ in one of their three words are not alike.
_BRANDS = _words(
    "Спорт Юла Двор Город Парк Радуга Кубик Сказка Маяк Комета Вираж Атлант Берег Гном Дельфин Ёжик "
    "Журавль Зефир Искорка Клевер Луч Мозаика Непоседа Облако Пчёлка Пломбир Светофор Тополь Улитка "
    "Фонарь"
)
_TRADES = _words(
    "Строй Мастер Проект Сервис Торг Дельта Групп Плюс Дом Снаб Престиж Мир Альянс Бюро Вектор Гарант "
    "Дизайн Импульс Контур Монтаж Новация Опора Регион Система Техно Уют Формат Холдинг Центр Эталон"
)
_PLACES = _words(
    "Заречье Полесье Ясень Озерки Липки Бугры Верхний Дубна Елань Жилино Зимник Излучина Кедровка "
    "Лукоморье Марьино Нагорный Осиново Привольный Родник Степной Тихвин Угодье Фабричный Хуторской "
    "Чистополь Шатура Щуково Южный Былина Гжель"
)
_KINDS = _words(
    "Сосновый Тихий Светлый Зелёный Белый Пригожий Купеческий Дальний Яркий Высокий Цветной Речной "
    "Заповедный Уютный Мирный Крутой Вишнёвый Городской Лазурный Подгорный Родной Вольный Рябиновый "
    "Школьный Ясный Берёзовый Ольховый Хрустальный Пушкинский Дружный"
)
_YARDS = _words(
    "двор квартал сад бульвар берег холм посёлок бастион парк причал ключ утёс курган склон перекрёсток "
    "остров луг ковчег фонтан терем шатёр маяк ажур флигель очаг аккорд родник этюд замок якорь"
)
_STREETS = _words(
    "Садовой Лесной Речной Школьной Полевой Солнечной Канатной Каштановой Тверской Морской Дачной "
    "Заводской Вокзальной Победы Гоголя Чехова Мира Юбилейной Парковой Шоссейной Фестивальной Береговой "
    "Цветочной Тульской Ямской Горького Успенской Набережной Ильинской Хлебной"
)
_FAMILIES = _words(
    "Астрова Берёзка Веснин Громов Дубрава Ельник Жарких Зимний Искра Ковыль Луговой Медвяных Нагорных "
    "Осинник Прибой Родник Седых Тополь Утёс Фиалка Хвоя Цапля Чайка Шмель Щука Эхо Юрта Якорь Былина "
    "Гусляр"
)
_PEOPLE = _words(
    "Рита Борис Вера Глеб Дарья Егор Жанна Захар Инесса Кирилл Зоя Марк Надежда Олег Полина Роман София "
    "Тимофей Ульяна Фёдор Эдуард Юлия Яков Христина Владимир Галина Давид Евгения Игнат Любовь"
)
_SECOND_PEOPLE = _words(
    "Агата Бруно Виола Гордей Диана Ермак Злата Ипполит Клим Лукьян Майя Никита Октавия Прохор Руфина "
    "Савва Таисия Устин Марфа Харитон Цезарь Чеслав Эвелина Эраст Ярослав Венера Гектор Дементий "
    "Ефросинья Жизель"
)
_SIZE = 30  # words in every list: 27 000 names of a kind, more than the demo has clients


def client_name(segment: str, number: int) -> str:
    """An invented name, the same for the same client and for nobody else of his segment."""
    first, second, third = number % _SIZE, number // _SIZE % _SIZE, number // _SIZE**2 % _SIZE
    if segment == "private":
        return f"{_FAMILIES[third]} {_PEOPLE[first]}-{_SECOND_PEOPLE[second]}"
    if segment == "municipal":
        return f"ТСЖ «{_KINDS[first]} {_YARDS[second]} на {_STREETS[third]}»"
    form = "СЗ" if segment == "developers" else "ООО"
    return f"{form} «{_BRANDS[first]}-{_TRADES[second]} {_PLACES[third]}»"


def phone(number: int, wrong: bool, *, again: bool = False) -> str:
    """As people write it, in one of four ways, ``again`` in another; a wrong one no network would accept."""
    if wrong:
        return "+7 111 111 11 11"
    digits = f"{number:07d}"
    a, b, c = digits[:3], digits[3:5], digits[5:]
    forms = (f"+7 900 {a}-{b}-{c}", f"8 (900) {a}-{b}-{c}", f"8900{digits}", f"+7(900){a}{b}{c}")
    return forms[(number + again) % 4]


def email(segment: str, number: int) -> str | None:
    if number % 5 == 0:
        return None
    return f"{segment}.{number}@example.com"


def seller_quality(
    is_target: NDArray[np.bool_], draws: NDArray[np.float64], answered: NDArray[np.bool_]
) -> NDArray[np.object_]:
    """The seller's opinion: mostly the rule's verdict, harsher than it in one target lead of nine."""
    said = np.where(is_target, "целевой", "нецелевой").astype(object)
    said[is_target & (draws < 0.11)] = "нецелевой"
    said[~is_target & (draws < 0.06)] = "целевой"
    said[(draws > 0.80) & (draws < 0.86)] = "под вопросом"
    said[(draws >= 0.86) | ~answered] = None
    return said
