"""Login with the organisation's own accounts, by OpenID Connect (openid.net/connect).

Needs the extra `press-digest[oidc]`; Authlib implements the protocol.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, current_app, redirect, url_for

from digest.errors import LoginRefused, SettingsError
from digest.web.current import app
from digest.web.desk.access import without_login
from digest.web.desk.login_session import log_member_in
from digest.web.newsletter_paths import url_in_newsletter

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from digest.app import App
    from digest.settings.models import OpenId

KEY = "digest-oidc"
TIMEOUT_SECONDS = 10

blueprint = Blueprint("oidc", __name__)


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider of accounts."""

    client: Any  #: Authlib's
    errors: tuple[type[Exception], ...]  #: that the client may raise


def add_provider_login(web: Flask, workspace: "App") -> None:
    """Add the way to the provider and back, if one is set. Raises SettingsError."""
    settings = workspace.settings.desk.oidc
    if settings is None:
        return
    secret = workspace.workspace.secrets.oidc_client_secret
    web.extensions[KEY] = _connect_provider(web, settings, secret)
    web.register_blueprint(blueprint)


@blueprint.get("/oidc")
@without_login
def go_to_provider() -> "ResponseReturnValue":
    """Lead to the provider's login."""
    provider = _current_provider()
    # providers know one address to return to
    return_url = url_in_newsletter(
        "", "oidc.return_from_provider", external=True
    )
    try:
        response: ResponseReturnValue = provider.client.authorize_redirect(
            return_url
        )
    except provider.errors as error:
        raise LoginRefused(
            f"the provider does not answer as it should: {error}"
        ) from error
    return response


@blueprint.get("/oidc/back")
@without_login
def return_from_provider() -> "ResponseReturnValue":
    """Log in the member whose account the provider names."""
    provider = _current_provider()
    try:
        claims = provider.client.authorize_access_token().get("userinfo") or {}
    except provider.errors as error:
        raise LoginRefused(
            f"the provider did not let you in: {error}"
        ) from error
    address = ""
    if claims.get("email_verified") is True:
        address = str(claims.get("email", ""))
    subject = f"{claims.get('iss', '')} {claims.get('sub', '')}"
    log_member_in(app.staff.log_in_by_provider(subject, address))
    return redirect(url_for("home.show_home"))


def _current_provider() -> Provider:
    provider: Provider = current_app.extensions[KEY]
    return provider


def _connect_provider(web: Flask, settings: "OpenId", secret: str) -> Provider:
    try:
        from authlib.integrations.base_client import OAuthError
        from authlib.integrations.flask_client import OAuth
        from joserfc.errors import JoseError
        from requests import RequestException
    except ImportError:
        raise SettingsError(
            [
                "feeds.yaml: desk.oidc takes an extra: pip install 'press-digest[oidc]'"
            ]
        ) from None
    if not secret:
        raise SettingsError(
            ["the environment: OIDC_CLIENT_SECRET is missing, for desk.oidc"]
        )
    issuer = settings.issuer.rstrip("/")
    client = OAuth(web).register(
        "provider",
        client_id=settings.client_id,
        client_secret=secret,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email",
            "code_challenge_method": "S256",
            "timeout": TIMEOUT_SECONDS,
        },
    )
    errors = (OAuthError, JoseError, RequestException, ValueError, RuntimeError)
    return Provider(client, errors)
