/** Headers of every answer. `webSocketOrigins` are this server's own, as `ws:`/`wss:` URLs; `self` alone does not cover them everywhere. */
export function buildSecurityHeaders(
  webSocketOrigins: readonly string[],
  tls: boolean,
): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    // React's style props go through the CSSOM, which CSP lets pass; nothing needs 'unsafe-inline'.
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self' ${webSocketOrigins.join(' ')}`.trimEnd(),
    "worker-src 'self'",
    "manifest-src 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    // No page of another port can become of one origin with ours by `document.domain`: our storage is ours.
    'origin-agent-cluster': '?1',
    'x-frame-options': 'DENY',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
    ...(tls ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  }
}
