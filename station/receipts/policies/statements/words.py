"""The words of a yearly statement (W10), in English and Spanish: one version of wording at a time.

Old versions are never edited: a test holds the printed text of each to its fingerprint, and what was issued is kept
as text. Every line says whether goods or services were given for it (26 USC 170(f)(8)(B)(ii)), so that the statement
can be the acknowledgment of each gift of $250 or more; where they were, what they are worth (iii) and that only the
excess may be deducted (6115(a)).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from station.receipts.policies.wordings import english, spanish

STATEMENT_WORDING = "S2026-1"
LANGUAGES = ("en", "es")

_MONTHS = {"en": english.MONTHS, "es": spanish.MONTHS}

_EN = {
    "title": "Statement of contributions, {year}",
    "number": "Statement number",
    "numbered": "{label}, version {version}",
    "donee": "Received by",
    "ein": "EIN",
    "address": "Address",
    "donor": "Received from",
    "period": "Contributions of",
    "issued": "Issued on",
    "as_of": "As of",
    "period_value": "{first} to {last}",
    "date": "Date",
    "amount": "Amount",
    "goods": "Goods or services",
    "reduced": "Their value",
    "deductible": "Deductible",
    "receipt": "Receipt",
    "total": "Total",
    "none": "None",
    "counted": "{name}, estimated fair market value {value}",
    "charges": "{name}, estimated fair market value {value}, earned over the charges of the year and counted once",
    "minor": "None that counts: {name} may be disregarded under the guidelines of the Internal Revenue Service",
    "back": "Of your contribution of {given} on {day}, {back} went back to you. The statement lists what is left.",
    "no_goods": "No goods or services were provided in exchange for any of these contributions.",
    "minor_rule": "For every contribution on this statement the whole amount is deductible: what a line names may "
    "be disregarded, and in exchange for every other contribution no goods or services were provided.",
    "goods_rule": "Where goods or services were provided, the line says what they are and our good-faith estimate "
    "of their fair market value. The amount that is deductible for federal income tax purposes is limited to "
    "what you gave beyond that value. For every other line no goods or services were provided in exchange for "
    "the contribution.",
    "empty": "No contribution of this year is left in our books.",
    "donee_status": "{donee} is a nonprofit organization under section 501(c)(3) of the Internal Revenue Code.",
    "left_out": "This statement does not list pledges that are not paid, gifts that others gave and that we thank "
    "you for (an employer, a donor-advised fund), distributions from an IRA, gifts of stock, vehicles or goods, "
    "payroll gifts, and what was refunded or returned.",
    "same_gifts": "It lists contributions for which you may hold receipts already: count each only once. Keep it "
    "with your tax records.",
    "unofficial": "This is a running view, not an official statement. It shows our books as of {day} and may "
    "still change. Do not use it with a tax return.",
    "replaces": "This is version {version} of statement {label}. It replaces the one of {day}. {reason}",
    "replaced_word": "Replaced",
    "replaced": "This version holds no more: a newer one takes its place.",
    "added": "The contribution of {now} on {day} was added.",
    "removed": "The contribution of {before} on {day} is listed no more.",
    "changed": "Of the contribution on {day}, {before} was listed; now it is {now}.",
    "restated": "What is said of the contribution of {now} on {day} has changed.",
}

_ES = {
    "title": "Constancia anual de donaciones, {year}",
    "number": "Número de constancia",
    "numbered": "{label}, versión {version}",
    "donee": "Recibido por",
    "ein": "EIN",
    "address": "Dirección",
    "donor": "Recibido de",
    "period": "Donaciones del",
    "issued": "Fecha de emisión",
    "as_of": "Al día",
    "period_value": "{first} al {last}",
    "date": "Fecha",
    "amount": "Importe",
    "goods": "Bienes o servicios",
    "reduced": "Su valor",
    "deductible": "Deducible",
    "receipt": "Recibo",
    "total": "Total",
    "none": "Ninguno",
    "counted": "{name}, valor justo de mercado estimado {value}",
    "charges": "{name}, valor justo de mercado estimado {value}, obtenido con los cargos del año y contado una "
    "sola vez",
    "minor": "Ninguno que cuente: {name} puede pasarse por alto según las pautas del Servicio de Impuestos "
    "Internos (IRS)",
    "back": "De su donación de {given} del {day} se le devolvieron {back}. La constancia incluye lo que queda.",
    "no_goods": "No se proporcionaron bienes ni servicios a cambio de ninguna de estas donaciones.",
    "minor_rule": "De cada donación de esta constancia es deducible el importe completo: lo que una línea nombra "
    "puede pasarse por alto, y a cambio de las demás donaciones no se proporcionaron bienes ni servicios.",
    "goods_rule": "Donde se proporcionaron bienes o servicios, la línea dice cuáles son y nuestra estimación de "
    "buena fe de su valor justo de mercado. El importe deducible para el impuesto federal sobre la renta se "
    "limita a lo que usted dio por encima de ese valor. Para todas las demás líneas no se proporcionaron bienes "
    "ni servicios a cambio de la donación.",
    "empty": "No queda en nuestros libros ninguna donación de este año.",
    "donee_status": "{donee} es una organización sin fines de lucro según la sección 501(c)(3) del Código de "
    "Impuestos Internos.",
    "left_out": "Esta constancia no incluye promesas de donación que no se han pagado, donaciones que hicieron "
    "otros y que le agradecemos a usted (un empleador, un fondo asesorado por donantes), distribuciones de una "
    "cuenta IRA, donaciones de acciones, vehículos o bienes, donaciones descontadas de la nómina, ni lo que se "
    "reembolsó o devolvió.",
    "same_gifts": "Incluye donaciones de las que quizá usted ya tiene recibo: cuente cada una una sola vez. "
    "Guárdela con sus documentos de impuestos.",
    "unofficial": "Esta es una vista provisional, no una constancia oficial. Muestra nuestros libros al {day} y "
    "puede cambiar. No la use con una declaración de impuestos.",
    "replaces": "Esta es la versión {version} de la constancia {label}. Reemplaza la del {day}. {reason}",
    "replaced_word": "Reemplazada",
    "replaced": "Esta versión ya no vale: una más nueva la reemplaza.",
    "added": "Se agregó la donación de {now} del {day}.",
    "removed": "La donación de {before} del {day} ya no aparece.",
    "changed": "De la donación del {day} se incluían {before}; ahora son {now}.",
    "restated": "Cambió lo que se dice de la donación de {now} del {day}.",
}

WORDS: Mapping[str, Mapping[str, Mapping[str, str]]] = {STATEMENT_WORDING: {"en": _EN, "es": _ES}}


def say(language: str, wording: str = STATEMENT_WORDING) -> Mapping[str, str]:
    """The words of a language; English for one that there are no words in."""
    return WORDS[wording].get(language, WORDS[wording]["en"])


def long_date(day: date, language: str) -> str:
    """November 23, 2026; 23 de noviembre de 2026."""
    month = _MONTHS.get(language, _MONTHS["en"])[day.month - 1]
    return f"{day.day} de {month} de {day.year}" if language == "es" else f"{month} {day.day}, {day.year}"


def short_date(day: date, language: str) -> str:
    """Nov 23, 2026; 23 nov 2026."""
    month = _MONTHS.get(language, _MONTHS["en"])[day.month - 1][:3]
    return f"{day.day} {month} {day.year}" if language == "es" else f"{month} {day.day}, {day.year}"
