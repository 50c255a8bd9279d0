"""Refusals from life, each with whom it is about. The list was made before the rules were."""

import pytest

from digest.delivery.refusals import (
    Advice,
    RefusalScope,
    judge_reply,
    judge_request,
)

GONE, READER, LATER = RefusalScope.GONE, RefusalScope.READER, RefusalScope.LATER
US, US_LATER, UNCLEAR = (
    RefusalScope.US,
    RefusalScope.US_LATER,
    RefusalScope.UNCLEAR,
)

#: provider | stage | reply | whom it is about. From support.google.com/a/answer/3726730,
#: learn.microsoft.com (non-delivery reports in Exchange Online), senders.yahooinc.com, smtp.codes,
#: docs.aws.amazon.com/ses (SMTP response codes), postfix.org, exim.org, cr.yp.to/qmail,
#: postmaster.gmx.net, support.prolateral.com, sitepackage.de, and RFC 3463 for what is left.
REPLIES = [
    # nobody of that name
    ("Postfix", "rcpt", "550 5.1.1 <ada@r.example>: Recipient address rejected: User unknown in local recipient table", GONE),
    ("Postfix", "rcpt", "550 5.1.1 <ada@r.example>: Recipient address rejected: User unknown in virtual mailbox table", GONE),
    ("Postfix", "rcpt", "550 5.1.2 <ada@r.example>: Recipient address rejected: Domain not found", GONE),
    ("Postfix", "rcpt", "501 5.1.3 Bad recipient address syntax", GONE),
    ("Postfix, RFC 7505", "rcpt", "556 5.1.10 <ada@r.example>: Recipient address rejected: Domain r.example does not accept mail (nullMX)", GONE),
    ("RFC 3463", "rcpt", "550 5.1.6 Mailbox has moved, no forwarding address", GONE),
    ("Gmail", "rcpt", "550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address for typos or unnecessary spaces. gsmtp", GONE),
    ("Gmail", "rcpt", "550 5.2.1 The email account that you tried to reach is disabled. gsmtp", GONE),
    ("Exchange Online", "rcpt", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ada@r.example not found by SMTP address lookup", GONE),
    ("Outlook.com", "rcpt", "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).", READER),
    ("Yahoo", "dot", "554 delivery error: dd This user doesn't have a yahoo.com account (ada@yahoo.com) [0] - mta1.mail", GONE),
    ("Yahoo", "dot", "554 delivery error: dd Sorry your message to ada@yahoo.de cannot be delivered. This account has been disabled or discontinued [#102].", GONE),
    ("iCloud", "rcpt", "550 5.1.1 <ada@icloud.com>: user does not exist", GONE),
    ("GMX, web.de", "rcpt", "550 Requested action not taken: mailbox unavailable For explanation visit https://postmaster.gmx.net", READER),
    ("web.de", "rcpt", "550 Benutzer nicht bekannt/User unknown", GONE),
    ("Sendmail", "rcpt", "550 5.1.1 <ada@r.example>... User unknown", GONE),
    ("qmail", "rcpt", "554 Sorry, no mailbox here by that name. (#5.1.1)", GONE),
    ("Exim", "rcpt", "550 Unrouteable address", GONE),
    ("Exim", "rcpt", "550 No Such User Here", GONE),
    ("AT&T", "rcpt", "550 5.2.1 <ada@prodigy.example>... Addressee unknown, relay=[192.0.2.1]", GONE),
    ("no code", "rcpt", "550 no such user", GONE),
    # this reader, for this edition
    ("Gmail", "rcpt", "552 5.2.2 The email account that you tried to reach is over quota. gsmtp", LATER),
    ("T-Online", "rcpt", "552 5.2.2 Over STORAGE quota", LATER),
    ("web.de", "rcpt", "550 Benutzer hat das Speichervolumen ueberschritten. / User has exhausted allowed storage space.", LATER),
    ("no code", "rcpt", "552 Requested mailbox exceeds quota.", LATER),
    ("Orange", "rcpt", "552 5.1.1 La boîte du destinataire est pleine. Recipient overquota.", LATER),
    ("Google", "rcpt", "550 5.2.1 This user is receiving mail at a rate that stops further mail.", LATER),
    ("any", "rcpt", "550 5.7.1 Refused. Of user unknown errors write to postmaster@r.example.", UNCLEAR),
    ("any", "dot", "550 5.6.11 The message holds bare line feeds.", US),
    ("Exchange", "dot", "554 5.2.0 STOREDRV.Submission; SubmissionQuotaExceeded", US),
    ("host", "dot", "550 Outgoing mail of letter@o.example is suspended.", US),
    ("Exchange", "rcpt", "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required", READER),
    ("Exchange", "rcpt", "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required", READER),
    ("Postfix", "rcpt", "553 5.6.7 Must issue SMTPUTF8 first", READER),
    # either: a run of them tells
    ("Exchange Online", "rcpt", "550 5.4.1 Recipient address rejected: Access denied. [AM7EUR03FT012]", UNCLEAR),
    ("Gmail", "dot", "550 5.7.1 This message violates example.com email policy. - gcdp 1a2b - gsmtp", UNCLEAR),
    ("iCloud", "dot", "550 5.7.1 [CS01] Message rejected due to local policy. Please visit https://support.apple.com/en-us/HT204137", UNCLEAR),
    ("any", "dot", "550 5.7.1 Message rejected as spam", UNCLEAR),
    ("OVH", "dot", "550 5.7.1 Spam detected", UNCLEAR),
    ("GMX", "dot", "554 Transaction failed Reject due to policy restrictions.", UNCLEAR),
    ("Postfix", "rcpt", "550 5.1.1 <ada@r.example>: Recipient address rejected: undeliverable address: host mx.r.example[192.0.2.7] said: 554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org (in reply to RCPT TO command)", UNCLEAR),
    ("no code", "rcpt", "550 Blocked", UNCLEAR),
    # us: name and password
    ("Postfix", "rcpt", "554 5.7.1 <ada@r.example>: Relay access denied", US),
    ("Postfix", "rcpt", "454 4.7.1 <ada@r.example>: Relay access denied", US_LATER),
    ("Exim", "rcpt", "550 relay not permitted", US),
    ("qmail", "rcpt", "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", US),
    ("Sendmail", "rcpt", "550 5.7.1 <ada@r.example>... Relaying denied. Proper authentication required.", US),
    ("Exchange", "rcpt", "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain", US),
    ("Exchange Online", "mail", "530 5.7.57 Client not authenticated to send mail.", US),
    ("Gmail", "mail", "530 5.7.0 Authentication Required. For more information, go to https://support.google.com/mail", US),
    ("Mailgun", "rcpt", "550 5.7.1 Relaying denied", US),
    # us: the sender's address
    ("Postfix", "rcpt", "553 5.7.1 <letter@o.example>: Sender address rejected: not owned by user ada", US),
    ("Postfix", "rcpt", "550 5.1.8 <letter@o.example>: Sender address rejected: Domain not found", US),
    ("RFC 3463", "rcpt", "553 5.1.7 Bad sender's mailbox address syntax", US),
    ("Exim", "rcpt", "550 Sender verify failed", US),
    ("Exchange Online", "dot", "550 5.7.60 SMTP; Client does not have permissions to send as this sender", US),
    ("Exchange Online", "dot", "554 5.2.252 SendAsDenied; letter@o.example not allowed to send as info@o.example", US),
    ("Amazon SES", "dot", "554 Message rejected: Email address is not verified. The following identities failed the check in region EU-WEST-1: letter@o.example", US),
    ("Mailgun", "dot", "550 Domain sandbox123.mailgun.org is not allowed to send: Free accounts are for test purposes only.", US),
    ("Outlook.com", "dot", "550 5.7.515 Access denied, sending domain o.example does not meet the required authentication level.", US),
    ("Gmail", "dot", "550 5.7.26 Unauthenticated email from o.example is not accepted due to domain's DMARC policy.", US),
    ("GMX", "rcpt", "550 Reject due to SPF policy. The originating IP of the message is not permitted by the domain owner", US),
    # us: the account's limit
    ("Gmail", "dot", "550 5.4.5 Daily user sending quota exceeded. gsmtp", US),
    ("Gmail", "dot", "550 5.4.5 Daily SMTP relay sending limit exceeded for customer.", US),
    ("Exchange Online", "dot", "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients", US),
    ("Exchange Online", "dot", "550 5.7.705 Access denied, tenant has exceeded threshold", US),
    ("Exchange Online", "dot", "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP", US),
    ("Prolateral", "rcpt", "554 5.7.1 <ada@r.example>: Recipient address rejected: You have exceeded your Outmail quota.", US),
    ("cPanel, Exim", "rcpt", "550 Domain o.example has exceeded the max emails per hour (100/100 (100%)) allowed. Message discarded.", US),
    ("Amazon SES", "dot", "454 Throttling failure: Daily message quota exceeded.", US_LATER),
    ("Amazon SES", "dot", "454 Throttling failure: Maximum sending rate exceeded.", US_LATER),
    ("Mailgun", "rcpt", "421 Domain o.example is not allowed to send: recipient limit exceeded", US_LATER),
    # us: listed, too large, spoken wrongly
    ("Postfix", "rcpt", "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", US),
    ("Exchange Online", "rcpt", "550 5.7.606 Access denied, banned sending IP [192.0.2.1]", US),
    ("GMX", "connect", "554 gmx.net (mxgmx104) Nemesis ESMTP Service not available No SMTP service IP address is block listed.", US),
    ("any", "dot", "552 5.3.4 Message size exceeds fixed limit", US),
    ("Exchange", "dot", "552 5.2.3 Message length exceeds administrative limit", US),
    ("no code", "dot", "552 Error: message too large", US),
    ("Postfix", "rcpt", "503 5.5.1 Error: need MAIL command", US),
    # for now
    ("Postgrey", "rcpt", "450 4.2.0 <ada@r.example>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/r.example.html", LATER),
    ("Exim", "rcpt", "451 Greylisting in action, please come back in 00:05:00", LATER),
    ("Gmail", "rcpt", "450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages from being delivered.", LATER),
    ("Gmail", "rcpt", "452 4.2.2 The email account that you tried to reach is over quota.", LATER),
    ("Postfix", "rcpt", "450 4.1.2 <ada@r.example>: Recipient address rejected: Domain not found", LATER),
    ("Postfix", "rcpt", "451 4.3.0 <ada@r.example>: Temporary lookup failure", LATER),
    ("qmail", "rcpt", "451 qq trouble in home directory", LATER),
    ("Gmail", "dot", "450 4.2.1 Peak SMTP relay limit exceeded for customer.", US_LATER),
    ("Yahoo", "mail", "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints", US_LATER),
    ("GMX", "rcpt", "450 Rate limit reached. Please try again later", US_LATER),
    ("Postfix", "rcpt", "450 4.1.8 <letter@o.example>: Sender address rejected: Domain not found", US_LATER),
]  # fmt: skip


@pytest.mark.parametrize(("who", "stage", "reply", "about"), REPLIES)
def test_a_reply_from_life_is_taken_for_whom_it_is_about(
    who: str, stage: str, reply: str, about: RefusalScope
) -> None:
    assert judge_reply(stage, int(reply[:3]), reply[4:]).about == about


#: Twilio: "Mail Send errors", and support.sendgrid.com "4XX API Errors and Troubleshooting".
REQUESTS = [
    (401, "Maximum credits exceeded", None, US, Advice.LIMIT),
    (401, "The provided authorization grant is invalid, expired, or revoked", None, US, Advice.KEY),
    (401, "Authenticated user is not authorized to send mail", None, US, Advice.KEY),
    (403, "access forbidden", None, US, Advice.KEY),
    (403, "The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved.", "from", US, Advice.SENDER),
    (400, "The from address does not match a verified Sender Identity.", "from", US, Advice.SENDER),
    (400, "The from email does not contain a valid address.", "from.email", US, Advice.SENDER),
    (400, "The reply_to email does not contain a valid address.", "reply_to.email", US, Advice.SETTINGS),
    (400, "The subject is required.", "subject", US, Advice.SETTINGS),
    (400, "Bad Request", None, UNCLEAR, Advice.UNKNOWN),
    (400, "Does not contain a valid address.", "personalizations.3.to.0.email", GONE, Advice.UNKNOWN),
    (400, "Does not contain a valid address.", None, GONE, Advice.UNKNOWN),
    (400, "The substitutions are too large.", "personalizations.0.substitutions", READER, Advice.UNKNOWN),
    (413, "The JSON payload you have included in your request is too large.", None, US, Advice.SIZE),
    (404, "The resource you tried to locate could not be found or does not exist.", None, US, Advice.SETTINGS),
    (405, "METHOD NOT ALLOWED", None, US, Advice.SETTINGS),
    (415, "Content-Type should be application/json.", "content-type", US, Advice.SETTINGS),
]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "message", "field", "about", "advice"), REQUESTS
)
def test_a_refusal_of_sendgrids_is_taken_for_whom_it_is_about(
    status: int,
    message: str,
    field: str | None,
    about: RefusalScope,
    advice: Advice,
) -> None:
    verdict = judge_request(status, message, field)
    assert (verdict.about, verdict.advice) == (about, advice)


