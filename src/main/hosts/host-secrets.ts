/** What a host is asked with when it is connected; fetched anew each time and never kept. */
export interface HostSecrets {
  readonly password?: string | undefined
  readonly passphrase?: string | undefined
}
