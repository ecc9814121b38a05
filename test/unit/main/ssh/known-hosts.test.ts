import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fingerprintOf, keyTypeOf } from '../../../../src/main/ssh/fingerprint.ts'
import { createKnownHosts } from '../../../../src/main/ssh/known-hosts.ts'
import {
  entryMatches,
  formatKnownHost,
  hashHostName,
  knownHostName,
  parseKnownHosts,
} from '../../../../src/main/ssh/known-hosts-format.ts'
import type { KnownHostsPlaces } from '../../../../src/main/ssh/known-hosts-places.ts'
import { decideHostKey, decideKnownHost, orderHostKeyAlgorithms } from '../../../../src/main/ssh/known-hosts-verdict.ts'
import { parseRevokedKeys } from '../../../../src/main/ssh/revoked-keys.ts'

/** A public key blob: its type and one field of payload. */
function blob(type: string, payload: string): Buffer {
  const field = (text: string) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(Buffer.byteLength(text))
    return Buffer.concat([length, Buffer.from(text)])
  }
  return Buffer.concat([field(type), field(payload)])
}
const ED = blob('ssh-ed25519', 'one')
const ED_OTHER = blob('ssh-ed25519', 'two')
const RSA = blob('ssh-rsa', 'three')
const lineOf = (hosts: string, key: Buffer) => formatKnownHost(hosts, keyTypeOf(key) ?? '', key)
const WEB = { revocations: [], name: 'web', certifiedName: 'web', nowMs: 0 }
const NOWHERE: KnownHostsPlaces = { paths: [], revokedPaths: [], command: null }
const at = (address: string, port = 22) => ({ address, port, places: NOWHERE })
const source = (text: string, own = false, path = own ? 'own' : 'user') => ({ path, own, ...parseKnownHosts(text) })

describe('a known_hosts text', () => {
  it('is read past comments, blanks, CRLF and trailing comments of keys', () => {
    const { entries, badLines } = parseKnownHosts(`# note\r\n\r\n  ${lineOf('web-01', ED)} root@web\r\n\t#x\n`)
    expect(entries).toMatchObject([{ hosts: 'web-01', keyType: 'ssh-ed25519', marker: null, line: 3 }])
    expect(badLines).toEqual([])
  })

  it('keeps the numbers of lines that cannot be read and goes on', () => {
    const bad = ['web-01', 'web-01 ssh-ed25519', 'web-01 ssh-ed25519 %%%', `web-01 ssh-rsa ${ED.toString('base64')}`]
    const text = [...bad, `@unknown-marker ${lineOf('web-01', ED)}`, lineOf('web-02', ED)].join('\n')
    const { entries, badLines } = parseKnownHosts(text)
    expect(badLines).toEqual([1, 2, 3, 4, 5])
    expect(entries.map((entry) => entry.hosts)).toEqual(['web-02'])
  })

  it('never throws, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        for (const entry of parseKnownHosts(text).entries) entryMatches(entry, 'host')
      }),
    )
  })

  it.each([
    ['web-01', 'web-01', true],
    ['WEB-01', 'web-01', true],
    ['web-01,10.0.0.1', '10.0.0.1', true],
    ['*.example.org', 'a.example.org', true],
    ['*.example.org', 'example.org', false],
    ['web-0?', 'web-01', true],
    ['web-0?', 'web-011', false],
    ['*.example.org,!secret.example.org', 'secret.example.org', false],
    ['*.example.org,!secret.example.org', 'open.example.org', true],
    ['!web-01', 'web-02', false],
    ['[web-01]:2222', '[web-01]:2222', true],
    ['web-01', '[web-01]:2222', false],
    ['[web-01]:2222', 'web-01', false],
  ])('matches the hosts %s with the name %s: %s', (hosts, name, expected) => {
    const [entry] = parseKnownHosts(lineOf(hosts, ED)).entries
    expect(entry && entryMatches(entry, name)).toBe(expected)
  })

  it('matches a hashed name with itself and with no other', () => {
    fc.assert(
      fc.property(fc.domain(), fc.domain(), fc.integer({ min: 1, max: 65_535 }), (one, other, port) => {
        const name = knownHostName(one, port)
        const [entry] = parseKnownHosts(lineOf(hashHostName(name), ED)).entries
        expect(entry && entryMatches(entry, name)).toBe(true)
        expect(entry && entryMatches(entry, knownHostName(other, port))).toBe(one === other)
      }),
    )
  })
})

