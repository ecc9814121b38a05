import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCertificate } from '../../src/main/ssh/certificate.ts'
import { digestCommand } from '../../src/main/ssh/config-commands.ts'
import { fingerprintOf, keyTypeOf } from '../../src/main/ssh/fingerprint.ts'
import {
  entryMatches,
  formatKnownHost,
  hashHostName,
  knownHostName,
  parseKnownHosts,
} from '../../src/main/ssh/known-hosts-format.ts'
import { type ResolvedTarget, resolveTarget } from '../../src/main/ssh/resolve-target.ts'
import { parseRevokedKeys } from '../../src/main/ssh/revoked-keys.ts'
import { certify, makeKey } from './sshd.ts'

// OpenSSH itself judges what we read of its files.
const run = promisify(execFile)
let folder = ''
let key: Buffer
let keyType = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virtdeck-oracle-'))
  await makeKey(join(folder, 'key'), 'ed25519')
  const [type = '', encoded = ''] = (await readFile(join(folder, 'key.pub'), 'utf8')).split(' ')
  keyType = type
  key = Buffer.from(encoded, 'base64')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The numbers of the lines in which ssh-keygen finds a host. */
async function findWithOpenSsh(path: string, name: string): Promise<number[]> {
  const { stdout } = await run('ssh-keygen', ['-F', name, '-f', path]).catch((error: unknown) => {
    // Exit code 1 means that nothing was found.
    if (error instanceof Error && 'code' in error && error.code === 1) return { stdout: '' }
    throw error
  })
  return [...stdout.matchAll(/found: line (\d+)/g)].map(([, line]) => Number(line))
}

function findOurselves(text: string, name: string): number[] {
  return parseKnownHosts(text)
    .entries.filter((entry) => entryMatches(entry, name))
    .map((entry) => entry.line)
}

describe('known_hosts, beside ssh-keygen', () => {
  it('has the same fingerprint for a key', async () => {
    const { stdout } = await run('ssh-keygen', ['-lf', join(folder, 'key.pub')])
    expect(stdout.split(' ')[1]).toBe(fingerprintOf(key))
  })

  it('has a host in the same lines, plain, by pattern, negated, with a port, and hashed by us', async () => {
    const label = fc.constantFrom('web', 'db', 'web-01', 'WEB', 'a.example.org', 'example.org')
    const pattern = fc.constantFrom(
      'web',
      'w?b',
      '*.example.org',
      '!web',
      '!*.org',
      '*',
      '[web]:2222',
      '[*]:2222',
      'db',
    )
    const port = fc.constantFrom(22, 2222)
    const field = fc.oneof(
      fc.array(pattern, { minLength: 1, maxLength: 3 }).map((patterns) => patterns.join(',')),
      fc.tuple(label, port).map(([name, number]) => hashHostName(knownHostName(name, number))),
    )
    const path = join(folder, 'known')
    await fc.assert(
      fc.asyncProperty(fc.array(field, { minLength: 1, maxLength: 8 }), label, port, async (fields, name, number) => {
        const text = `${fields.map((one) => formatKnownHost(one, keyType, key)).join('\n')}\n`
        await writeFile(path, text)
        const wanted = knownHostName(name, number)
        expect(findOurselves(text, wanted)).toEqual(await findWithOpenSsh(path, wanted))
      }),
      { numRuns: 60 },
    )
  })

  it('finds a host in what ssh-keygen hashed', async () => {
    const path = join(folder, 'hashed')
    const names = ['web', 'db.example.org', '[web]:2222', '[2001:db8::1]:22022']
    await writeFile(path, `${names.map((name) => formatKnownHost(name, keyType, key)).join('\n')}\n`)
    await run('ssh-keygen', ['-H', '-f', path])
    const text = await readFile(path, 'utf8')
    expect(text).not.toContain('web')
    expect(names.map((name) => findOurselves(text, name))).toEqual([[1], [2], [3], [4]])
  })
})

