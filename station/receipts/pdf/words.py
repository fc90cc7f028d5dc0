"""The few words that paper adds to what it is given, by language."""

from __future__ import annotations

LABELS: dict[str, dict[str, str]] = {
    "en": {
        "page": "Page {page} of {pages}",
        "ein": "EIN",
        "receipt": "Receipt {label}",
        "void": "Void",
        "replaced": "Receipt {label} replaces it.",
        "fact": "Particulars",
        "value": "As recorded",
        "lacking": "A character for which the typefaces of this paper have no shape is printed as \ufffd.",
    },
    "es": {
        "page": "Página {page} de {pages}",
        "ein": "EIN",
        "receipt": "Recibo {label}",
        "void": "Anulado",
        "replaced": "Lo reemplaza el recibo {label}.",
        "fact": "Concepto",
        "value": "Según consta",
        "lacking": "Un carácter que las tipografías de este documento no incluyen se imprime como \ufffd.",
    },
}


def labels(language: str) -> dict[str, str]:
    """The words of a language; English for one that has none."""
    return LABELS.get(language, LABELS["en"])
