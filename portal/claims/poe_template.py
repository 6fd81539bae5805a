"""The proof-of-execution template of one claim: what the claim says, and what its policy wants shown."""

from portal.claims.desk import Desk
from portal.claims.field_names import SUBSCRIPTION
from portal.claims.model import Claim
from portal.evidence.template import NOTHING, Row, Section, Template, written
from portal.rulebook.program_models import Activity, PoeElement, ProgramsFile
from portal.rulebook.rulebook import Rulebook


def poe_template(desk: Desk, claim: Claim) -> bytes:
    """Return the template (DOCX) filled with `claim`; the elements are those of the claim's own policy."""
    rulebook = desk.rulebook_of(claim)
    programs = rulebook.programs
    activity = programs.activities.get(claim.activity or "")
    customer = claim.customer.name if claim.customer else ""
    headings, products = _products(programs, claim, activity)
    return written(
        Template(
            title=f"Proof of execution for {claim.number}",
            introduction=tuple(programs.proof_template.introduction),
            facts=tuple(_facts(rulebook, claim, activity)),
            product_headings=headings,
            products=products,
            contacts=tuple(_contacts(programs, claim, activity)),
            sections=tuple(_section(element) for element in programs.poe_elements_of(claim.activity)),
            acknowledgment=programs.proof_template.acknowledgment,
            signatures=(("The customer", customer), ("The partner", claim.organization.name)),
        )
    )


def _facts(rulebook: Rulebook, claim: Claim, activity: Activity | None) -> list[Row]:
    programs, customer, location = rulebook.programs, claim.customer, claim.location
    areas, engagements = programs.solution_areas, programs.engagements
    return [
        ("Claim", claim.number),
        ("Claim name", claim.name or NOTHING),
        ("Partner", claim.organization.name),
        ("Partner location", location.name if location else ""),
        ("Partner location ID (MPN)", location.code if location else ""),
        ("Customer", customer.name if customer else ""),
        ("Customer domain", customer.domain if customer else ""),
        ("Customer tenant ID", customer.tenant_id if customer else ""),
        ("Solution area", areas[activity.solution_area].label if activity else ""),
        ("Engagement", engagements[activity.engagement].label if activity else ""),
        ("Activity", activity.label if activity else ""),
    ]


def _products(
    programs: ProgramsFile, claim: Claim, activity: Activity | None
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return the headings and a row for each product, with a place for subscription IDs where they count."""
    rows = [(programs.product_label(row.product), row.subscription_id) for row in claim.products] or [
        ("", "")
    ]
    counts = activity is None or SUBSCRIPTION in programs.solution_areas[activity.solution_area].unit
    if not counts:
        return ("Product",), tuple((label,) for label, _ in rows)
    return ("Product", "Subscription ID"), tuple(rows)


def _contacts(programs: ProgramsFile, claim: Claim, activity: Activity | None) -> list[Row]:
    customer = (claim.customer_contact_name, claim.customer_contact_title, claim.customer_contact_email)
    technical = (claim.technical_contact_name, claim.technical_contact_email)
    rows = [("Customer contact", _in_a_line(*customer))]
    if any(technical) or (
        activity and programs.solution_areas[activity.solution_area].needs_technical_contact
    ):
        rows.append(("Technical contact", _in_a_line(*technical)))
    return [*rows, ("Partner contact", _in_a_line(claim.own_contact_name, claim.own_contact_email))]


def _in_a_line(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _section(element: PoeElement) -> Section:
    """Return the section of one element: what has to be shown."""
    return Section(element.label, (element.means,))
