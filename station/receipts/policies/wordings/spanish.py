"""The wordings in Spanish, for donors in the United States: of "usted", with the day first and US amounts.

The keys and the marks in braces are those of `english`; a test holds them together.
"""

from __future__ import annotations

MONTHS = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)
DAY = "{day} de {month} de {year}"
AND = "y"
INTERVALS = {"month": ("mensual", "mes"), "quarter": ("trimestral", "trimestre"), "year": ("anual", "año")}
GOODS_OR_SERVICES = "bienes o servicios"

WORDS = {
    # W1
    "w1_number": "Número de recibo",
    "w1_donee": "Recibido por",
    "w1_ein": "EIN",
    "w1_address": "Dirección",
    "w1_donor": "Recibido de",
    "w1_amount": "Importe",
    "w1_day": "Fecha de la contribución",
    "w1_received": "Recibido el",
    "w1_year": "Año fiscal",
    "w1_kind": "Tipo",
    "w1_station": "En apoyo de",
    "w1_once": "Contribución única",
    "w1_charge": "Contribución {adjective}, cargo de este {interval}",
    "w1_both": "{one} y {two}",
    "w1_thanks": "{donee} le agradece su contribución de {amount} del {day}.",
    "w1_thanks_paid": "{donee} le agradece su pago de {amount} del {day}.",
    "w1_cover": "Incluye {cover} que usted añadió para que su donativo nos llegue completo.",
    "w1_one_charge": (
        "Este recibo corresponde a un cargo de su contribución {adjective}. Cada cargo es una contribución por sí "
        "mismo y recibe su propio recibo."
    ),
    "w1_status": (
        "{donee} es una organización sin fines de lucro según la sección 501(c)(3) del Código de Rentas Internas "
        "de los Estados Unidos (Internal Revenue Code). Guarde este recibo con sus documentos de impuestos."
    ),
    # W2
    "w2": "No se proporcionaron bienes o servicios a cambio de esta contribución.",
    "w2_declined": (
        "Antes de dar, usted rechazó lo que le ofrecimos a cambio ({benefits}), de modo que no se descuenta nada."
    ),
    # W3
    "w3": (
        "A cambio de su pago le proporcionamos bienes o servicios: {benefits}. De buena fe estimamos su valor "
        "justo de mercado en {value}."
    ),
    "w3_each": "{name} ({value})",
    "w3_form": "A cambio de {amount} usted recibe {benefits}, con un valor justo de mercado de {value}.",
    # W4
    "w4": (
        "La parte de su contribución que puede deducir en su declaración del impuesto federal sobre los ingresos "
        "se limita a lo que pagó por encima del valor de los bienes o servicios que le proporcionamos: "
        "{deductible}."
    ),
    "w4_small": "Solo es contribución lo que usted pagó por encima de ese valor: {deductible}.",
    "w4_sale": "Su pago no supera ese valor. Es una compra, y ninguna parte de él es una contribución.",
    "w4_once": (
        "Ese valor se descuenta una sola vez, del conjunto de sus pagos del año. Su estado anual muestra el resto."
    ),
    "w4_form": "De su pago puede deducir {deductible} en el impuesto federal sobre los ingresos.",
    # W5
    "w5": (
        "A cambio de esta contribución usted recibió bienes o servicios ({benefits}) cuyo valor no es sustancial "
        "según las pautas del Servicio de Impuestos Internos (IRS). Por eso el importe completo de su pago, "
        "{deductible}, cuenta como contribución deducible."
    ),
    "w5_also": (
        "Usted recibió además {benefits}. Según las pautas del Servicio de Impuestos Internos (IRS), su valor no "
        "tiene que descontarse."
    ),
    "w5_form": (
        "Según las pautas del Servicio de Impuestos Internos (IRS), el valor de {benefits} no es sustancial. Por "
        "eso el importe completo de su pago es deducible."
    ),
    # W6
    "w6_stock": "{donee} le agradece su donativo de {shares} acciones de {symbol}, que recibimos el {day}.",
    "w6_stock_one": "{donee} le agradece su donativo de {shares} acción de {symbol}, que recibimos el {day}.",
    "w6_goods": "{donee} le agradece el donativo de los siguientes bienes, que recibimos el {day}: {description}.",
    "w6_no_value": (
        "Cuánto valía ese día le corresponde determinarlo a usted. Por eso esta carta no indica ningún valor."
    ),
    # W7
    "w7": "{donee} le agradece el donativo de este vehículo, que recibimos el {day}: {description}.",
    "w7_vin": "Número de identificación del vehículo (VIN): {vin}.",
    "w7_sold": (
        "Certificamos que el vehículo se vendió el {sold} en una operación en condiciones de mercado entre partes "
        "sin relación entre sí. El producto bruto de la venta fue de {proceeds}. Su deducción no puede superar el "
        "producto bruto de la venta."
    ),
    "w7_small": (
        "Certificamos que el vehículo se vendió el {sold} en una operación en condiciones de mercado entre partes "
        "sin relación entre sí, por {proceeds}. Su deducción no puede superar la menor de estas dos cantidades: su "
        "valor justo de mercado el día de su donativo, o $500."
    ),
    "w7_number": "Número de identificación del contribuyente del donante, para anotar a mano: ______________________",
    # W8
    "w8": (
        "{donee} recibió {amount} el {day}, pagados directamente desde su cuenta de retiro individual (IRA) en "
        "{custodian}."
    ),
    "w8_status": (
        "{donee} es una organización descrita en las secciones 501(c)(3) y 170(b)(1)(A) del Código de Rentas "
        "Internas de los Estados Unidos. No es una organización de apoyo, y la distribución no entró en ningún "
        "fondo asesorado por donantes."
    ),
    "w8_keep": (
        "Si desea que cuente como distribución caritativa calificada (QCD), guarde esta carta con sus documentos "
        "de impuestos; una distribución así no se deduce además."
    ),
    # W9
    "w9_sponsor": (
        "{donee} agradece a {sponsor} su subvención de {amount} procedente de {fund}, que recibimos el {day}."
    ),
    "w9_sponsor_benefit": (
        "Ni los donantes o asesores del fondo ni ninguna persona relacionada con ellos han recibido ni recibirán "
        "por ella nada que tenga más que un valor incidental."
    ),
    "w9_adviser": (
        "{donee} le agradece haber recomendado una subvención de {amount} procedente de {fund} en {sponsor}. Llegó "
        "el {day}."
    ),
    "w9_adviser_only": (
        "{sponsor} es el donante de esta subvención y ha recibido su propia carta. Esta es nuestra forma de darle "
        "las gracias a usted, y no un comprobante para sus documentos de impuestos."
    ),
    # W12
    "w12": "Este recibo sustituye al recibo {old}, que queda anulado. {reason}",
    "w12_letter": "Esta carta sustituye a nuestra carta {old}, que queda anulada. {reason}",
    "w12_refunded": "Le reembolsamos {amount} de su donativo el {day}.",
    "w12_refund_back": "Nuestro reembolso de {amount} no le llegó: su banco lo devolvió el {day}.",
    "w12_bank_took": "Su banco retiró {amount} de su donativo el {day}.",
    "w12_bank_gave": "Su banco nos devolvió {amount} de su donativo el {day}.",
    "w12_since": "Desde entonces se le ha devuelto una parte de su donativo.",
    "w12_check_bounced": "Su banco no pagó su cheque de {amount}.",
    "w12_mistake": "El donativo del que trata se anotó por error en nuestros libros.",
    # W13
    "w13_title": "Avisos que exigen los estados",
    "w13_nevada": (
        "{donee} es una corporación sin fines de lucro constituida en [lugar de constitución]. Propósito: "
        "[propósito registrado ante la Secretaría de Estado de Nevada]. Las contribuciones pueden ser deducibles "
        "en el impuesto federal sobre los ingresos en la medida que indica el recibo."
    ),
    # cartas
    "letter_number": "Número de carta",
    "letter_to": "Para",
    "letter_day": "Fecha",
    "letter_dear": "Estimado(a) {name}:",
    "letter_keep": "Guarde esta carta con sus documentos de impuestos.",
    "letter_close": "Con nuestro agradecimiento,",
}
