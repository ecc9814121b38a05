/** Raised by the SSH layer (`src/main/ssh`). */
export interface SshErrors {
  'ssh.name-not-found': { address: string }
  'ssh.unreachable': { address: string; port: number; reason: string }
  'ssh.connect-timed-out': { address: string; port: number; timeoutMs: number }
  /** Nobody has confirmed this host's key yet. Nothing was stored. */
  'ssh.host-key-unknown': { address: string; port: number; keyType: string; fingerprint: string }
  /** The key differs from the pinned one. */
  'ssh.host-key-changed': {
    address: string
    port: number
    keyType: string
    fingerprint: string
    expectedFingerprint: string
    /** File and line, or "inventory": where the expected key stands. */
    source: string
  }
  'ssh.host-key-revoked': { address: string; port: number; keyType: string; fingerprint: string; source: string }
  /** An authority is trusted for this host but does not vouch for it, and the key itself is not known. Nothing was stored. */
  'ssh.host-key-not-certified': {
    address: string
    port: number
    keyType: string
    fingerprint: string
    source: string
    hint:
      | 'missing'
      | 'other-authority'
      | 'not-for-hosts'
      | 'other-host'
      | 'not-yet-valid'
      | 'expired'
      | 'unknown-option'
      | 'signature-invalid'
      | 'signature-unsupported'
  }
  'ssh.known-hosts-unusable': { path: string; reason: string }
  /** The program that ssh_config names did not end well: what it knows of the key, a revocation even, is not known. */
  'ssh.known-hosts-command-failed': { command: string; reason: string }
  'ssh.address-invalid': { address: string }
  'ssh.user-invalid': { user: string }
  /** The two sides found no common ground before anybody signed in: no common algorithm, not an SSH server. */
  'ssh.handshake-failed': { address: string; port: number; reason: string }
  /** The server closes before it says that it is one: it may refuse this address, or be too busy. `said`: a line of its own, or ''. */
  'ssh.closed-at-once': { address: string; port: number; said: string }
  /** `offered`: what the server has of the kind in `hint`, none of which is known here. */
  'ssh.no-common-algorithm': {
    address: string
    port: number
    offered: string
    hint: 'key-exchange' | 'host-key' | 'cipher' | 'mac' | 'compression'
  }
  /** The server took none of the offered credentials. `tried` lists the methods, never their values. */
  'ssh.authentication-failed': {
    user: string
    address: string
    tried: string
    /** `too-many-attempts`: it stopped listening before all were offered. */
    hint: 'refused' | 'too-many-attempts'
  }
  /**
   * The connection ended during the sign-in, and nothing was refused. `unanswered`: a key or password had been sent;
   * `packet-too-large`: the server sent more at once than SSH allows, as a long `Banner` does.
   */
  'ssh.sign-in-interrupted': {
    user: string
    address: string
    reason: string
    hint: 'closed' | 'unanswered' | 'packet-too-large'
  }
  /** The host's rules for accounts refuse the user; `message` is what it says of that. */
  'ssh.account-refused': { user: string; address: string; message: string }
  'ssh.password-expired': { user: string; address: string }
  'ssh.key-unreadable': { path: string; reason: string }
  'ssh.key-needs-passphrase': { path: string }
  'ssh.key-passphrase-wrong': { path: string }
  /**
   * No passphrase would help. `keyType` says what it is; `hint` what is not supported about it: the kind of key, the way it is
   * encrypted, or PuTTY's way to derive its key.
   */
  'ssh.key-unsupported': { path: string; keyType: string; hint: 'type' | 'encryption' | 'putty' }
  'ssh.agent-unavailable': { path: string; reason: string }
  'ssh.config-invalid': { path: string; line: number; detail: string }
  /** A part of ssh_config that only OpenSSH itself evaluates, which is not installed. The host is reached without it. */
  /**
   * Commands of `Match exec` that ssh would run for this host, and that nobody has allowed: `commands` one a line, `digests`
   * separated by commas, as `allowCommands` takes them. `path` and `line` are those of the first.
   */
  'ssh.config-commands-unconfirmed': { commands: string; digests: string; path: string; line: number }
  'ssh.config-skipped': { path: string; line: number; directive: string }
  /** A program as a proxy is refused; ProxyJump is supported. */
  'ssh.proxy-command-unsupported': { address: string }
  'ssh.jump-failed': { jumpHost: string }
  'ssh.connection-lost': { address: string; reason: string }
  /** The host closed a channel that was in use. */
  'ssh.channel-closed': { target: string; reason: string }
  'ssh.channel-timed-out': { target: string; timeoutMs: number }
  'ssh.channel-limit': { open: number; limit: number }
  /** A forward was refused. OpenSSH says the same for all causes; `hint` says which of them was found by looking. */
  'ssh.forward-refused': {
    target: string
    hint: 'forwarding-forbidden' | 'socket-missing' | 'permission-denied' | 'connection-refused' | 'unknown'
    /** The group that may open the socket, when permission is what lacks. */
    group: string
  }
  /** The user's login shell printed `text` where the protocol that `target` speaks should be. */
  'ssh.shell-output': { target: string; text: string }
  'ssh.exec-timed-out': { command: string; timeoutMs: number }
  'ssh.exec-failed': { command: string; exitCode: number; stderr: string }
  'ssh.exec-output-too-large': { command: string; limitBytes: number }
  'ssh.sftp-failed': {
    operation: string
    path: string
    cause: 'missing' | 'permission-denied' | 'exists' | 'timed-out' | 'too-large' | 'unavailable' | 'failed'
    detail: string
  }
  'ssh.aborted': { operation: string }
}
