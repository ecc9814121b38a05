import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { connectSsh, createKnownHosts } from '../../src/main/ssh/index.ts'
import { isAppError } from '../../src/shared/errors/index.ts'
import { afterThis, connect, folder, newPath, provideSshd, sshd, start } from './ssh-bench.ts'
import { certify, makeKey, type Sshd, TEST_USER } from './sshd.ts'

const run = promisify(execFile)
provideSshd()

/** What ssh_config may name, for the host `web` behind `sshd`. */
const files: Record<string, string> = {}

async function write(name: string, text: string): Promise<void> {
  files[name] = newPath(`${name} file`)
  await writeFile(files[name], text)
}

async function publicKey(path: string): Promise<string> {
  const [type = '', key = ''] = (await readFile(`${path}.pub`, 'utf8')).split(' ')
  return `${type} ${key}`
}

/** A file as `KnownHostsCommand` names it: a program that prints it about a key that the host shows. */
async function writeProgram(name: string, lines: readonly string[]): Promise<void> {
  await write(name, ['#!/bin/sh', 'echo "$@" >> "$0.asked"', '[ "$2" = ORDER ] && exit 0', ...lines, ''].join('\n'))
  await chmod(files[name] ?? '', 0o755)
}

beforeAll(async () => {
  const name = `[127.0.0.1]:${sshd.port}`
  const key = await publicKey(sshd.hostKeyPath)
  const otherPath = newPath('other')
  await makeKey(otherPath, 'ed25519')
  const other = await publicKey(otherPath)
  await write('trusting', `${name} ${key}\n`)
  await write('mistaken', `${name} ${other}\n`)
  await write('revoking', `@revoked * ${key}\n`)
  await write('empty', '')
  await write('keys', `# lost\n${key} a comment\n`)
  await write('otherKeys', `${other}\n`)
  await write('garbage', 'this is no key\n')
  for (const [list, listed] of [
    ['krl', sshd.hostKeyPath],
    ['otherKrl', otherPath],
  ] as const) {
    files[list] = newPath(list)
    await run('ssh-keygen', ['-q', '-k', '-f', files[list], `${listed}.pub`])
  }
  files.hashes = newPath('hashes')
  await write('specification', `hash: ${sshd.fingerprints.ed25519}\n`)
  await run('ssh-keygen', ['-q', '-k', '-f', files.hashes, files.specification ?? ''])
  await write('cut', '')
  await writeFile(files.cut ?? '', (await readFile(files.krl ?? '')).subarray(0, -5))
  await writeProgram('trustingProgram', [`echo '${name} ${key}'`])
  await writeProgram('revokingProgram', [`echo '@revoked * ${key}'`])
  await writeProgram('failingProgram', [`echo '${name} ${key}'; exit 3`])
})

const TRUSTED = 'UserKnownHostsFile "{trusting}"'

