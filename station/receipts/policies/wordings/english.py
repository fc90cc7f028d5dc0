"""The wordings in English: every sentence that a receipt, a letter or a statement may say, by its key.

W1 to W14 are the numbers of the list that the station's counsel goes through; the law that each answers to stands
beside it. The sentences are the house's own: statute and guidelines say what must be conveyed, not in which words.
"""

from __future__ import annotations

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAY = "{month} {day}, {year}"
AND = "and"
INTERVALS = {"month": ("monthly", "month"), "quarter": ("quarterly", "quarter"), "year": ("yearly", "year")}
GOODS_OR_SERVICES = "goods or services"  # what every acknowledgment says in one of its sentences

WORDS = {
    # W1, every receipt: name of the donee, date, amount (26 USC 170(f)(17)); EIN and address by practice
    "w1_number": "Receipt number",
    "w1_donee": "Received by",
    "w1_ein": "EIN",
    "w1_address": "Address",
    "w1_donor": "Received from",
    "w1_amount": "Amount",
    "w1_day": "Date of contribution",
    "w1_received": "Received on",
    "w1_year": "Tax year",
    "w1_kind": "Kind",
    "w1_station": "In support of",
    "w1_once": "One-time contribution",
    "w1_charge": "{Adjective} contribution, this {interval}’s charge",
    "w1_both": "{one} and {two}",
    "w1_thanks": "{donee} thanks you for your contribution of {amount} on {day}.",
    "w1_thanks_paid": "{donee} thanks you for your payment of {amount} on {day}.",
    "w1_cover": "It includes {cover} that you added so that we keep your whole gift.",
    "w1_one_charge": (
        "This receipt is for one charge of your {adjective} contribution. Each charge is a contribution of its own "
        "and gets a receipt of its own."
    ),
    "w1_status": (
        "{donee} is a nonprofit organization under section 501(c)(3) of the Internal Revenue Code. Keep this "
        "receipt with your tax records."
    ),
    # W2, nothing counted: whether goods or services were given (170(f)(8)(B)(ii); Durden, T.C. Memo 2012-140)
    "w2": "No goods or services were provided in exchange for this contribution.",
    "w2_declined": "Before you gave you declined what we offered in return ({benefits}), so nothing is taken off.",
    # W3, something counted: what it was and its value, estimated in good faith (170(f)(8)(B)(iii); 6115(a)(2))
    "w3": (
        "In exchange for your payment we provided goods or services: {benefits}. In good faith we estimate their "
        "fair market value at {value}."
    ),
    "w3_each": "{name} ({value})",
    "w3_form": "In return for {amount} you receive {benefits}, at a fair market value of {value}.",
    # W4, beside W3: the limit of the deduction (6115(a)(1)); up to $75 the value lowers it all the same
    "w4": (
        "The amount of your contribution that is deductible for federal income tax purposes is limited to what you "
        "paid beyond the value of the goods or services that we provided: {deductible}."
    ),
    "w4_small": "Only what you paid beyond that value is a contribution: {deductible}.",
    "w4_sale": "Your payment is not more than that value. It is a purchase, and no part of it is a contribution.",
    "w4_once": (
        "That value is taken off once, from your payments of the year together. Your yearly statement shows the rest."
    ),
    "w4_form": "Of your payment, {deductible} is deductible for federal income tax purposes.",
    # W5, benefits that may be left out of account (Rev. Proc. 90-12, 92-49; 26 CFR 1.170A-13(f)(8)(i))
    "w5": (
        "In exchange for this contribution you received goods or services ({benefits}) whose value is not "
        "substantial under guidelines of the Internal Revenue Service. The full amount of your payment, "
        "{deductible}, therefore counts as a deductible contribution."
    ),
    "w5_also": (
        "You also received {benefits}. Under guidelines of the Internal Revenue Service the value of that need not "
        "be taken off."
    ),
    "w5_form": (
        "Under guidelines of the Internal Revenue Service the value of {benefits} is not substantial. The full "
        "amount of your payment is therefore deductible."
    ),
    # W6, what is not cash: a description and no value (170(f)(8)(B)(i))
    "w6_stock": "{donee} thanks you for your gift of {shares} shares of {symbol}, which we received on {day}.",
    "w6_stock_one": "{donee} thanks you for your gift of {shares} share of {symbol}, which we received on {day}.",
    "w6_goods": "{donee} thanks you for your gift of this property, which we received on {day}: {description}.",
    "w6_no_value": "What it was worth on that day is for you to determine. This letter therefore states no value.",
    # W7, a vehicle (170(f)(12)(B)); its buyer's price limits the deduction, up to $500 it does not
    "w7": "{donee} thanks you for this vehicle, which we received on {day}: {description}.",
    "w7_vin": "Vehicle identification number: {vin}.",
    "w7_sold": (
        "We certify that the vehicle was sold on {sold} in an arm’s length transaction between unrelated parties. "
        "The gross proceeds of the sale were {proceeds}. Your deduction may not exceed the gross proceeds."
    ),
    "w7_small": (
        "We certify that the vehicle was sold on {sold} in an arm’s length transaction between unrelated parties, "
        "for {proceeds}. Your deduction may not exceed the smaller of its fair market value on the day of your "
        "gift and $500."
    ),
    "w7_number": "Taxpayer identification number of the donor, to be written by hand: ______________________",
    # W8, a distribution from an IRA (408(d)(8)): never called deductible
    "w8": (
        "{donee} received {amount} on {day}, paid to us directly from your individual retirement account at "
        "{custodian}."
    ),
    "w8_status": (
        "{donee} is an organization described in sections 501(c)(3) and 170(b)(1)(A) of the Internal Revenue Code. "
        "It is no supporting organization, and the distribution went into no donor-advised fund."
    ),
    "w8_keep": (
        "If you want it to count as a qualified charitable distribution, keep this letter with your tax records; "
        "such a distribution is not deducted as well."
    ),
    # W9, a grant from a donor-advised fund: thanks to the sponsor, thanks to the adviser, no word of taxes to either
    "w9_sponsor": "{donee} thanks {sponsor} for its grant of {amount} from {fund}, which we received on {day}.",
    "w9_sponsor_benefit": (
        "Neither the fund’s donors or advisers nor anybody related to them has received or will receive anything "
        "of more than incidental value for it."
    ),
    "w9_adviser": (
        "{donee} thanks you for recommending a grant of {amount} from {fund} at {sponsor}. It arrived on {day}."
    ),
    "w9_adviser_only": (
        "{sponsor} is the donor of this grant and has its own letter from us. This one is our thanks to you, and "
        "not an acknowledgment for your tax records."
    ),
    # W12, what takes the place of another
    "w12": "This receipt replaces receipt {old}, which is void. {reason}",
    "w12_letter": "This letter replaces our letter {old}, which is void. {reason}",
    "w12_refunded": "We refunded {amount} of your gift on {day}.",
    "w12_refund_back": "Our refund of {amount} did not reach you: your bank sent it back on {day}.",
    "w12_bank_took": "Your bank took {amount} of your gift back on {day}.",
    "w12_bank_gave": "Your bank gave us {amount} of your gift again on {day}.",
    "w12_since": "Part of your gift has gone back to you since.",
    "w12_check_bounced": "Your bank did not pay your check for {amount}.",
    "w12_mistake": "The gift that it is about was entered in our books by mistake.",
    # W13, what states ask to be printed; the texts are the station's (the draft of Nevada's follows NRS 82A.200)
    "w13_title": "Disclosures that states require",
    "w13_nevada": (
        "{donee} is a nonprofit corporation formed in [place of formation]. Purpose: [purpose as registered with "
        "the Nevada Secretary of State]. Contributions may be deductible for federal income tax purposes to the "
        "extent that the receipt states."
    ),
    # letters around the above
    "letter_number": "Letter number",
    "letter_to": "To",
    "letter_day": "Date",
    "letter_dear": "Dear {name},",
    "letter_keep": "Keep this letter with your tax records.",
    "letter_close": "With thanks,",
}
