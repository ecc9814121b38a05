import type { HostAuthentication, HostId, LibvirtMode } from '../../shared/domain/index.ts'

/** How a host is reached, as the inventory keeps it. Its secrets are not part of it. */
export interface HostDefinition {
  readonly id: HostId
  readonly name: string
  readonly transport: 'ssh' | 'local'
  /** Host name, IP address or an alias of ssh_config. Only shown for `local`. */
  readonly address: string
  /** Null: as ssh_config says, else 22. */
  readonly port: number | null
  /** Null: as ssh_config says, else who runs the engine. */
  readonly user: string | null
  readonly authentication: HostAuthentication
  readonly privateKeyPath: string | null
  readonly libvirtMode: LibvirtMode
}

/** What a host is asked with when it is connected; fetched anew each time and never kept. */
export interface HostSecrets {
  readonly password?: string | undefined
  readonly passphrase?: string | undefined
}