/** Lines of ssh_config with the files' names in braces, and the error that a connection ends with. */
const cases: readonly (readonly [lines: string, code: string | null])[] = [
  ['UserKnownHostsFile "{empty}"', 'ssh.host-key-unknown'],
  [TRUSTED, null],
  ['UserKnownHostsFile "{empty}" "{trusting}"', null],
  ['UserKnownHostsFile none\nGlobalKnownHostsFile "{trusting}"', null],
  ['UserKnownHostsFile none', 'ssh.host-key-unknown'],
  ['UserKnownHostsFile "{mistaken}"', 'ssh.host-key-changed'],
  ['UserKnownHostsFile "{trusting}" "{revoking}"', 'ssh.host-key-revoked'],
  [`${TRUSTED}\nGlobalKnownHostsFile "{empty}" "{revoking}"`, 'ssh.host-key-revoked'],
  [`${TRUSTED}\nRevokedHostKeys "{keys}"`, 'ssh.host-key-revoked'],
  [`${TRUSTED}\nRevokedHostKeys "{otherKeys}"`, null],
  [`${TRUSTED}\nRevokedHostKeys none`, null],
  [`${TRUSTED}\nRevokedHostKeys "{krl}"`, 'ssh.host-key-revoked'],
  [`${TRUSTED}\nRevokedHostKeys "{hashes}"`, 'ssh.host-key-revoked'],
  [`${TRUSTED}\nRevokedHostKeys "{otherKrl}"`, null],
  [`${TRUSTED}\nRevokedHostKeys "{empty}.missing"`, 'ssh.known-hosts-unusable'],
  [`${TRUSTED}\nRevokedHostKeys "{garbage}"`, 'ssh.known-hosts-unusable'],
  [`${TRUSTED}\nRevokedHostKeys "{cut}"`, 'ssh.known-hosts-unusable'],
  ['UserKnownHostsFile none\nKnownHostsCommand "{trustingProgram}" %H %I %t %f %K', null],
  [`${TRUSTED}\nKnownHostsCommand "{revokingProgram}" %H %I`, 'ssh.host-key-revoked'],
  ['UserKnownHostsFile none\nKnownHostsCommand "{failingProgram}" %H %I', 'ssh.known-hosts-command-failed'],
]

async function configure(lines: string, { port } = sshd): Promise<string> {
  const path = newPath('config')
  const named = lines.replace(/\{(\w+)\}/g, (_, name: string) => files[name] ?? '')
  const text = `HostName 127.0.0.1\nPort ${port}\nUser ${TEST_USER}\nIdentityFile ${folder.keyPath}\n${named}\n`
  await writeFile(path, `${text}GlobalKnownHostsFile none\nIdentityAgent none\n`)
  return path
}

/** True when ssh itself, which nobody can ask, takes the host's key. */
function isTakenByOpenSsh(path: string): Promise<boolean> {
  const args = ['-F', path, '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', 'web', 'true']
  return run('ssh', args).then(
    () => true,
    () => false,
  )
}

/** How a connection of ours ends: null when it came about. */
async function endOfOurs(
  path: string,
  openSshCommand: string | null,
  acceptFingerprint?: string,
  ownPath = newPath('own'),
  mayRun = true,
): Promise<string | null> {
  try {
    const session = await connectSsh({
      target: { address: 'web' },
      secrets: async () => ({}),
      knownHosts: createKnownHosts({ ownPath }),
      ...(acceptFingerprint === undefined ? {} : { acceptFingerprint }),
      config: { path, openSshCommand, allowsCommand: () => mayRun, homePath: folder.path, environment: {} },
    })
    afterThis(() => session.close())
    return null
  } catch (error) {
    if (!isAppError(error)) return String(error)
    return isAppError(error, 'ssh.host-key-not-certified') ? `${error.code} ${error.params.hint}` : error.code
  }
}

describe('what ssh_config says about the keys of hosts', () => {
  it.each(cases)('is kept to as ssh does: %s', async (lines, code) => {
    const path = await configure(lines)
    const theirs = await isTakenByOpenSsh(path)
    expect(await endOfOurs(path, 'ssh')).toBe(code)
    expect(await endOfOurs(path, null)).toBe(code)
    expect(theirs).toBe(code === null)
  })

  it.each(['ssh', null])('runs no KnownHostsCommand that nobody has allowed (OpenSSH: %s)', async (openSshCommand) => {
    await writeProgram('unasked', [`echo '[127.0.0.1]:${sshd.port} ${await publicKey(sshd.hostKeyPath)}'`])
    const path = await configure('UserKnownHostsFile none\nKnownHostsCommand "{unasked}" %H %I')
    expect(await endOfOurs(path, openSshCommand, undefined, undefined, false)).toBe('ssh.host-key-unknown')
    expect(existsSync(`${files.unasked}.asked`)).toBe(false)
    expect(await endOfOurs(path, openSshCommand)).toBeNull()
    expect(existsSync(`${files.unasked}.asked`)).toBe(true)
  })

  it('asks a KnownHostsCommand what ssh asks it', async () => {
    await writeProgram('witness', ['exit 0'])
    const path = await configure('UserKnownHostsFile none\nKnownHostsCommand "{witness}" %H %I %t %f %K %h %n "a b" %%')
    const ends: unknown[] = []
    for (const connectOnce of [
      () => isTakenByOpenSsh(path),
      () => endOfOurs(path, 'ssh'),
      () => endOfOurs(path, null),
    ]) {
      await writeFile(`${files.witness}.asked`, '')
      await connectOnce()
      ends.push(await readFile(`${files.witness}.asked`, 'utf8'))
    }
    const [theirs] = ends
    expect(theirs).toContain(`HOSTNAME ssh-ed25519 ${sshd.fingerprints.ed25519}`)
    expect(ends).toEqual([theirs, theirs, theirs])
  })
})

