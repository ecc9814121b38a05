import type { HostDefinition } from '../../shared/domain/index.ts'
import {
  connectSsh,
  type KnownHosts,
  type SkippedDirective,
  type SshConfigSource,
  type SshTarget,
} from '../ssh/index.ts'
import type { HostRoute, OpenRouteOptions } from './host-route.ts'
import type { HostSecrets } from './link-settings.ts'
import { openLocalRoute } from './local-route.ts'
import { openSshRoute } from './ssh-route.ts'

export interface OpenHostRouteOptions extends OpenRouteOptions {
  /** Asked when a secret is needed. */
  readonly secrets: () => Promise<HostSecrets>
  readonly knownHosts: KnownHosts
  /** The fingerprint that a person confirmed: that key is pinned when the host offers it. */
  readonly acceptFingerprint?: string | undefined
  readonly sshConfig?: SshConfigSource | undefined
  /** Sockets of this computer's daemons. */
  readonly localSockets: (mode: HostDefinition['libvirtMode']) => readonly string[]
}

/** Opens the way to a host, as its definition says. Errors: those of `connectSsh`. */
export async function openHostRoute(definition: HostDefinition, options: OpenHostRouteOptions): Promise<HostRoute> {
  const { libvirtMode } = definition
  if (definition.transport === 'local') return openLocalRoute(options.localSockets(libvirtMode), libvirtMode)
  const { acceptFingerprint, timeoutMs, signal, sshConfig, knownHosts } = options
  let configSkipped: readonly SkippedDirective[] = []
  const session = await connectSsh({
    target: targetOf(definition),
    secrets: async () => {
      const { password, passphrase } = await options.secrets()
      return { ...(password === undefined ? {} : { password }), ...(passphrase === undefined ? {} : { passphrase }) }
    },
    knownHosts,
    ...(acceptFingerprint === undefined ? {} : { acceptFingerprint }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(signal === undefined ? {} : { signal }),
    ...(sshConfig === undefined ? {} : { config: sshConfig }),
    onConfigSkipped: (skipped) => {
      // The hosts on the way are mostly configured by the same lines.
      const others = skipped.filter(
        ({ path, line }) => !configSkipped.some((known) => known.path === path && known.line === line),
      )
      configSkipped = [...configSkipped, ...others]
      options.onConfigSkipped?.(configSkipped)
    },
  })
  return openSshRoute(session, definition, configSkipped)
}

/** What SSH makes of a host's definition. */
export function targetOf(definition: HostDefinition): SshTarget {
  const { address, port, user, authentication, privateKeyPath, jumpHost } = definition
  return {
    address,
    ...(port === null ? {} : { port }),
    ...(user === null ? {} : { user }),
    authentication,
    ...(privateKeyPath === null ? {} : { privateKeyPath }),
    ...(jumpHost === null ? {} : { proxyJump: jumpHost }),
  }
}