describe('the verdict on an offered key', () => {
  it.each([
    ['no file knows the host', [source('')], 'unknown', ''],
    ['the user knows the key', [source(lineOf('web', ED))], 'trusted', 'user:1'],
    ['the user knows another key', [source(lineOf('web', ED_OTHER))], 'changed', 'user:1'],
    ['the host is known by another type only', [source(lineOf('web', RSA))], 'changed', 'user:1'],
    [
      'one of several keys is the offered one',
      [source([RSA, ED].map((k) => lineOf('web', k)).join('\n'))],
      'trusted',
      'user:2',
    ],
    [
      'another file of the user has the key',
      [source(lineOf('web', ED_OTHER)), source(lineOf('web', ED), false, 'two')],
      'trusted',
      'two:1',
    ],
    [
      'our own file has the key, the user another',
      [source(lineOf('web', ED_OTHER)), source(lineOf('web', ED), true)],
      'trusted',
      'own:1',
    ],
    [
      'our own file has another key, the user this one',
      [source(lineOf('web', ED)), source(lineOf('web', ED_OTHER), true)],
      'changed',
      'own:1',
    ],
    ['the key is revoked', [source(`${lineOf('web', ED)}\n@revoked ${lineOf('*', ED)}`)], 'revoked', 'user:2'],
    [
      'another key of the host is revoked',
      [source(`@revoked ${lineOf('*', ED_OTHER)}\n${lineOf('web', ED)}`)],
      'trusted',
      'user:2',
    ],
    ['only an authority is known', [source(`@cert-authority ${lineOf('*', RSA)}`)], 'not-certified', 'user:1'],
    [
      'an authority and the key are known',
      [source(`@cert-authority ${lineOf('*', RSA)}\n${lineOf('web', ED)}`)],
      'trusted',
      'user:2',
    ],
    [
      'the revocation stands in the user file only',
      [source(lineOf('web', ED), true), source(`@revoked ${lineOf('web', ED)}`)],
      'revoked',
      'user:1',
    ],
  ] as const)('when %s', (_, sources, verdict, place) => {
    expect(decideHostKey({ ...WEB, sources }, ED)).toMatchObject({ verdict, source: place })
  })

  it('is that it is revoked when a list says so, whatever known_hosts says', () => {
    const keys = parseRevokedKeys(Buffer.from(`# lost in May\n\n${lineOf('', ED).trim()} root@web\n`))
    expect(keys).not.toBeNull()
    const evidence = { ...WEB, sources: [source(lineOf('web', ED))] }
    const revocations = keys === null ? [] : [{ path: 'list', keys }]
    expect(decideHostKey({ ...evidence, revocations }, ED)).toEqual({ verdict: 'revoked', source: 'list' })
    expect(decideHostKey({ ...evidence, revocations }, ED_OTHER).verdict).toBe('changed')
  })

  it('names the key that was expected', () => {
    const verdict = decideHostKey(
      { sources: [source(`${lineOf('web', RSA)}\n${lineOf('web', ED_OTHER)}`)], ...WEB },
      ED,
    )
    expect(verdict.expectedFingerprint).toBe(fingerprintOf(ED_OTHER))
  })

  it('offers the algorithms of known keys first, and never SHA-1', () => {
    const types = decideKnownHost([source(lineOf('web', RSA)), source('')], 'web')
    expect(orderHostKeyAlgorithms(types).slice(0, 3)).toEqual(['rsa-sha2-512', 'rsa-sha2-256', 'ssh-ed25519'])
    expect(orderHostKeyAlgorithms({ types: [], hasAuthority: false })[0]).toBe('ssh-ed25519')
    expect(orderHostKeyAlgorithms({ types: ['ssh-rsa', 'ssh-dss'], hasAuthority: true })).not.toContain('ssh-rsa')
  })
})

