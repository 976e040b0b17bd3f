// The names whose values nobody may see who watches: those that are secret everywhere, and those
// that documents add. Case, dashes and underscores make no difference, and of a name with parts,
// "user[password]" or "user.password", each part counts.

const FIELDS: readonly string[] = [
  ...["password", "passwd", "pwd", "pass", "passphrase", "passcode", "password_confirmation"],
  ...["new_password", "old_password", "current_password", "confirm_password", "user_password"],
  ...["secret", "client_secret", "shared_secret", "secret_key", "private_key", "signing_key"],
  ...["token", "access_token", "refresh_token", "id_token", "auth_token", "session_token"],
  ...["bearer_token", "csrf_token", "xsrf_token", "security_token", "device_token", "jwt"],
  ...["authorization", "proxy_authorization", "cookie", "set_cookie", "credential"],
  ...["credentials", "client_assertion", "assertion", "api_key", "x_api_key", "access_key"],
  ...["secret_access_key", "x_auth_token", "session_id", "otp", "totp", "mfa_code", "pin"],
  ...["card_number", "credit_card", "cc_number", "pan", "cvv", "cvv2", "cvc", "cvc2"],
  ...["card_verification_value", "security_code", "ssn", "social_security_number"],
];

// Words that are secret where forms and addresses bear them, and mean much else in JSON.
const PARAMETERS: readonly string[] = [
  ...["auth", "code", "key", "session", "sig", "signature"],
  ...["x-amz-credential", "x-amz-security-token", "x-amz-signature", "x-goog-signature"],
];

const BETWEEN_PARTS = /[[\].]/;

export class SecretNames {
  readonly #fields: ReadonlySet<string>;
  readonly #parameters: ReadonlySet<string>;

  constructor(more: readonly string[] = []) {
    this.#fields = new Set([...FIELDS, ...more].map(folded));
    this.#parameters = new Set([...this.#fields, ...PARAMETERS.map(folded)]);
  }

  // Of a member of an object in JSON.
  hasField(name: string): boolean {
    return isIn(this.#fields, name);
  }

  // Of a form or a query, decoded.
  hasParameter(name: string): boolean {
    return isIn(this.#parameters, name);
  }
}

function isIn(names: ReadonlySet<string>, name: string): boolean {
  if (names.has(folded(name))) return true;
  return BETWEEN_PARTS.test(name) && name.split(BETWEEN_PARTS).some((p) => names.has(folded(p)));
}

function folded(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, "");
}
