"""The closed list of verbs that rule files may name as effects; `assess` is added by `app.py`."""

from collections.abc import Mapping

from portal.claims.consent_links import new_link
from portal.claims.desk import Verb
from portal.claims.effects.answers_given import (
    record_agreement,
    record_decline,
    record_reasons,
    take_documents,
    use_dispute,
)
from portal.claims.effects.copying import copy_claim
from portal.claims.effects.drafts import create_claim, delete_claim
from portal.claims.effects.extension import extend_deadline
from portal.claims.effects.fields import save_fields
from portal.claims.effects.messages import close_request, open_request, post_message
from portal.claims.effects.removal import remove_products
from portal.claims.effects.reviewers import assign_chosen, assign_other_reviewer, assign_self, mark_overdue
from portal.claims.effects.settlement import settle_others
from portal.claims.effects.submission import freeze, next_round

VERBS: Mapping[str, Verb] = {
    "assign_chosen": assign_chosen,
    "assign_other_reviewer": assign_other_reviewer,
    "assign_self": assign_self,
    "close_request": close_request,
    "copy_claim": copy_claim,
    "create_claim": create_claim,
    "delete_claim": delete_claim,
    "extend_deadline": extend_deadline,
    "freeze": freeze,
    "mark_overdue": mark_overdue,
    "next_round": next_round,
    "open_request": open_request,
    "post_message": post_message,
    "record_agreement": record_agreement,
    "record_decline": record_decline,
    "record_reasons": record_reasons,
    "remove_products": remove_products,
    "renew_consent_link": new_link,
    "save_fields": save_fields,
    "settle_others": settle_others,
    "take_documents": take_documents,
    "use_dispute": use_dispute,
}
