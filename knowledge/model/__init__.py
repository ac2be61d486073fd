"""The tables of the knowledge base, named after HSDS 3.0."""

from knowledge.model.base import Base, Extended, Identified, Owned, new_id
from knowledge.model.details import Accessibility, CostOption, Language, RequiredDocument, ServiceArea
from knowledge.model.evidence import Doubt, Source
from knowledge.model.places import Address, Contact, Location, Phone, ServiceAtLocation
from knowledge.model.schedules import Schedule, ScheduleException
from knowledge.model.search import ServiceTopic, ServiceWords
from knowledge.model.services import Organization, Service
from knowledge.model.taxonomy import Attribute, Metadata, ServiceTag, Taxonomy, TaxonomyTerm
from knowledge.model.territories import FirstStep, Territory, TerritoryNumber
from knowledge.model.texts import Translation

__all__ = [
    "Accessibility",
    "Address",
    "Attribute",
    "Base",
    "Contact",
    "CostOption",
    "Doubt",
    "Extended",
    "FirstStep",
    "Identified",
    "Language",
    "Location",
    "Metadata",
    "Organization",
    "Owned",
    "Phone",
    "RequiredDocument",
    "Schedule",
    "ScheduleException",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "ServiceTag",
    "ServiceTopic",
    "ServiceWords",
    "Source",
    "Taxonomy",
    "TaxonomyTerm",
    "Territory",
    "TerritoryNumber",
    "Translation",
    "new_id",
]