describe('lists of revoked keys, beside ssh-keygen -Q', () => {
  it('revoke the same keys and certificates', async () => {
    const keyOf = async (path: string) => Buffer.from((await readFile(path, 'utf8')).split(' ')[1] ?? '', 'base64')
    const stranger = join(folder, 'stranger')
    await makeKey(stranger, 'ecdsa')
    const paths = [`${stranger}.pub`, join(folder, 'key.pub')]
    for (const serial of [0, 1, 2, 7, 300]) {
      const path = join(folder, `serial-${serial}`)
      await writeFile(`${path}.pub`, await readFile(`${stranger}.pub`))
      const authority = serial === 7 ? stranger : join(folder, 'key')
      paths.push(await certify(authority, path, ['-h', '-I', `id ${serial}`, '-z', String(serial)]))
    }
    const blobs = await Promise.all(paths.map(keyOf))
    const number = fc.integer({ min: 1, max: 310 })
    const line = fc.oneof(
      number.map((serial) => `serial: ${serial}`),
      fc.tuple(number, number).map(([one, other]) => `serial: ${Math.min(one, other)}-${Math.max(one, other) + 1}`),
      fc.constantFrom('id: id 1', 'id: id 0', 'id: none', `hash: ${fingerprintOf(blobs[0] ?? Buffer.alloc(0))}`),
      fc.constantFrom(
        ...['key', 'sha1', 'sha256'].flatMap((kind) => blobs.map((blob) => formatRevocation(kind, blob))),
      ),
    )
    const [list, specification] = [join(folder, 'krl'), join(folder, 'krl-specification')]
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 12 }), fc.boolean(), async (lines, ofAuthority) => {
        await writeFile(specification, `${lines.join('\n')}\n`)
        const authority = ofAuthority ? ['-s', join(folder, 'key.pub')] : ['-s', 'none']
        await rm(list, { force: true })
        await run('ssh-keygen', ['-q', '-k', ...authority, '-f', list, specification])
        const { stdout } = await run('ssh-keygen', ['-Q', '-f', list, ...paths]).catch((error: unknown) => {
          // Exit code 1 means that one is revoked.
          if (error instanceof Error && 'stdout' in error) return { stdout: String(error.stdout) }
          throw error
        })
        const theirs = paths.map((path) => new RegExp(`^${path}.*: REVOKED$`, 'm').test(stdout))
        const revoked = parseRevokedKeys(await readFile(list))
        const ours = blobs.map((blob) => {
          const certificate = parseCertificate(blob)
          return revoked?.has(certificate?.publicKey ?? blob, certificate)
        })
        expect(ours).toEqual(theirs)
      }),
      { numRuns: 25 },
    )
  })
})

/** A line for `ssh-keygen -k`, which takes keys, also where it then stores a hash or stands for a certificate. */
function formatRevocation(kind: string, blob: Buffer): string {
  const key = parseCertificate(blob)?.publicKey ?? blob
  return `${kind}: ${keyTypeOf(key)} ${key.toString('base64')}`
}

