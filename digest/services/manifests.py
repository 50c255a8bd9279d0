"""Manifests: the approval and the send of an edition as signed JSON, written beside its files."""

from datetime import date

from digest.delivery.manifest import sign_manifest
from digest.errors import DigestError, NotFound
from digest.infra.durable_files import write_durably
from digest.services.sending_context import SendingContext


class Manifests:
    """The manifests of one newsletter's editions."""

    def __init__(self, context: SendingContext) -> None:
        self._settings = context.settings
        self._store = context.store
        self._clock = context.clock
        self._output = context.workspace.output_folder

    def signed_manifest(self, day: date) -> str:
        """Return what was approved and what was sent, as signed JSON. Raises NotFound."""
        store = self._store
        approval = store.sent_contents.get_approval(day)
        if approval is None:
            approval = store.editions.get_approval(day)
        sent = store.deliveries.get_freeze_details(day)
        if approval is None or sent is None:
            name = self._settings.name_edition(day)
            raise NotFound(f"the edition of {name} has not been sent")
        content = {
            "edition": self._settings.key_edition(day).short_name,
            "approved": {
                "content_hash": approval.content_hash,
                "by": [name for name in (approval.by, approval.second) if name],
                "at": approval.at.isoformat(),
            },
            "sent": sent
            | {"counts": store.deliveries.get_delivery_report(day).counts},
            "fates": store.provider_events.count_by_fate(day),
        }
        oldest_key = store.subscribers.ensure_signing_keys(self._clock())[0]
        return sign_manifest(content, oldest_key)

    def write_manifest(self, day: date) -> None:
        """Write the manifest into the edition's folder of the output folder.

        Raises DigestError if it cannot be.
        """
        folder = self._settings.key_edition(day).short_name
        file = self._output / folder / "manifest.json"
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_durably(file, self.signed_manifest(day).encode())
        except OSError as error:
            raise DigestError(
                f"all was sent; {file} cannot be written ({error.strerror})"
            ) from error
