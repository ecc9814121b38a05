import type { HostSurvey } from '../../../../src/main/host/survey/index.ts'

/** A host with everything, as its shell tells it. */
export function makeSurvey(changes: Partial<HostSurvey> = {}): HostSurvey {
  return {
    userId: 0,
    hostName: 'node1.lab',
    cpuFlags: ['vmx'],
    kvm: { kind: 'device', mode: 0o660, userId: 0, groupId: 106, group: 'kvm' },
    qemuUser: { name: 'libvirt-qemu', userId: 64_055, groupIds: [106, 64_055] },
    memoryKiB: 8_388_608,
    machineIdDigest: 'digest-1',
    space: [
      { path: '/var/lib/libvirt', freeKiB: 104_857_600 },
      { path: '/var', freeKiB: 52_428_800 },
    ],
    clock: { offsetMs: 12, boundMs: 20 },
    system: { id: 'debian', like: [], version: '12', name: 'Debian GNU/Linux 12 (bookworm)' },
    architecture: 'x86_64',
    packageManager: 'apt',
    programs: new Set(['libvirtd', 'qemu', 'virt-ssh-helper', 'nc', 'bash', 'systemctl']),
    hasSudo: null,
    ...changes,
  }
}
