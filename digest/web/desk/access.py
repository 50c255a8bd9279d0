"""Access: the rights that each page of the desk requires..

Pages that are not listed require an editor's rights.
"""

from digest.model import Rights

#: Endpoints without login: files, and the pages that lead in.
OPEN_ENDPOINTS = frozenset(
    {
        "static",
        "login.show_login",
        "login.log_in",
        "login.show_invitation",
        "login.accept_invitation",
        "login.choose_language",
        "oidc.go_to_provider",
        "oidc.return_from_provider",
    }
)
APPROVER_ENDPOINTS = frozenset(
    {
        "approval.approve_edition",
        "approval.withdraw_approval",
        "approval.give_up_edition",
        "sending.ask_confirmation",
        "sending.send_edition",
        "sending.schedule_edition",
        "sending.pause_send",
        "sending.resume_send",
        "sending.cancel_send",
        "sending.retry_refused",
        "sent.publish_edition",
        "sent.withdraw_edition",
        "corrections.show_page_form",
        "corrections.correct_page",
    }
)
ADMIN_ENDPOINTS = frozenset(
    {
        "staff.list_members",
        "staff.add_member",
        "staff.change_role",
        "staff.reset_member",
        "staff.remove_member",
        "staff.show_audit_log",
    }
)


def required_rights(endpoint: str) -> Rights:
    """Return the rights that a member must have for a page."""
    if endpoint in ADMIN_ENDPOINTS:
        return Rights.ADMIN
    if endpoint in APPROVER_ENDPOINTS:
        return Rights.APPROVER
    return Rights.EDITOR