@pytest.mark.parametrize(
    ("reply", "advice"),
    [
        ("554 5.7.1 <ada@r.example>: Relay access denied", Advice.LOGIN),
        ("553 5.7.1 <letter@o.example>: Sender address rejected: not owned by user", Advice.SENDER),
        ("550 5.7.26 Unauthenticated email from o.example is not accepted due to domain's DMARC policy.", Advice.RECORDS),
        ("550 5.4.5 Daily user sending quota exceeded", Advice.LIMIT),
        ("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", Advice.LISTED),
        ("552 5.3.4 Message size exceeds fixed limit", Advice.SIZE),
        ("550 5.7.1 Message rejected as spam", Advice.CONTENT),
    ],
)  # fmt: skip
def test_what_is_to_be_done_is_said(reply: str, advice: Advice) -> None:
    assert judge_reply("dot", int(reply[:3]), reply[4:]).advice == advice


@pytest.mark.parametrize(
    ("who", "stage", "reply", "about"), [r for r in REPLIES if r[3] == GONE]
)
@pytest.mark.parametrize(
    "more", ["; client host blocked", ": relay access denied", " (spamhaus)"]
)
def test_nobody_is_called_gone_by_a_reply_that_speaks_of_us_too(
    who: str, stage: str, reply: str, about: RefusalScope, more: str
) -> None:
    assert judge_reply(stage, int(reply[:3]), reply[4:] + more).about != GONE