describe('the algorithms of a host with an authority', () => {
  it('begin with those of certificates, in the order of the known keys', () => {
    const known = decideKnownHost([source(`@cert-authority * ${lineOf('', ED).trim()}\n${lineOf('web', RSA)}`)], 'web')
    expect(known).toEqual({ types: ['ssh-rsa'], hasAuthority: true })
    expect(orderHostKeyAlgorithms(known).slice(0, 3)).toEqual([
      'rsa-sha2-512-cert-v01@openssh.com',
      'rsa-sha2-256-cert-v01@openssh.com',
      'ssh-ed25519-cert-v01@openssh.com',
    ])
    expect(decideKnownHost([source(`@cert-authority db ${lineOf('', ED).trim()}`)], 'web').hasAuthority).toBe(false)
  })
})

describe('a list of revoked keys', () => {
  it.each([
    ['words', 'these are words'],
    ['a key of another type than it says', `ssh-rsa ${ED.toString('base64')}`],
    ['a line of known_hosts', lineOf('web', ED)],
    ['a list that is cut off', 'SSHKRL\n\0\0\0\0\x01'],
  ])('is refused when it holds %s', (_, text) => {
    expect(parseRevokedKeys(Buffer.from(text, 'latin1'))).toBeNull()
  })

  it('never throws, whatever it holds', () => {
    const magic = fc.constant(Buffer.from('SSHKRL\n\0\0\0\0\x01', 'latin1'))
    const bytes = fc.uint8Array({ maxLength: 200 })
    fc.assert(
      fc.property(magic, bytes, (start, rest) => {
        parseRevokedKeys(Buffer.concat([start, rest]))?.has(ED, null)
      }),
    )
  })
})

describe('our own known_hosts file', () => {
  let folder = ''
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'virtdeck-known-hosts-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('is created for its owner alone when the first key is pinned, and trusts that key from then on', async () => {
    const ownPath = join(folder, 'data', 'known_hosts')
    const hosts = createKnownHosts({ ownPath })
    expect((await hosts.check(at('web'), ED)).verdict).toBe('unknown')
    await hosts.pin('web', 22, 'ssh-ed25519', ED)
    expect((await stat(ownPath)).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600)
    expect((await hosts.check(at('WEB'), ED)).verdict).toBe('trusted')
    expect((await hosts.check(at('web', 2222), ED)).verdict).toBe('unknown')
  })

  it('keeps every key of pins made at the same time, each once', async () => {
    const ownPath = join(folder, 'known_hosts')
    const hosts = createKnownHosts({ ownPath })
    const ports = Array.from({ length: 20 }, (_, index) => 2_000 + (index % 10))
    await Promise.all(ports.map((port) => hosts.pin('web', port, 'ssh-ed25519', ED)))
    expect((await readFile(ownPath, 'utf8')).trim().split('\n')).toHaveLength(10)
  })

  it('forgets one host and keeps the rest byte for byte', async () => {
    const ownPath = join(folder, 'known_hosts')
    const rest = `# mine\nnot a line\n${lineOf('db', RSA)}\n`
    await writeFile(ownPath, `${lineOf('web', ED)}\n${rest}${lineOf(hashHostName('web'), RSA)}\n`)
    const hosts = createKnownHosts({ ownPath })
    expect(await hosts.forget('web', 22)).toBe(true)
    expect(await hosts.forget('web', 22)).toBe(false)
    expect(await readFile(ownPath, 'utf8')).toBe(rest)
  })

  it('sees what another program wrote to the user file meanwhile', async () => {
    const userPath = join(folder, 'user')
    const hosts = createKnownHosts({ ownPath: join(folder, 'own') })
    const query = { ...at('web'), places: { ...NOWHERE, paths: [userPath, join(folder, 'missing')] } }
    expect((await hosts.fetchKnownHost(query)).types).toEqual([])
    await writeFile(userPath, lineOf('web', ED))
    expect((await hosts.fetchKnownHost(query)).types).toEqual(['ssh-ed25519'])
  })

  it('refuses to judge when a file cannot be read, for it may revoke the key', async () => {
    const hosts = createKnownHosts({ ownPath: join(folder, 'own') })
    const query = { ...at('web'), places: { ...NOWHERE, paths: [folder] } }
    await expect(hosts.check(query, ED)).rejects.toMatchObject({ code: 'ssh.known-hosts-unusable' })
  })
})
