"""The shape of incentives.yaml: who earns, and the words of earnings and payouts."""

from typing import Literal

from pydantic import Field

from portal.rulebook.models import Code, QuestionFile, Strict, Text


class SubscriptionState(Strict):
    """A state that imported subscriptions are in; `earns` while the customer has it."""

    label: Text
    means: Text
    earns: bool = False


class Lever(Strict):
    """What an earning is paid for."""

    label: Text
    means: Text


class PaymentStatus(Strict):
    """How far the payment of an earning has come; `paid` and `withheld` say how it ended, if it has."""

    label: Text
    means: Text
    tone: Literal["neutral", "info", "attention", "success", "danger"] = "neutral"
    paid: bool = False
    withheld: bool = False  # every line of it tells a reason


class PaymentReason(Strict):
    """Why an earning was not paid, and what the partner does about it."""

    label: Text
    means: Text
    next_step: Text


class IncentivesFile(QuestionFile):
    """incentives.yaml: who earns, and the words of earnings and payouts."""

    subscription_states: dict[Code, SubscriptionState] = Field(default_factory=dict)
    levers: dict[Code, Lever] = Field(default_factory=dict)
    payment_statuses: dict[Code, PaymentStatus] = Field(default_factory=dict)
    payment_reasons: dict[Code, PaymentReason] = Field(default_factory=dict)
