import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { buildSeedFiles } from '../../../../../src/main/vm/seed/cloud-config.ts'
import { buildSeedImage, hostNameOf } from '../../../../../src/main/vm/seed/index.ts'
import { buildIsoImage } from '../../../../../src/main/vm/seed/iso-image.ts'
import { cloudInitSpecSchema } from '../../../../../src/shared/domain/index.ts'

const machine = {
  instanceId: 'i-1',
  name: 'Web Server (1)',
  operatingSystem: 'debian13',
  macAddresses: ['52:54:00:12:34:56', '56:6f:00:00:00:01'],
}
const files = (input: object, of = machine) => buildSeedFiles(cloudInitSpecSchema.parse(input), of)
// As PyYAML reads it.
const read = (text: string | undefined) => parse(text ?? '', { version: '1.1' })

describe('what cloud-init is told', () => {
  it('the least: a name, and addresses by DHCP on each card', () => {
    const seed = files({})
    expect(read(seed['meta-data'])).toEqual({ 'instance-id': 'i-1', 'local-hostname': 'web-server-1' })
    expect(seed['user-data'].startsWith('#cloud-config\n')).toBe(true)
    expect(read(seed['user-data'])).toEqual({ hostname: 'web-server-1' })
    expect(read(seed['network-config'])).toEqual({
      version: 2,
      ethernets: {
        nic0: { match: { macaddress: '52:54:00:12:34:56' }, dhcp4: true },
        nic1: { match: { macaddress: '56:6f:00:00:00:01' }, dhcp4: true },
      },
    })
  })

  it('all of it, with words that YAML takes for something else', () => {
    const passwordHash = '$6$salt$hash'
    const seed = files({
      hostName: 'no',
      user: 'admin',
      passwordHash,
      sshKeys: ['ssh-ed25519 AAAA me: "at" #home'],
      packages: ['off', '1:30'],
      runCommands: ["echo 'a: b' > /etc/x", 'yes'],
      networks: [
        {
          addresses: ['192.0.2.10/24', '2001:db8::10/64'],
          gateway4: '192.0.2.1',
          gateway6: '2001:db8::1',
          nameServers: ['192.0.2.53'],
        },
      ],
    })
    expect(read(seed['meta-data'])).toEqual({ 'instance-id': 'i-1', 'local-hostname': 'no' })
    expect(read(seed['user-data'])).toEqual({
      hostname: 'no',
      users: [
        {
          name: 'admin',
          sudo: 'ALL=(ALL) NOPASSWD:ALL',
          shell: '/bin/bash',
          lock_passwd: false,
          passwd: passwordHash,
          ssh_authorized_keys: ['ssh-ed25519 AAAA me: "at" #home'],
        },
      ],
      package_update: true,
      packages: ['off', '1:30'],
      runcmd: ["echo 'a: b' > /etc/x", 'yes'],
    })
    const [first] = Object.values(read(seed['network-config']).ethernets)
    expect(first).toEqual({
      match: { macaddress: '52:54:00:12:34:56' },
      addresses: ['192.0.2.10/24', '2001:db8::10/64'],
      routes: [
        { to: '0.0.0.0/0', via: '192.0.2.1' },
        { to: '::/0', via: '2001:db8::1' },
      ],
      nameservers: { addresses: ['192.0.2.53'] },
    })
  })

  it('a password for the account of the image, where none is named', () => {
    expect(read(files({ passwordHash: '$6$a$b', sshKeys: ['k'] })['user-data'])).toMatchObject({
      password: '$6$a$b',
      chpasswd: { expire: false },
      ssh_authorized_keys: ['k'],
    })
    const [user] = read(files({ user: 'x' }, { ...machine, operatingSystem: 'alpinelinux' })['user-data']).users
    expect(user).not.toHaveProperty('shell')
  })

  it('what a person wrote is taken as it is', () => {
    const seed = files({ userData: '#!/bin/sh\necho  hi\n', networkConfig: 'version: 1\n' })
    expect(seed).toMatchObject({ 'user-data': '#!/bin/sh\necho  hi\n', 'network-config': 'version: 1\n' })
    expect(files({ userData: 'x' })).not.toHaveProperty('network-config')
  })

  it.each([
    ['web', 'web'],
    ['Büro 2', 'bu-ro-2'],
    ['--a--', 'a'],
    ['서버', 'localhost'],
    [`${'a'.repeat(62)} b`, 'a'.repeat(62)],
  ])('a machine %j is the host %j', (name, host) => {
    expect(hostNameOf(name)).toBe(host)
  })
})

describe('the image', () => {
  it('is refused for what it is not made for', () => {
    const at = new Date(0)
    const file = { name: 'a', content: new Uint8Array() }
    expect(() => buildIsoImage('lower', [], at)).toThrow(RangeError)
    expect(() => buildIsoImage('A', [{ ...file, name: 'a/b' }], at)).toThrow(RangeError)
    expect(() =>
      buildIsoImage(
        'A',
        Array.from({ length: 17 }, () => file),
        at,
      ),
    ).toThrow(RangeError)
  })

  it('is the same for the same, and holds the orders', () => {
    const spec = cloudInitSpecSchema.parse({ userData: '#cloud-config\nfind: me\n' })
    const image = Buffer.from(buildSeedImage(spec, machine, new Date(0)))
    expect(image.length % 2_048).toBe(0)
    expect(image.toString('latin1', 32_769, 32_774)).toBe('CD001')
    expect(image.includes('find: me')).toBe(true)
    expect(image.equals(Buffer.from(buildSeedImage(spec, machine, new Date(0))))).toBe(true)
  })
})