describe('certificates, beside ssh-keygen -L', () => {
  it.each(['ed25519', 'rsa', 'ecdsa'])('says the same of one for a key of type %s', async (type) => {
    const path = join(folder, `certified-${type}`)
    await makeKey(path, type)
    const validity = ['-V', '20200101000000Z:20300101000000Z']
    await certify(join(folder, 'key'), path, ['-I', 'alice@work', '-z', '77', '-n', 'root,alice', ...validity])
    const [, encoded = ''] = (await readFile(`${path}-cert.pub`, 'utf8')).split(' ')
    const certificate = parseCertificate(Buffer.from(encoded, 'base64'))
    const { stdout } = await run('ssh-keygen', ['-L', '-f', `${path}-cert.pub`], { env: { ...process.env, TZ: 'UTC' } })
    const told = (label: string) => new RegExp(`${label}: (.*)`).exec(stdout)?.[1]
    expect(told('Type')).toBe(`${certificate?.type} ${certificate?.purpose} certificate`)
    expect(told('Public key')).toContain(fingerprintOf(certificate?.publicKey ?? Buffer.alloc(0)))
    expect(told('Signing CA')).toContain(fingerprintOf(certificate?.authority ?? Buffer.alloc(0)))
    expect(told('Key ID')).toBe(`"${certificate?.keyId}"`)
    expect(told('Serial')).toBe(`${certificate?.serial}`)
    const [from, to] = [certificate?.validAfter ?? 0, certificate?.validBefore ?? 0].map((at) =>
      new Date(at).toISOString(),
    )
    expect(told('Valid')).toBe(`from ${from?.slice(0, 19)} to ${to?.slice(0, 19)}`)
    expect(stdout.split('Principals:')[1]?.split('Critical')[0]?.trim().split(/\s+/)).toEqual(certificate?.principals)
  })
})

