"""Transports: SMTP, SendGrid and the outbox, one contract."""
