import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createHostRegistry,
  type HostChange,
  type HostLink,
  type HostRegistry,
  type HostRegistryOptions,
  type LinkTiming,
} from '../../src/main/hosts/index.ts'
import { createKnownHosts } from '../../src/main/ssh/index.ts'
import { type ClusterId, defaultSettings, type HostDefinition, type HostId } from '../../src/shared/domain/index.ts'
import type { LabHost } from './host.ts'

/** A registry with one link to a lab host, and everything it said. */
export interface LinkBench {
  readonly registry: HostRegistry
  readonly link: HostLink
  readonly changes: HostChange[]
  readonly statuses: string[]
  stop(): Promise<void>
}

export const BENCH_HOST_ID = '11111111-1111-4111-8111-111111111111' as HostId
export const BENCH_CLUSTER_ID = '22222222-2222-4222-8222-222222222222' as ClusterId

export function labDefinition(host: LabHost, id = BENCH_HOST_ID): HostDefinition {
  return {
    id,
    clusterId: BENCH_CLUSTER_ID,
    name: host.name,
    transport: 'ssh',
    address: host.address,
    port: 22,
    user: host.user,
    authentication: 'key',
    privateKeyPath: host.privateKeyPath,
    jumpHost: null,
    storageManagerPriority: 5,
    libvirtMode: 'system',
  }
}

export interface LinkBenchOptions extends Partial<LinkTiming> {
  readonly nonResponsiveAfterMs?: number
  readonly user?: string
  readonly hostId?: HostId
  readonly connectTimeoutMs?: number
  /** What the user signs in with; default: the lab's key. */
  readonly password?: string
  readonly startBulkThread?: HostRegistryOptions['startBulkThread']
}

/** Connects to a lab host by a registry of its own, whose key is accepted as the lab gives it. */
export async function startLinkBench(
  host: LabHost,
  {
    nonResponsiveAfterMs = 60_000,
    user = host.user,
    hostId,
    connectTimeoutMs = 5_000,
    password,
    startBulkThread,
    ...timing
  }: LinkBenchOptions = {},
): Promise<LinkBench> {
  const folder = await mkdtemp(join(tmpdir(), 'virtdeck-link-'))
  const secrets = password === undefined ? {} : { password }
  const registry = createHostRegistry({
    knownHosts: createKnownHosts({ ownPath: join(folder, 'known_hosts') }),
    secrets: async () => secrets,
    settings: () => ({ ...defaultSettings, connectTimeoutMs, nonResponsiveAfterMs }),
    timing: { decidePauseMs: () => 100, ...timing },
    sshConfig: { path: join(folder, 'config'), openSshCommand: null, homePath: folder },
    ...(startBulkThread === undefined ? {} : { startBulkThread }),
  })
  const definition: HostDefinition = {
    ...labDefinition(host, hostId),
    user,
    ...(password === undefined ? {} : { authentication: 'password', privateKeyPath: null }),
  }
  const acceptFingerprint = host.hostKeyFingerprint
  const route = await registry.openRoute(definition, {
    secrets: async () => secrets,
    acceptFingerprint,
    timeoutMs: 2 * connectTimeoutMs,
  })
  const changes: HostChange[] = []
  const statuses: string[] = []
  registry.onChange((change) => {
    changes.push(change)
    const status = registry.find(change.hostId)?.state.status
    if (change.kind === 'state' && status !== undefined && statuses.at(-1) !== status) statuses.push(status)
  })
  const link = registry.add(definition, route)
  return {
    registry,
    link,
    changes,
    statuses,
    stop: async () => {
      await registry.stop()
      await rm(folder, { recursive: true })
    },
  }
}
