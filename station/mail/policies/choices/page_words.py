"""The words of the pages on which people choose their mail, in English and Spanish.

What is said here is quoted in the consent log, so a change of words is a new `topics.VERSION`.
"""

from __future__ import annotations

from collections.abc import Mapping

from station.mail.policies.choices.topics import LANGUAGES, Topic

EN = {
    "title": "Your mail from us",
    "description": "Choose what we write to you about, or nothing at all.",
    "lede": "What we send to {address}.",
    "legend": "Choose what you want to get",
    "always": "Receipts, yearly statements and notices about your own gifts always come: they are not "
    "advertising, and the law requires some of them.",
    "exchange_title": "Exchange of lists",
    "exchange_shut": "You are left out already, because you have turned down some of our mail.",
    "language_title": "Language of your mail",
    "save": "Save my choices",
    "none_title": "None at all",
    "none_line": "One press ends all of the above, and any topic that we add later. Receipts and notices about "
    "your own gifts still come.",
    "none": "Send me none of this",
    "none_now": "You asked for none of this. Choose a topic to get only that again.",
    "done_title": "Your choices are saved",
    "same_title": "Nothing was changed",
    "done_lede": "They hold from now on for {address}. A letter already on its way can still arrive.",
    "same_lede": "It stands as it did before, for {address}.",
    "now_on": "You will get",
    "now_off": "You will not get",
    "nothing": "None of this",
    "undo": "Undo this",
    "undone_title": "It is undone",
    "back": "See all my choices",
    "stop_title": "Stop this mail?",
    "stop_lede": "“{topic}” to {address}.",
    "stop_line": "Nothing has changed yet. One press stops this mail: no password, no questions.",
    "stop": "Stop “{topic}”",
    "stop_other": "Or choose what else we write about",
    "stopped_title": "This mail has stopped",
    "stopped_lede": "No more mail about “{topic}” goes to {address}. A letter already on its way can still arrive.",
    "shut_title": "This link is not complete",
    "shut_lede": "It was cut off or changed on its way, so we cannot tell whose mail it is about. Nothing was "
    "changed.",
    "shut_line": "Open the link in the letter once more, all of it; or call or write to us, and we do it for "
    "you the same day.",
    "wrong_title": "That was not a request we know",
    "wrong_lede": "Nothing was changed. Open the link in the letter and use the button of its page.",
    "rather": "Rather talk?",
    "note": "Note",
    "other": "Español",
    "foot_member": "You get this as a member of ours who has not turned “{topic}” down.",
    "foot_asked": "You get this because you asked for “{topic}”.",
    "foot_from": "This is a solicitation from {licensee}.",
    "foot_stop": "Unsubscribe from “{topic}”",
    "foot_choose": "Choose your mail, or none at all",
}
ES = {
    "title": "Sus correos de nuestra parte",
    "description": "Elija sobre qué le escribimos, o nada en absoluto.",
    "lede": "Sobre qué escribimos a {address}.",
    "legend": "Marque lo que desea recibir",
    "always": "Los recibos, los resúmenes anuales y los avisos sobre sus donativos llegan siempre: no son "
    "publicidad, y la ley exige algunos de ellos.",
    "exchange_title": "Intercambio de listas",
    "exchange_shut": "Ya no está incluido, porque ha rechazado correos nuestros.",
    "language_title": "Idioma de sus correos",
    "save": "Guardar mis preferencias",
    "none_title": "Nada en absoluto",
    "none_line": "Con un solo clic termina todo lo anterior y cualquier tema que agreguemos después. Los "
    "recibos y avisos sobre sus donativos siguen llegando.",
    "none": "No me envíen nada de esto",
    "none_now": "Usted pidió no recibir nada de esto. Marque algo para volver a recibir solo eso.",
    "done_title": "Sus preferencias están guardadas",
    "same_title": "No se cambió nada",
    "done_lede": "Valen desde ahora para {address}. Un correo que ya salió todavía puede llegar.",
    "same_lede": "Todo sigue como antes para {address}.",
    "now_on": "Recibirá",
    "now_off": "No recibirá",
    "nothing": "Nada de esto",
    "undo": "Deshacer",
    "undone_title": "Se deshizo el cambio",
    "back": "Ver todas mis preferencias",
    "stop_title": "¿Terminar estos correos?",
    "stop_lede": "“{topic}” a {address}.",
    "stop_line": "Todavía no ha cambiado nada. Un clic termina estos correos: sin contraseña ni preguntas.",
    "stop": "Terminar “{topic}”",
    "stop_other": "O elija sobre qué más le escribimos",
    "stopped_title": "Estos correos terminaron",
    "stopped_lede": "Ya no enviaremos correos sobre “{topic}” a {address}. Un correo que ya salió todavía "
    "puede llegar.",
    "shut_title": "Este enlace no está completo",
    "shut_lede": "Se cortó o cambió en el camino, y no podemos saber de quién son los correos. No se cambió nada.",
    "shut_line": "Abra otra vez el enlace del correo, completo; o llámenos o escríbanos, y lo hacemos por "
    "usted el mismo día.",
    "wrong_title": "No conocemos esa solicitud",
    "wrong_lede": "No se cambió nada. Abra el enlace del correo y use el botón de su página.",
    "rather": "¿Prefiere hablar con nosotros?",
    "note": "Nota",
    "other": "English",
    "foot_member": "Recibe este correo como miembro que no ha rechazado “{topic}”.",
    "foot_asked": "Recibe este correo porque pidió “{topic}”.",
    "foot_from": "Este correo es una solicitud de {licensee}.",
    "foot_stop": "Cancelar la suscripción a “{topic}”",
    "foot_choose": "Elegir mis correos, o ninguno",
}
WORDS: Mapping[str, Mapping[str, str]] = {"en": EN, "es": ES}
NAMES = {"en": "English", "es": "Español"}


def language_of(text: str) -> str:
    """A language that we write in, from what an address says; English for anything else."""
    return text if text in LANGUAGES else "en"


def on_page(topic: Topic, language: str) -> str:
    """What the page of choices said beside a box, for the log."""
    say, said = WORDS[language], topic.said(language)
    return f"{say['title']}: {say['legend']}: {said.name}. {said.line} [{say['save']}]"


def on_button(topic: Topic, language: str, button: str) -> str:
    """What a page said above a button that asks for one kind of mail, for the log."""
    said = topic.said(language)
    return f"{said.name}. {said.line} [{button}]"


def on_none_button(language: str) -> str:
    """What stood at the button that ends everything, for the log."""
    say = WORDS[language]
    return f"{say['none_title']}: {say['none_line']} [{say['none']}]"


def on_stop_page(topic: Topic, language: str) -> str:
    """What the page behind the link in a letter asked, for the log."""
    say, name = WORDS[language], topic.said(language).name
    return f"{say['stop_title']} {name}. {say['stop_line']} [{say['stop'].format(topic=name)}]"


def by_one_click(topic: Topic, language: str) -> str:
    """What a mail program's own button stood for, for the log: its words are not ours."""
    return f"List-Unsubscribe-Post: List-Unsubscribe=One-Click ({topic.said(language).name})"


def on_undo(language: str) -> str:
    """What stood at the button that takes a change back, for the log."""
    return f"[{WORDS[language]['undo']}]"
