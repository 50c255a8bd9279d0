"""Logging in with the organisation's own accounts, by OpenID Connect (openid.net/connect).

Takes the extra `press-digest[oidc]`; Authlib does the protocol.
"""

from typing import TYPE_CHECKING, Any

from flask import Flask, redirect, url_for

from digest.errors import LoginRefused, SettingsError
from digest.web.desk.auth import enter

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from digest.app import App


def add(web: Flask, app: "App") -> None:
    """Add the way to the provider and back, if one is set. Raises SettingsError."""
    rules = app.settings.desk.oidc
    if rules is None:
        return
    try:
        from authlib.integrations.base_client import OAuthError
        from authlib.integrations.flask_client import OAuth
        from joserfc.errors import JoseError
        from requests import RequestException
    except ImportError:
        raise SettingsError(
            ["feeds.yaml: desk.oidc takes an extra: pip install 'press-digest[oidc]'"]
        ) from None
    if not app.workspace.secrets.oidc_client_secret:
        raise SettingsError(
            ["the environment: OIDC_CLIENT_SECRET is missing, for desk.oidc"]
        )
    provider = OAuth(web).register(
        "provider",
        client_id=rules.client_id,
        client_secret=app.workspace.secrets.oidc_client_secret,
        server_metadata_url=f"{rules.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email",
            "code_challenge_method": "S256",
            "timeout": 10,
        },
    )

    wrongs = (OAuthError, JoseError, RequestException, ValueError, RuntimeError)

    @web.get("/oidc", endpoint="oidc")
    def leave() -> Any:
        try:
            return provider.authorize_redirect(url_for("oidc_back", _external=True))
        except wrongs as e:
            raise LoginRefused(f"the provider does not answer as it should: {e}") from e

    @web.get("/oidc/back", endpoint="oidc_back")
    def come_back() -> "Answer":
        try:
            claims = provider.authorize_access_token().get("userinfo") or {}
        except wrongs as e:
            raise LoginRefused(f"the provider did not let you in: {e}") from e
        mail = (
            str(claims.get("email", "")) if claims.get("email_verified") is True else ""
        )
        member = app.staff.provided(
            f"{claims.get('iss', '')} {claims.get('sub', '')}", mail
        )
        enter(app, member)
        return redirect(url_for("home"))