describe('ssh_config, beside ssh -G', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['a host by its alias', 'Host web\n HostName 10.0.0.1\n Port 2200\n User ann\nHost *\n User bob\n Port 2300\n'],
    ['patterns and negation', 'Host *.org !web web*\n User ann\nHost w?b\n Port 2200\nHost !w* *\n User no\n'],
    ['the first value', 'User one\nUser two\nHost web\n User three\n Port 2200\n'],
    ['an equals sign and quotes', 'Host=web\n  User = "ann"\n  IdentityFile "/keys/with blank"\n'],
    ['tokens', 'Host web\n HostName %h.example.org\n IdentityFile /keys/%h-%r-%p-%n-%u-%%\n User ann\n'],
    ['several identity files', 'IdentityFile /a\nHost web\n IdentityFile /b\nHost db\n IdentityFile /c\n'],
    ['included files', 'Host web\n Include inc-*\nHost *\n User last\n'],
    ['an include that does not apply', 'Host db\n Include inc-*\nHost *\n User last\n'],
    ['a jump host', 'Host web\n ProxyJump ann@gate:2222,inner\n'],
    ['no jump host', 'Host web\n ProxyJump none\nHost *\n ProxyJump gate\n'],
    ['an alias for the host key', 'Host web\n HostKeyAlias cluster\n'],
    ['files of known hosts', 'Host web\n UserKnownHostsFile /k-%h-%C "/a b" /%%h\n GlobalKnownHostsFile ~/g /%h\n'],
    ['no files of known hosts', 'UserKnownHostsFile none\nGlobalKnownHostsFile none\nRevokedHostKeys none\n'],
    ['revoked keys', 'RevokedHostKeys /etc/revoked\n'],
    ['a program that knows hosts', 'KnownHostsCommand /usr/bin/known "%H %%" -t %t\n'],
    ['an address family', 'AddressFamily inet6\n'],
    ['an agent', 'IdentityAgent /run/agent-%r.sock\nUser ann\n'],
    ['no agent', 'IdentityAgent none\n'],
    ['only the named keys', 'IdentitiesOnly yes\nIdentityFile /a\n'],
    ['Match all', 'Host db\n User no\nMatch all\n User ann\n Port 2200\n'],
    ['Match host', 'Host web\n HostName web.lan\nMatch host web.lan\n Port 2200\nMatch host web\n User no\n'],
    ['Match originalhost', 'Host web\n HostName web.lan\nMatch originalhost WEB,db\n Port 2200\n'],
    ['Match user', 'User ann\nMatch user ANN\n Port 1\nMatch user a*,!bob localuser root\n Port 2200\n'],
    ['negated criteria', 'Match !host db !user bob\n Port 2200\nMatch !all\n User no\n'],
    ['Match final', 'Host web\n HostName web.lan\nMatch final host web.lan\n User ann\nHost web.lan\n Port 2200\n'],
    ['identity files in two passes', 'IdentityFile /a\nMatch final all\n IdentityFile /b\n'],
    ['criteria with equals signs', 'Match host=web user = root\n Port 2200\nMatch originalhost "w*,!web"\n User no\n'],
    ['an include in a Match block', 'Match host web\n Include inc-*\nMatch host db\n Include inc-1\n'],
    ['names in capitals', 'Host WEB\n User no\nMatch host WEB\n Port 2200\n'],
    ['comments and blank lines', '# one\n\n   # two\nHost web # three\n\tUser ann # four\n'],
  ]

  it.each(cases)('reads %s as OpenSSH does', async (_, text) => {
    const home = join(folder, 'home')
    await mkdir(join(home, '.ssh'), { recursive: true })
    const path = join(home, '.ssh', 'config')
    // ssh takes relative includes from the home of the account, so they are given whole.
    await writeFile(path, text.replaceAll('Include ', `Include ${join(home, '.ssh')}/`))
    await writeFile(join(home, '.ssh', 'inc-1'), 'Port 2201\nHost web\n User included\n')
    await writeFile(join(home, '.ssh', 'inc-2'), 'Port 2202\n IdentityFile /inc\n')
    const source = { path, homePath: home, environment: { SSH_AUTH_SOCK: '/agent' }, allowsCommand: () => true }
    const target = { address: 'web' }
    const [theirs, ours] = await Promise.all([
      resolveTarget(target, source),
      resolveTarget(target, { ...source, openSshCommand: null }),
    ])
    // Without a named key each has its own list of defaults.
    const named = /IdentityFile/.test(text) ? {} : { identityPaths: [] }
    // Files are looked up under all names that a printed list may stand for; ssh's own are those of the account's home.
    const { paths } = ours.knownHosts
    const known = { knownHosts: { ...ours.knownHosts, paths: [] } }
    if (text.includes('KnownHostsFile')) expect(theirs.knownHosts.paths).toEqual(expect.arrayContaining([...paths]))
    expect({ ...ours, ...named, ...known }).toEqual({
      ...theirs,
      ...named,
      knownHosts: { ...theirs.knownHosts, paths: [] },
    })
  })

  it('evaluates any Host and Match blocks as OpenSSH does', async () => {
    const pattern = fc.constantFrom('web', 'w*', '*.lan', 'WEB', 'db', 'ann', 'root', '!web', '*')
    const list = fc.array(pattern, { minLength: 1, maxLength: 2 }).map((patterns) => patterns.join(','))
    const withArgument = fc
      .tuple(fc.constantFrom('', '!'), fc.constantFrom('host', 'originalhost', 'user', 'localuser'), list)
      .map(([mark, name, argument]) => `${mark}${name} ${argument}`)
    const criterion = fc.oneof({ weight: 3, arbitrary: withArgument }, fc.constantFrom('final', '!final', 'canonical'))
    const block = fc.oneof(
      fc.array(criterion, { minLength: 1, maxLength: 3 }).map((criteria) => `Match ${criteria.join(' ')}`),
      fc.array(pattern, { minLength: 1, maxLength: 2 }).map((patterns) => `Host ${patterns.join(' ')}`),
      fc.constantFrom('Match all', 'Match final all', 'Match !final all'),
    )
    const value = fc.constantFrom('HostName %h.lan', 'User ann', 'User bob', 'Port 1', 'Port 2', 'HostKeyAlias a')
    const text = fc
      .array(fc.tuple(block, fc.array(value, { maxLength: 2 })), { minLength: 1, maxLength: 5 })
      .map((blocks) => blocks.flatMap(([head, values]) => [head, ...values.map((one) => ` ${one}`)]).join('\n'))
    const path = join(folder, 'blocks')
    const essence = ({ address, port, user, hostKeyAlias }: ResolvedTarget) => [address, port, user, hostKeyAlias]
    await fc.assert(
      fc.asyncProperty(text, fc.constantFrom(undefined, 'ann'), async (lines, user) => {
        await writeFile(path, `${lines}\n`)
        const target = { address: 'web', ...(user === undefined ? {} : { user }) }
        const theirs = await resolveTarget(target, { path })
        const ours = await resolveTarget(target, { path, openSshCommand: null })
        expect(essence(ours)).toEqual(essence(theirs))
      }),
      { numRuns: 100 },
    )
  })

  it.each(['fe80::1%docker0', 'fe80::1%home', 'a%%b', '10.0.0.1'])(
    'takes the address %s as ssh does',
    async (address) => {
      const config = join(folder, 'addresses')
      await writeFile(config, 'Host a*\n HostName %h.example.org\n')
      const [theirs, ours] = await Promise.all([
        resolveTarget({ address }, { path: config }),
        resolveTarget({ address }, { path: config, openSshCommand: null }),
      ])
      const { stdout } = await run('ssh', ['-G', '-F', config, '--', address])
      const hostName = /^hostname (.*)$/m.exec(stdout)?.[1]
      expect([theirs.address, ours.address]).toEqual([hostName, hostName])
    },
  )

  it('takes the users that ssh takes', async () => {
    const user = fc.string({
      unit: fc.constantFrom('a', 'B', '-', '\\', '$', '%', '@', "'", ';', '(', ' ', '.', '"'),
      maxLength: 6,
    })
    await fc.assert(
      fc.asyncProperty(
        user.filter((name) => name !== ''),
        async (name) => {
          const ours = await resolveTarget({ address: 'web', user: name, useConfig: false }).then(
            () => true,
            () => false,
          )
          const theirs = await run('ssh', ['-G', '-F', '/dev/null', '-l', name, '--', 'web']).then(
            () => true,
            () => false,
          )
          expect(ours).toBe(theirs)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('reports a broken file with the same line', async () => {
    const path = join(folder, 'broken')
    await writeFile(path, 'User ann\nHost "web\n')
    const invalid = { code: 'ssh.config-invalid', params: { path, line: 2 } }
    await expect(resolveTarget({ address: 'web' }, { path, openSshCommand: null })).rejects.toMatchObject(invalid)
    await expect(resolveTarget({ address: 'web' }, { path })).rejects.toMatchObject(invalid)
  })

  it('runs no command that nobody allowed, and every one that is allowed', async () => {
    const path = join(folder, 'commands')
    const [early, nested, late] = ['early', 'nested', 'late'].map((name) => join(folder, `ran-${name}`))
    // `nested` is in a file that only a block includes which does not apply: OpenSSH runs it all the same.
    await writeFile(join(folder, 'nested'), `Match exec "touch ${nested}"\n User no\n`)
    await writeFile(
      path,
      `Match exec "touch ${early}"\n User ann\nHost db\n Include ${join(folder, 'nested')}\nMatch originalhost db exec "touch ${late}"\n`,
    )
    const ran = () => [early, nested, late].map((file) => existsSync(file ?? ''))
    const unasked = await resolveTarget({ address: 'web', useConfig: true }, { path })
    expect(ran()).toEqual([false, false, false])
    expect(unasked.skipped.map(({ command }) => command)).toEqual([`touch ${early}`, `touch ${nested}`])
    expect(unasked.user).not.toBe('ann')
    const digests = unasked.skipped.map(({ command }) => digestCommand(command ?? ''))
    const allowed = await resolveTarget(
      { address: 'web' },
      { path, allowsCommand: (digest) => digests.includes(digest) },
    )
    expect(allowed).toMatchObject({ user: 'ann', skipped: [] })
    expect(ran()).toEqual([true, true, false])
  })

  it('is read without OpenSSH where that is not installed', async () => {
    const path = join(folder, 'plain')
    await writeFile(path, 'User ann\n')
    const resolved = await resolveTarget({ address: 'web' }, { path, openSshCommand: '/no/such/ssh', homePath: folder })
    expect(resolved.user).toBe('ann')
  })
})
