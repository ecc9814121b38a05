import { execFile } from 'node:child_process'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { connectSsh, createKnownHosts } from '../../src/main/ssh/index.ts'
import { isAppError } from '../../src/shared/errors/index.ts'
import { afterThis, folder, newPath, provideSshd, sshd } from './ssh-bench.ts'
import { makeKey, TEST_USER } from './sshd.ts'

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

async function configure(lines: string): Promise<string> {
  const path = newPath('config')
  const named = lines.replace(/\{(\w+)\}/g, (_, name: string) => files[name] ?? '')
  const text = `HostName 127.0.0.1\nPort ${sshd.port}\nUser ${TEST_USER}\nIdentityFile ${folder.keyPath}\n${named}\n`
  await writeFile(path, `${text}GlobalKnownHostsFile none\nIdentityAgent none\n`)
  return path
}

/** How a connection of ours ends: null when it came about. */
async function endOfOurs(path: string, openSshCommand: string | null): Promise<string | null> {
  try {
    const session = await connectSsh({
      target: { address: 'web' },
      secrets: async () => ({}),
      knownHosts: createKnownHosts({ ownPath: newPath('own') }),
      config: { path, openSshCommand, homePath: folder.path, environment: {} },
    })
    afterThis(() => session.close())
    return null
  } catch (error) {
    return isAppError(error) ? error.code : String(error)
  }
}

describe('what ssh_config says about the keys of hosts', () => {
  it.each(cases)('is kept to as ssh does: %s', async (lines, code) => {
    const path = await configure(lines)
    const asked = ['-F', path, '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', 'web', 'true']
    const theirs = await run('ssh', asked).then(
      () => true,
      () => false,
    )
    expect(await endOfOurs(path, 'ssh')).toBe(code)
    expect(await endOfOurs(path, null)).toBe(code)
    expect(theirs).toBe(code === null)
  })

  it('asks a KnownHostsCommand what ssh asks it', async () => {
    await writeProgram('witness', ['exit 0'])
    const path = await configure('UserKnownHostsFile none\nKnownHostsCommand "{witness}" %H %I %t %f %K %h %n "a b" %%')
    const ends: unknown[] = []
    for (const connectOnce of [
      () =>
        run('ssh', ['-F', path, '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', 'web', 'true']).catch(
          () => 0,
        ),
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
