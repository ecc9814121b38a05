import type { ClusterId, Host, HostId } from '../../../../src/shared/domain/index.ts'
import { makeFacts } from './make-facts.ts'

/** A host of a test, up and in use unless said otherwise. */
export function makeHost(changes: Partial<Host> = {}): Host {
  return {
    id: '00000000-0000-4000-8000-00000000000a' as HostId,
    clusterId: 'dddddddd-0000-4000-8000-000000000004' as ClusterId,
    name: 'Node 1',
    transport: 'ssh',
    address: 'node1.lab',
    port: 22,
    user: 'root',
    authentication: 'agent',
    privateKeyPath: null,
    jumpHost: null,
    storageManagerPriority: 5,
    isStorageManager: false,
    libvirtMode: 'system',
    revision: 1,
    status: 'up',
    statusSince: 0,
    statusError: null,
    maintenance: null,
    power: null,
    nextAttemptAt: null,
    hostKey: null,
    facts: makeFacts(),
    asOf: 0,
    stale: false,
    drivers: [],
    problems: [],
    vmCount: 0,
    runningVmCount: 0,
    ...changes,
  }
}
