"""A log-in service (OpenID Connect) as a process of its own: `python -m tests.oidc_provider <port>`.

Owns a signing key and one account. It checks what a careful service checks: client, secret, address to
come back to, PKCE, and that a code is used once. `POST /told` sets what it does wrong or says otherwise.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "trygga-steg", "the-secret-of-the-client"
KEYS = {name: RSAKey.generate_key(2048, {"kid": name, "use": "sig"}) for name in ("own", "new", "strange")}
ACCOUNT = {"sub": "fatima-there", "email": "Fatima@Example.org", "email_verified": True, "name": "Fatima"}


class Provider(BaseHTTPRequestHandler):
    """One request; what lasts is on the class."""

    told: ClassVar[dict[str, Any]] = {}
    codes: ClassVar[dict[str, dict[str, str]]] = {}
    issuer = ""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/.well-known/openid-configuration":
            return self._configuration()
        if parts.path == "/keys":
            named = [self.told.get("sign_with", "own")] if self.told.get("turned") else ["own"]
            return self._json({"keys": [KEYS[name].as_dict(private=False) for name in named]})
        if parts.path == "/authorize":
            return self._authorize(query)
        return self._json({"error": "not found"}, 404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/told":
            type(self).told = json.loads(body)
            return self._json({})
        return self._token({name: values[0] for name, values in parse_qs(body).items()})

    def _configuration(self) -> None:
        if self.told.get("moved"):
            self.send_response(302)
            self.send_header("Location", self.told["moved"])
            self.end_headers()
            return
        found = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        self._json(found | self.told.get("configuration", {}))

    def _authorize(self, query: dict[str, str]) -> None:
        assert query["client_id"] == CLIENT
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert {"openid", "email"} <= set(query["scope"].split())
        back = {"state": query["state"]}
        if "error" in self.told:
            back["error"] = self.told["error"]
        else:
            back["code"] = secrets.token_urlsafe(16)
            self.codes[back["code"]] = query
        self.send_response(302)
        self.send_header("Location", f"{query['redirect_uri']}?{urlencode(back)}")
        self.end_headers()

    def _token(self, form: dict[str, str]) -> None:
        if "token_status" in self.told:
            return self._json({"error": "server_error"}, self.told["token_status"])
        given = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {given}":
            return self._json({"error": "invalid_client"}, 401)
        asked = self.codes.pop(form.get("code", ""), None)
        shown = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or asked["redirect_uri"] != form.get("redirect_uri")
            or asked["code_challenge"] != shown.decode().rstrip("=")
        ):
            return self._json({"error": "invalid_grant"}, 400)
        return self._json(
            {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": self._id_token(asked)}
        )

    def _id_token(self, asked: dict[str, str]) -> str:
        at = int(time.time()) + self.told.get("shift_s", 0)
        times = {"iat": at, "exp": at + 300}
        claims = {"iss": self.issuer, "aud": CLIENT, "nonce": asked["nonce"], **times, **ACCOUNT}
        claims |= self.told.get("claims", {})
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.told.get("shared_secret"):
            key = OctKey.import_key("what everybody may read as if it were a secret")
            return jwt.encode({"alg": "HS256", "kid": "own"}, claims, key, algorithms=["HS256"])
        name = self.told.get("sign_with", "own")
        kid = self.told.get("kid", name)
        return jwt.encode({"alg": "RS256", "kid": kid}, claims, KEYS[name])

    def _json(self, body: Any, status: int = 200) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_words: Any) -> None:
        """Quiet."""


if __name__ == "__main__":
    port = int(sys.argv[1])
    Provider.issuer = f"http://127.0.0.1:{port}"
    ThreadingHTTPServer(("127.0.0.1", port), Provider).serve_forever()
