"""Manifests: the approval and the send of an edition as signed JSON, written beside its files."""

from datetime import date

from digest.delivery.manifest import sign_manifest
from digest.errors import DigestError, NotFound
from digest.infra.durable_files import write_durably
from digest.services.sending_context import SendingContext


class Manifests:
    """The manifests of one workspace's editions."""

    def __init__(self, context: SendingContext) -> None:
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
            raise NotFound(f"the edition of {day} has not been sent")
        content = {
            "edition": day.isoformat(),
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
        """Write the manifest into output/<date>/. Raises DigestError if it cannot be."""
        file = self._output / day.isoformat() / "manifest.json"
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_durably(file, self.signed_manifest(day).encode())
        except OSError as error:
            raise DigestError(
                f"all was sent; {file} cannot be written ({error.strerror})"
            ) from error