describe('a certificate of a host', () => {
  const authorities: Record<string, string> = {}
  beforeAll(async () => {
    for (const type of ['ed25519', 'rsa', 'ecdsa']) {
      authorities[type] = newPath(`authority-${type}`)
      await makeKey(authorities[type], type)
    }
    authorities.other = newPath('other-authority')
    await makeKey(authorities.other, 'ed25519')
  })
  const authorityKey = (type: string) => publicKey(authorities[type] ?? '')

  /** An sshd whose key an authority has signed. */
  async function startCertified(
    options: readonly string[],
    keyType: 'ed25519' | 'rsa' | 'ecdsa',
    authority: string,
  ): Promise<Sshd> {
    const keyPath = `${newPath('certified')}-${keyType}`
    await makeKey(keyPath, keyType)
    const certificate = await certify(authorities[authority] ?? '', keyPath, ['-I', 'rack', ...options])
    const name = basename(keyPath).slice(0, -`-${keyType}`.length)
    return start({ name, hostKeyTypes: [keyType], config: [`HostCertificate ${certificate}`, 'RekeyLimit 256K'] })
  }

  const NAMED = ['-h', '-n', '127.0.0.1']
  const certificates: readonly (readonly [
    what: string,
    options: readonly string[],
    keyType: 'ed25519' | 'rsa' | 'ecdsa',
    authority: string,
    code: string | null,
  ])[] = [
    ['an Ed25519 key', NAMED, 'ed25519', 'ed25519', null],
    ['an RSA key', NAMED, 'rsa', 'rsa', null],
    ['an ECDSA key', NAMED, 'ecdsa', 'ecdsa', null],
    ['all hosts', ['-h'], 'ed25519', 'rsa', null],
    ['a pattern of hosts', ['-h', '-n', 'db,127.*'], 'rsa', 'ecdsa', 'ssh.host-key-not-certified other-host'],
    ['another host', ['-h', '-n', 'db'], 'ed25519', 'ed25519', 'ssh.host-key-not-certified other-host'],
    [
      'a time that is over',
      [...NAMED, '-V', '20200101:20210101'],
      'ed25519',
      'ed25519',
      'ssh.host-key-not-certified expired',
    ],
    [
      'a time to come',
      [...NAMED, '-V', '20990101:20990102'],
      'ed25519',
      'ed25519',
      'ssh.host-key-not-certified not-yet-valid',
    ],
    ['another authority', NAMED, 'ed25519', 'other', 'ssh.host-key-not-certified other-authority'],
    [
      'RSA with SHA-1',
      [...NAMED, '-t', 'ssh-rsa'],
      'ed25519',
      'rsa',
      'ssh.host-key-not-certified signature-unsupported',
    ],
  ]

  it.each(certificates)('for %s is taken where ssh takes it', async (_, options, keyType, authority, code) => {
    const server = await startCertified(options, keyType, authority)
    const known = await Promise.all(
      ['ed25519', 'rsa', 'ecdsa'].map(async (type) => `@cert-authority [127.*]:* ${await authorityKey(type)}`),
    )
    await write('authorities', `${known.join('\n')}\n`)
    const path = await configure('UserKnownHostsFile "{authorities}"', server)
    expect(await endOfOurs(path, 'ssh')).toBe(code)
    expect(await isTakenByOpenSsh(path)).toBe(code === null)
    // Whoever knows the key itself needs no authority.
    await write('both', `${known.join('\n')}\n[127.0.0.1]:${server.port} ${await publicKey(server.hostKeyPath)}\n`)
    const plain = await configure('UserKnownHostsFile "{both}"', server)
    expect(await endOfOurs(plain, 'ssh')).toBe(null)
  })

  it.each([
    ['its authority is, in known_hosts', 'UserKnownHostsFile "{authorities}" "{revokedAuthority}"'],
    ['its authority is, in a list', 'UserKnownHostsFile "{authorities}"\nRevokedHostKeys "{authorityKeys}"'],
    ['its serial is', 'UserKnownHostsFile "{authorities}"\nRevokedHostKeys "{serials}"'],
    ['its key is', 'UserKnownHostsFile "{authorities}" "{revokedKey}"'],
  ])('is refused as revoked when %s, also on the word of a person', async (_, lines) => {
    const server = await startCertified([...NAMED, '-z', '77'], 'ed25519', 'ed25519')
    const key = await authorityKey('ed25519')
    await write('authorities', `@cert-authority * ${key}\n`)
    await write('revokedAuthority', `@revoked * ${key}\n`)
    await write('authorityKeys', `${key}\n`)
    await write('revokedKey', `@revoked * ${await publicKey(server.hostKeyPath)}\n`)
    await write('serialList', 'serial: 70-80\n')
    files.serials = newPath('serials')
    await run('ssh-keygen', [
      '-q',
      '-k',
      '-s',
      `${authorities.ed25519}.pub`,
      '-f',
      files.serials,
      files.serialList ?? '',
    ])
    const path = await configure(lines, server)
    expect(await endOfOurs(path, 'ssh')).toBe('ssh.host-key-revoked')
    expect(await endOfOurs(path, 'ssh', server.fingerprints.ed25519)).toBe('ssh.host-key-revoked')
    expect(await isTakenByOpenSsh(path)).toBe(false)
  })

  it('goes on to vouch for the host when keys are renewed under way', async () => {
    const server = await startCertified(NAMED, 'rsa', 'ed25519')
    await write('authorities', `@cert-authority * ${await authorityKey('ed25519')}\n`)
    const path = await configure('UserKnownHostsFile "{authorities}"', server)
    const session = await connect({
      target: { address: 'web' },
      secrets: async () => ({}),
      knownHosts: createKnownHosts({ ownPath: newPath('own') }),
      config: { path, homePath: folder.path, environment: {} },
    })
    expect(session.hostKey).toEqual({ type: 'ssh-rsa-cert-v01@openssh.com', fingerprint: server.fingerprints.rsa })
    for (let round = 0; round < 3; round++) {
      expect((await session.exec('head -c 1000000 /dev/zero | tr "\\0" x')).stdout).toHaveLength(1_000_000)
    }
  })

  it('that does not hold leaves the key to a person, whose word is kept', async () => {
    const server = await startCertified(['-h', '-n', 'db'], 'ed25519', 'ed25519')
    await write('authorities', `@cert-authority * ${await authorityKey('ed25519')}\n`)
    const path = await configure('UserKnownHostsFile "{authorities}"', server)
    const ownPath = newPath('own')
    expect(await endOfOurs(path, 'ssh', server.fingerprints.ed25519, ownPath)).toBe(null)
    expect(await endOfOurs(path, 'ssh', undefined, ownPath)).toBe(null)
  })
})
