"""Every example of the law's table as one line of `station receipts evaluate`: what goes in and what must come out.

The names are those of docs/receipts/rules.md. Amounts are dollars as a station would type them.
"""

from __future__ import annotations

from typing import Any

Row = tuple[str, dict[str, Any], str, str, tuple[str, ...]]

MUG = {"name": "mug", "fmv": 12, "cost": 5, "logo_token": True}
TOTE = {"name": "tote bag", "fmv": 40, "cost": 12}
CD = {"name": "CD", "fmv": 15, "cost": 4}
BASIC = {
    "name": "museum days",
    "fmv": 30,
    "cost": 0,
    "benefit_class": "membership_right",
    "frequently_exercisable": True,
    "cheapest_package_price": 75,
}
PARTY = {
    "name": "members' party",
    "fmv": 25,
    "cost": 10,
    "benefit_class": "members_event",
    "event_cost_per_head": "13.90",
    "cheapest_package_price": 60,
}
GUIDE = {"name": "program guide", "fmv": 0, "benefit_class": "publication", "commercial_quality": False}
CARDS = {"name": "cards", "fmv": 9, "cost": "13.90", "benefit_class": "unordered_item", "unordered_free": True}


def gift(dollars: Any, *benefits: dict[str, Any], kind: str = "cash", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "gift": dollars, "year": 2026, "benefits": list(benefits), **more}


def worth(fmv: Any, **more: Any) -> dict[str, Any]:
    return {"name": "thing", "fmv": fmv, "cost": fmv, **more}


