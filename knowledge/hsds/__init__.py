"""Open Referral's HSDS 3.0: services as nested JSON and as CSV tables, in and out without loss."""

from knowledge.hsds.exporting import export_service, export_services
from knowledge.hsds.importing import BadService, import_service
from knowledge.hsds.package import read_package, write_package
from knowledge.hsds.tables import assemble, flatten

__all__ = [
    "BadService",
    "assemble",
    "export_service",
    "export_services",
    "flatten",
    "import_service",
    "read_package",
    "write_package",
]
