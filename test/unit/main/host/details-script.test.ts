import { describe, expect, test } from 'vitest'
import { decideRestarts, parseDetails } from '../../../../src/main/host/details/details-script.ts'

describe('what a host’s shell tells', () => {
  test('is read line by line', () => {
    const output = [
      'system=Debian GNU/Linux 12 (bookworm)',
      'kernel=6.1.0-18-amd64',
      'uptime=86400.25',
      'load=0.10 0.20 0.30',
      'selinux=off',
      'apparmor=Y',
      'ksm=1',
      'installed=6.1.0-21-amd64',
      'required=linux-image-amd64 libc6 ',
      'replaced=libvirtd',
      'replaced=libvirtd',
      'qemu-replaced=2',
    ].join('\n')
    expect(parseDetails(output)).toEqual({
      system: 'Debian GNU/Linux 12 (bookworm)',
      kernel: '6.1.0-18-amd64',
      uptimeSeconds: 86_400.25,
      load: [0.1, 0.2, 0.3],
      selinux: 'off',
      appArmor: true,
      isKsmRunning: true,
      restarts: [
        { kind: 'kernel', detail: '6.1.0-21-amd64' },
        { kind: 'packages', detail: 'linux-image-amd64 libc6' },
        { kind: 'daemon', detail: 'libvirtd' },
        { kind: 'qemu', detail: '2' },
      ],
    })
  })

  test('is bounded, and what is none of it counts as not told', () => {
    const lines = Array.from({ length: 5_000 }, () => `replaced=${'x'.repeat(10_000)}`)
    const parsed = parseDetails(['uptime=soon', 'load=1 2', 'selinux=9', ...lines].join('\n'))
    expect(parsed).toMatchObject({ uptimeSeconds: null, load: null, selinux: null, appArmor: null, kernel: null })
    expect(JSON.stringify(parsed).length).toBeLessThan(2_000)
  })

  test.each([
    ['nothing', {}, []],
    ['the kernel that runs is the newest', { kernel: '6.1', installed: '6.1' }, []],
    ['another kind of kernel is older than the one that runs', { kernel: '6.18.4-x', installed: '6.1.0-56-cloud' }, []],
    ['no kernel lies in /boot', { kernel: '6.1', installed: null }, []],
    ['Fedora’s program asks for it', { needsRestarting: '1' }, [{ kind: 'packages', detail: '' }]],
    ['that program is satisfied', { needsRestarting: '0' }, []],
  ] as const)('a restart: %s', (_title, facts, reasons) => {
    const nothing = {
      kernel: null,
      installed: null,
      required: null,
      needsRestarting: null,
      replaced: [],
      qemuReplaced: 0,
    }
    expect(decideRestarts({ ...nothing, ...facts })).toEqual(reasons)
  })
})
