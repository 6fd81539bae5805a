"""The files of one policy as models, and the catalogs of codes that they declare together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from pydantic import BaseModel

from portal.rulebook import example_models, incentive_models, models, program_models, translation_models
from portal.rulebook.models import CatalogReason

FILES: Mapping[str, type[BaseModel]] = {
    "policy.yaml": models.PolicyFile,
    "vocabulary.yaml": models.VocabularyFile,
    "roles.yaml": models.RolesFile,
    "programs.yaml": program_models.ProgramsFile,
    "lifecycle.yaml": models.LifecycleFile,
    "deadlines.yaml": models.DeadlinesFile,
    "reasons.yaml": models.ReasonsFile,
    "notifications.yaml": models.NotificationsFile,
}
INCENTIVES = "incentives.yaml"
QUESTION_FILES = ("association.yaml", "evidence.yaml", INCENTIVES)
CASES = "examples/cases.yaml"
TRANSLATIONS = "translations/"  # the folder with one file a language


def model_of(file: str) -> type[BaseModel] | None:
    """Return the model that `file` must have, or None where no such file belongs to a policy."""
    if file in FILES:
        return FILES[file]
    if file == INCENTIVES:
        return incentive_models.IncentivesFile
    if file in QUESTION_FILES:
        return models.QuestionFile
    if file == CASES:
        return example_models.CasesFile
    if file.startswith("examples/") and file.count("/") == 1 and file.endswith(".yaml"):
        return example_models.ExamplesFile
    if file.startswith(TRANSLATIONS) and file.count("/") == 1 and file.endswith(".yaml"):
        return translation_models.TranslationsFile
    return None


@dataclass(frozen=True)
class Parts:
    """Every file of one policy, read into its model."""

    policy: models.PolicyFile
    vocabulary: models.VocabularyFile
    roles: models.RolesFile
    programs: program_models.ProgramsFile
    lifecycle: models.LifecycleFile
    deadlines: models.DeadlinesFile
    reasons: models.ReasonsFile
    notifications: models.NotificationsFile
    questions: Mapping[str, models.QuestionFile]  # file → its rules
    cases: example_models.CasesFile
    examples: Mapping[str, example_models.ExamplesFile]  # file → its examples
    translations: Mapping[str, translation_models.TranslationsFile]  # file → what customers read, translated

    @property
    def incentives(self) -> incentive_models.IncentivesFile:
        """What incentives.yaml says besides its rules; nothing where a policy has no such file."""
        found = self.questions.get(INCENTIVES)
        empty = incentive_models.IncentivesFile(questions={})
        return found if isinstance(found, incentive_models.IncentivesFile) else empty

    @property
    def catalogs(self) -> Mapping[str, Mapping[str, BaseModel]]:
        """The named lists of codes that a choice, a set or an ask may be `of`."""
        return {
            "statuses": self.lifecycle.statuses,
            "activities": self.programs.activities,
            "products": self.programs.products,
            "engagements": self.programs.engagements,
            "solution_areas": self.programs.solution_areas,
            "roles": self.roles.roles,
            "subscription_states": self.incentives.subscription_states,
            **self.reason_catalogs,
        }

    @property
    def reason_catalogs(self) -> Mapping[str, Mapping[str, CatalogReason]]:
        return {
            "information_reasons": self.reasons.information_reasons,
            "rejection_reasons": self.reasons.rejection_reasons,
            "partner_request_reasons": self.reasons.partner_request_reasons,
        }

    def reasons_of(self, name: str) -> Mapping[str, CatalogReason]:
        """Return the reasons of a catalog, or of a named set of one; none where it is neither."""
        if name in self.reason_catalogs:
            return self.reason_catalogs[name]
        named = self.vocabulary.sets.get(name)
        if named is None:
            return {}
        catalog = self.reason_catalogs.get(named.from_, {})
        return {code: catalog[code] for code in self.codes_of_set(name) if code in catalog}

    def codes_of_set(self, name: str) -> tuple[str, ...]:
        """Return the codes of a named set, in the order of its catalog."""
        named = self.vocabulary.sets[name]
        catalog = self.catalogs.get(named.from_, {})
        return tuple(code for code, entry in catalog.items() if attributes_of(entry).get(named.where))


def attributes_of(entry: BaseModel) -> dict[str, bool]:
    """Return what is true or false of a catalog's entry, by the name a set may select it by.

    A field with few choices gives one attribute a choice: `chosen_by: reviewer` makes
    `chosen_by_reviewer` true.
    """
    found: dict[str, bool] = {}
    for name, field in type(entry).model_fields.items():
        value = getattr(entry, name)
        if isinstance(value, bool):
            found[name] = value
        elif isinstance(value, str):
            choices = [choice for choice in get_args(field.annotation) if isinstance(choice, str)]
            found |= {f"{name}_{choice}": value == choice for choice in choices}
    return found