# name, line, deductible, disclosure, rules that disregard in order
PLAIN: tuple[Row, ...] = (
    ("plain-small", gift(5), "5", "NONE", ()),
    ("plain-249.99", gift("249.99"), "249.99", "NONE", ()),
    ("plain-250", gift(250), "250", "CWA0", ()),
    ("plain-nothing", gift(0), "0", "NONE", ()),
)
DISCLOSURES: tuple[Row, ...] = (
    ("6115-75.00", gift(75, TOTE), "35", "VALUE_NOTE", ()),
    ("6115-75.01", gift("75.01", TOTE), "35.01", "QPQ", ()),
    ("6115-full-payment", gift(100, worth(40)), "60", "QPQ", ()),
    ("170f8-net-249.99", gift("289.99", TOTE), "249.99", "QPQ", ()),
    ("170f8-net-250", gift(290, TOTE), "250", "QPQ+CWA1", ()),
    ("purchase-equal", gift(40, TOTE), "0", "PURCHASE", ()),
    ("purchase-more", gift(30, TOTE), "0", "PURCHASE", ()),
    ("purchase-above-75", gift(100, worth(120)), "0", "PURCHASE", ()),
    ("purchase-by-a-cent", gift("40.01", TOTE), "0.01", "VALUE_NOTE", ()),
    ("not-over-75-is-not-disregarded", gift(50, worth(8)), "42", "VALUE_NOTE", ()),
)
TWO_PERCENT: tuple[Row, ...] = (
    ("2%-equal", gift(100, worth(2)), "100", "NONE", ("two_percent",)),
    ("2%-a-cent-over", gift(100, worth("2.01")), "97.99", "QPQ", ()),
    ("2%-no-rounding-up", gift("100.49", worth("2.01")), "98.48", "QPQ", ()),
    ("2%-half-cent", gift("100.50", worth("2.01")), "100.5", "NONE", ("two_percent",)),
    ("2%-cap", gift(6950, worth(139)), "6950", "CWA0", ("two_percent",)),
    ("2%-cap-equal", gift(10000, worth(139)), "10000", "CWA0", ("two_percent",)),
    ("2%-cap-a-cent-over", gift(10000, worth("139.01")), "9860.99", "QPQ+CWA1", ()),
    ("2%-all-benefits-together", gift(100, worth("1.01"), worth(1)), "97.99", "QPQ", ()),
    ("2%-goods-of-a-small-gift", gift(10, worth("0.20")), "10", "NONE", ("two_percent",)),
    ("2%-cap-of-2025", gift(10000, worth(139), year=2025), "9861", "QPQ+CWA1", ()),
)
TOKEN: tuple[Row, ...] = (
    ("token-minpay", gift("69.50", MUG), "69.5", "NONE", ("token",)),
    ("token-a-cent-under-minpay", gift("69.49", MUG), "57.49", "VALUE_NOTE", ()),
    ("token-cost-equal", gift(100, MUG | {"cost": "13.90"}), "100", "NONE", ("token",)),
    ("token-cost-a-cent-over", gift(100, MUG | {"cost": "13.91"}), "88", "QPQ", ()),
    ("token-cost-not-value", gift(100, MUG | {"fmv": 35}), "100", "NONE", ("token",)),
    ("token-aggregate-cost", gift(100, MUG, MUG | {"cost": "8.90"}), "100", "NONE", ("token", "token")),
    ("token-aggregate-cost-over", gift(100, MUG, MUG | {"cost": "8.91"}), "76", "QPQ", ()),
    ("token-mixed-bundle-fails-whole", gift(100, MUG, CD), "73", "QPQ", ()),
    ("token-beside-a-guide", gift(100, MUG, GUIDE), "100", "NONE", ("token", "publication")),
    ("token-beside-a-declined-cd", gift(100, MUG, CD | {"declined": True}), "100", "NONE", ("token", "declined")),
    ("token-without-a-logo", gift(100, MUG | {"logo_token": False}), "88", "QPQ", ()),
    ("token-cost-unknown", gift(100, {"name": "mug", "fmv": 12, "logo_token": True}), "88", "QPQ", ()),
    ("token-250", gift(250, MUG), "250", "CWA0", ("token",)),
    ("token-2025", gift(68, MUG, year=2025), "68", "NONE", ("token",)),
    ("token-2025-not-2026", gift(69, MUG), "57", "VALUE_NOTE", ()),
    ("token-2024", gift(66, MUG | {"cost": "13.20"}, year=2024), "66", "NONE", ("token",)),
    ("token-2019", gift("55.50", MUG | {"cost": "11.10"}, year=2019), "55.5", "NONE", ("token",)),
)
UNORDERED: tuple[Row, ...] = (
    ("unordered-within", gift(20, CARDS), "20", "NONE", ("unordered_item",)),
    ("unordered-over", gift(20, CARDS | {"cost": "13.91"}), "11", "VALUE_NOTE", ()),
    ("unordered-together", gift(20, CARDS | {"cost": 7}, CARDS | {"cost": 7}), "2", "VALUE_NOTE", ()),
    ("unordered-but-asked-for", gift(20, CARDS | {"unordered_free": False}), "11", "VALUE_NOTE", ()),
)
MEMBERSHIP: tuple[Row, ...] = (
    ("member-75-tier", gift(75, BASIC), "75", "NONE", ("membership_right",)),
    ("member-what-this-donor-paid", gift(300, BASIC), "300", "CWA0", ("membership_right",)),
    ("member-75.01-tier", gift(300, BASIC | {"cheapest_package_price": "75.01"}), "270", "QPQ+CWA1", ()),
    ("member-100-tier", gift(100, BASIC | {"cheapest_package_price": 100}), "70", "QPQ", ()),
    ("member-no-tier-known", gift(100, BASIC | {"cheapest_package_price": None}), "70", "QPQ", ()),
    ("member-once-a-year", gift(100, BASIC | {"frequently_exercisable": False}), "70", "QPQ", ()),
    ("member-event-equal", gift(80, PARTY), "80", "NONE", ("members_event",)),
    ("member-event-over", gift(80, PARTY | {"event_cost_per_head": "13.91"}), "55", "QPQ", ()),
    ("member-event-a-fraction-over", gift(80, PARTY | {"event_cost_per_head": 13.9001}), "55", "QPQ", ()),
    (
        "member-event-no-tier-known",
        gift(1000, PARTY | {"fmv": 200, "cheapest_package_price": None}),
        "800",
        "QPQ+CWA1",
        (),
    ),
    ("member-event-100-tier", gift(80, PARTY | {"cheapest_package_price": 100}), "55", "QPQ", ()),
    ("member-event-cost-unknown", gift(80, PARTY | {"event_cost_per_head": None}), "55", "QPQ", ()),
    ("member-and-mug", gift(100, BASIC, MUG), "100", "NONE", ("membership_right", "token")),
    ("member-and-tote", gift(300, BASIC, TOTE), "260", "QPQ+CWA1", ("membership_right",)),
    (
        "six-grandchildren",
        gift(450, *[BASIC | {"name": f"membership {n}", "fmv": 20} for n in range(6)]),
        "450",
        "CWA0",
        ("membership_right",) * 6,
    ),
)
PUBLICATIONS: tuple[Row, ...] = (
    ("guide", gift(40, GUIDE), "40", "NONE", ("publication",)),
    ("guide-no-value-given", gift(40, GUIDE | {"fmv": None}), "40", "NONE", ("publication",)),
    ("magazine", gift(40, GUIDE | {"fmv": 20, "commercial_quality": True}), "20", "VALUE_NOTE", ()),
)
DECLINED: tuple[Row, ...] = (
    ("declined", gift(100, TOTE | {"declined": True}), "100", "NONE", ("declined",)),
    ("declined-250", gift(250, TOTE | {"declined": True}), "250", "CWA0", ("declined",)),
    ("not-used-is-not-declined", gift(100, TOTE), "60", "QPQ", ()),
    ("declined-one-of-two", gift(100, TOTE | {"declined": True}, CD), "85", "QPQ", ("declined",)),
)
NO_ROW: tuple[Row, ...] = (
    ("2027-plain", gift(300, year=2027), "300", "CWA0", ()),
    ("2027-2%", gift(100, worth(2), year=2027), "98", "QPQ", ()),
    ("2027-token", gift(100, MUG, year=2027), "88", "QPQ", ()),
    ("2027-unordered", gift(100, CARDS, year=2027), "91", "QPQ", ()),
    ("2027-members-event", gift(100, PARTY, year=2027), "75", "QPQ", ()),
    ("2027-membership", gift(100, BASIC, year=2027), "100", "NONE", ("membership_right",)),
    ("2027-guide", gift(100, GUIDE, year=2027), "100", "NONE", ("publication",)),
    ("2027-declined", gift(100, MUG | {"declined": True}, year=2027), "100", "NONE", ("declined",)),
    ("2018", gift(100, worth(2), year=2018), "98", "QPQ", ()),
)
SUSTAINERS: tuple[Row, ...] = (
    ("recurring-sum-over-250", gift(25, kind="recurring", charges=12), "300", "NONE", ()),
    ("recurring-listed", gift(0, kind="recurring", charges=[10, "10.50", 10]), "30.5", "NONE", ()),
    (
        "recurring-listed-with-days",
        gift(
            None,
            kind="recurring",
            charges=[{"amount": 20, "date": "2026-01-05"}, {"amount": 20, "date": "2026-02-05"}],
        ),
        "40",
        "NONE",
        (),
    ),
    (
        "recurring-one-of-last-year",
        gift(None, kind="recurring", charges=[{"amount": 20, "date": "2025-12-31"}, {"amount": 30}]),
        "30",
        "NONE",
        (),
    ),
    ("recurring-250-each", gift(250, kind="recurring", charges=2), "500", "CWA0", ()),
    ("recurring-249.99-each", gift("249.99", kind="recurring", charges=2), "499.98", "NONE", ()),
    ("recurring-one-of-250", gift(0, kind="recurring", charges=[10, 250]), "260", "CWA0", ()),
    ("recurring-tote-once", gift(20, TOTE, kind="recurring", charges=12), "200", "VALUE_NOTE_PER_CHARGE", ()),
    ("recurring-75-each", gift(75, TOTE, kind="recurring", charges=4), "260", "VALUE_NOTE_PER_CHARGE", ()),
    ("recurring-75.01-each", gift("75.01", TOTE, kind="recurring", charges=4), "260.04", "QPQ", ()),
    ("recurring-never-below-zero", gift(10, TOTE, kind="recurring", charges=2), "0", "VALUE_NOTE_PER_CHARGE", ()),
    ("recurring-300-each", gift(300, worth(140), kind="recurring", charges=12), "3460", "QPQ+CWA1", ()),
    ("recurring-2%-of-all", gift(300, TOTE, kind="recurring", charges=12), "3600", "CWA0", ("two_percent",)),
    ("recurring-one-of-289", gift(289, TOTE, kind="recurring", charges=1), "249", "QPQ", ()),
    ("recurring-mug", gift(10, MUG, kind="recurring", charges=12), "120", "NONE", ("token",)),
    ("recurring-300-refunded-100", gift(0, kind="recurring", charges=[300], refunded=100), "200", "NONE", ()),
    ("recurring-300-less", gift(0, TOTE, kind="recurring", charges=[300], refunded=100), "160", "QPQ", ()),
    ("recurring-two-refunded", gift(0, kind="recurring", charges=[300, 300], refunded=100), "500", "CWA0", ()),
    ("recurring-refunded-one", gift(20, kind="recurring", charges=12, refunded=20), "220", "NONE", ()),
    ("payroll", gift(100, kind="payroll", charges=26), "2600", "NONE", ()),
    ("payroll-250", gift(250, kind="payroll", charges=[250] * 3), "750", "CWA0", ()),
    ("payroll-tote", gift(10, TOTE, kind="payroll", charges=26), "220", "VALUE_NOTE_PER_CHARGE", ()),
)
OTHERS: tuple[Row, ...] = (
    ("pledge-unpaid", gift(300, TOTE, kind="pledge_unpaid"), "0", "PLEDGE_NO_RECEIPT", ()),
    ("daf", gift(5000, kind="daf"), "0", "DAF_LETTER", ()),
    ("daf-ticket", gift(5000, worth(150), kind="daf"), "0", "BENEFIT_BLOCKED", ()),
    ("daf-mug", gift(500, MUG, kind="daf"), "0", "DAF_LETTER", ("token",)),
    ("daf-declined", gift(500, worth(150, declined=True), kind="daf"), "0", "DAF_LETTER", ("declined",)),
    ("qcd", gift(10000, kind="qcd"), "0", "QCD_LETTER", ()),
    ("qcd-tote", gift(1000, TOTE, kind="qcd"), "0", "BENEFIT_BLOCKED", ()),
    ("qcd-member", gift(1000, BASIC, kind="qcd"), "0", "QCD_LETTER", ("membership_right",)),
    ("qcd-2027-mug", gift(1000, MUG, kind="qcd", year=2027), "0", "BENEFIT_BLOCKED", ()),
    ("stock", gift(None, kind="stock", shares=10, high=102, low=98), "1000", "NONCASH_DESC", ()),
    ("stock-fractions", gift(0, kind="stock", shares=10.5, high=101.25, low=99.1), "1051.83", "NONCASH_DESC", ()),
    ("stock-tote", gift(1, TOTE, kind="stock", shares=10, high=102, low=98), "960", "NONCASH_DESC", ()),
    ("inkind-goods", gift(800, kind="inkind_goods"), "800", "NONCASH_DESC", ()),
    ("inkind-described", {"kind": "inkind_goods", "year": 2026}, "0", "NONCASH_DESC", ()),
    ("inkind-service", gift(800, kind="inkind_service"), "0", "NOT_DEDUCTIBLE", ()),
    ("vehicle-sold", gift(0, kind="vehicle", gross_proceeds=1200, fmv_vehicle=3000), "1200", "1098C", ()),
    ("vehicle-500.01", gift(0, kind="vehicle", gross_proceeds="500.01", fmv_vehicle=3000), "500.01", "1098C", ()),
    ("vehicle-500", gift(0, kind="vehicle", gross_proceeds=500, fmv_vehicle=3000), "500", "VEHICLE_SMALL", ()),
    ("vehicle-small", gift(0, kind="vehicle", gross_proceeds=200, fmv_vehicle=420), "420", "VEHICLE_SMALL", ()),
    ("vehicle-small-fmv", gift(0, kind="vehicle", gross_proceeds=200, fmv_vehicle=900), "500", "VEHICLE_SMALL", ()),
    ("vehicle-above-value", gift(0, kind="vehicle", gross_proceeds=900, fmv_vehicle=800), "800", "1098C", ()),
    (
        "vehicle-returned",
        gift(0, kind="vehicle", gross_proceeds=800, fmv_vehicle=2000, returned=True),
        "0",
        "VOID",
        (),
    ),
    ("vehicle-tote", gift(0, TOTE, kind="vehicle", gross_proceeds=900, fmv_vehicle=1800), "860", "1098C", ()),
    ("raffle", gift(100, kind="raffle"), "0", "NOT_DEDUCTIBLE", ()),
    ("underwriting", gift(5000, kind="underwriting"), "0", "NOT_A_GIFT", ()),
    ("matching", gift(200, kind="matching", employer_match=200), "200", "NONE", ()),
    ("matching-not-together", gift("249.99", kind="matching", employer_match=500), "249.99", "NONE", ()),
    ("designations-are-one-gift", gift(250, designations=[150, 100]), "250", "CWA0", ()),
    ("designations-summed", gift(None, designations=[{"amount": 150}, {"amount": 100}]), "250", "CWA0", ()),
)
BACK: tuple[Row, ...] = (
    ("refund-full", gift(300, kind="refund_full", refunded=300), "0", "VOID", ()),
    ("refund-full-with-tote", gift(300, TOTE, kind="refund_full"), "0", "VOID", ()),
    ("refund-partial", gift(300, kind="refund_partial", refunded=100), "200", "NONE", ()),
    ("refund-partial-250", gift(300, kind="refund_partial", refunded=50), "250", "CWA0", ()),
    ("refund-after-tote", gift(100, TOTE, kind="refund_partial", refunded=25), "35", "VALUE_NOTE", ()),
    ("refund-after-tote-above-75", gift(100, TOTE, kind="refund_partial", refunded="24.99"), "35.01", "QPQ", ()),
    ("refund-leaves-a-purchase", gift(100, TOTE, kind="refund_partial", refunded=70), "0", "PURCHASE", ()),
    ("refund-takes-the-token-rule", gift(100, MUG, kind="refund_partial", refunded=40), "48", "VALUE_NOTE", ()),
    ("refund-of-all-in-parts", gift(100, kind="refund_partial", refunded=[60, 40]), "0", "VOID", ()),
    ("returned", gift(300, kind="returned"), "0", "VOID", ()),
    ("returned-amount", gift(300, TOTE, kind="returned", returned=300), "0", "VOID", ()),
)
TABLE: tuple[Row, ...] = (
    *PLAIN,
    *DISCLOSURES,
    *TWO_PERCENT,
    *TOKEN,
    *UNORDERED,
    *MEMBERSHIP,
    *PUBLICATIONS,
    *DECLINED,
    *NO_ROW,
    *SUSTAINERS,
    *OTHERS,
    *BACK,
)
