import type { ClusterId, HostDefinition, HostId } from '../../../../src/shared/domain/index.ts'

export function makeDefinition(changes: Partial<HostDefinition> = {}): HostDefinition {
  return {
    id: '00000000-0000-4000-8000-000000000001' as HostId,
    clusterId: 'dddddddd-0000-4000-8000-000000000004' as ClusterId,
    name: 'kvm1',
    transport: 'ssh',
    address: 'kvm1.example.org',
    port: null,
    user: null,
    authentication: 'agent',
    privateKeyPath: null,
    jumpHost: null,
    storageManagerPriority: 5,
    libvirtMode: 'system',
    ...changes,
  }
}
