import { describe, expect, it } from 'vitest'
import {
  decideOperatingSystem,
  describeOperatingSystem,
  findByLibosinfoId,
  findNamedOperatingSystem,
  findOperatingSystem,
  isVirtioDriverMedium,
  OPERATING_SYSTEMS,
  vmCreateSpecSchema,
} from '../../../../src/shared/domain/index.ts'

describe('the system that a definition names', () => {
  it.each([
    ['http://almalinux.org/almalinux/10', 'AlmaLinux 10', 'almalinux10'],
    ['debian13', 'Debian 13', 'debian13'],
    ['http://debian.org/debian/10', 'debian 10', null],
    ['http://example.org/', 'http://example.org/', null],
    ['TempleOS', 'TempleOS', null],
  ])('%s reads as %s', (named, words, id) => {
    expect(describeOperatingSystem(named)).toBe(words)
    expect(findNamedOperatingSystem(named)?.id ?? null).toBe(id)
  })
})

describe('the table of operating systems', () => {
  it('names each once, with ids that a new machine may have', () => {
    const ids = OPERATING_SYSTEMS.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(new Set(OPERATING_SYSTEMS.map(({ name }) => name)).size).toBe(ids.length)
    const id = vmCreateSpecSchema.shape.operatingSystem
    for (const each of ids) expect(id.parse(each)).toBe(each)
  })

  it.each(OPERATING_SYSTEMS)('$id asks for no less than its least', ({ minimum, recommended, libosinfoId, id }) => {
    for (const what of ['memoryMiB', 'vcpus', 'diskGiB'] as const) {
      expect(recommended[what]).toBeGreaterThanOrEqual(minimum[what])
    }
    expect(libosinfoId === null ? id : findByLibosinfoId(libosinfoId)?.id).toBe(id)
  })

  it('takes what it does not know for something else', () => {
    expect(findOperatingSystem('templeos').id).toBe('other')
    expect(findOperatingSystem(undefined).id).toBe('other')
  })
})

describe('a medium is known by its label', () => {
  it.each([
    ['Debian 13.1.0 amd64 n', 'debian13', true],
    ['Debian 12.5.0 amd64 1', 'debian12', true],
    ['d-live 12.5.0 gn amd64', 'debian12', true],
    ['Debian 14.0.0 amd64 n', 'debian13', false],
    ['Ubuntu-Server 24.04.1 LTS amd64', 'ubuntu24.04', true],
    ['Ubuntu 25.10 amd64', 'ubuntu26.04', false],
    ['RHEL-9-4-0-BaseOS-x86_64', 'rhel9', true],
    ['RHEL-10-0-BaseOS-x86_64', 'rhel10', true],
    ['AlmaLinux-9-4-x86_64-dvd', 'almalinux9', true],
    ['Rocky-8-9-x86_64-dvd', 'rocky8', true],
    ['OL-9-4-0-BaseOS-x86_64', 'ol9', true],
    ['CentOS-Stream-9-BaseOS-x86_64', 'centos-stream9', true],
    ['Fedora-S-dvd-x86_64-43', 'fedora43', true],
    ['Fedora-WS-Live-42', 'fedora42', true],
    ['Fedora-WS-Live-39-1-5', 'fedora44', false],
    ['SLE-15-SP6-Full-x86_64121.2', 'sle15', true],
    ['openSUSE-Leap-15.6-DVD-x86_6471', 'opensuse15.6', true],
    ['openSUSE-Tumbleweed-DVD-x86_64', 'opensusetumbleweed', true],
    ['ARCH_202611', 'archlinux', true],
    ['alpine-virt 3.20.3 x86_64', 'alpinelinux', true],
    ['14_1_RELEASE_AMD64_DVD', 'freebsd14.0', true],
    ['OpenBSD/amd64   7.8 Install CD', 'openbsd7', true],
    ['CCCOMA_X64FRE_EN-US_DV9', 'win11', false],
    ['CPBA_X64FRE_DE-DE_DV9', 'win11', false],
    ['SSS_X64FREE_EN-US_DV9', 'win2k25', false],
  ])('%s', (label, id, exact) => {
    expect(decideOperatingSystem(label)).toMatchObject({ system: { id }, exact })
  })

  it.each(['', 'CDROM', 'virtio-win-0.1.262', 'config-2', 'cidata'])('%j is none of them', (label) => {
    expect(decideOperatingSystem(label)).toBeNull()
  })

  it('and so is that of the drivers for Windows', () => {
    expect(isVirtioDriverMedium('virtio-win-0.1.262')).toBe(true)
    expect(isVirtioDriverMedium('Debian 13.1.0 amd64 n')).toBe(false)
  })
})
