import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { digestCommand, fetchConfigCommands, listMatchCommands } from '../../../../src/main/ssh/config-commands.ts'
import { parseOpenSshFailure, parseOpenSshOutput } from '../../../../src/main/ssh/config-openssh.ts'
import { parseConfigText, splitArguments } from '../../../../src/main/ssh/config-syntax.ts'
import { expandPath, expandTokens, type TokenValues } from '../../../../src/main/ssh/config-tokens.ts'
import { matchesPattern, matchesPatternList } from '../../../../src/main/ssh/host-pattern.ts'
import { parseProxyJump } from '../../../../src/main/ssh/proxy-jump.ts'
import { resolveTarget } from '../../../../src/main/ssh/resolve-target.ts'

const tokens: TokenValues = {
  hostName: 'web.example.org',
  originalName: 'web',
  port: 2222,
  remoteUser: 'root',
  localUser: 'ann',
  homePath: '/home/ann',
  userId: '1000',
  localHost: 'desk.example.org',
  hostKeyAlias: 'alias',
  jumpHost: '',
}

describe('a line of ssh_config', () => {
  it.each([
    ['one two', ['one', 'two']],
    ['"one two" three', ['one two', 'three']],
    ["'one two'", ['one two']],
    ['one\\ two', ['one two']],
    ['"a \\"b\\" c"', ['a "b" c']],
    ['one # note', ['one']],
    ['one#two', ['one#two']],
    ['C:\\Users\\ann', ['C:\\Users\\ann']],
    ['"open', null],
    ['', []],
  ])('splits %s', (text, expected) => expect(splitArguments(text)).toEqual(expected))

  it('takes a blank or an equals sign after its keyword, and any case', () => {
    const { directives } = parseConfigText('HostName=a\nPORT  =  22\n\tuser root\n#User x\n')
    expect(directives.map(({ keyword, args }) => [keyword, ...args])).toEqual([
      ['hostname', 'a'],
      ['port', '22'],
      ['user', 'root'],
    ])
  })

  it('is reported with its number when it cannot be read', () => {
    expect(parseConfigText('User\nHost "a\n= x').problems.map(({ line }) => line)).toEqual([1, 2, 3])
  })
})

describe('patterns', () => {
  it('match as a regular expression of the same meaning does', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 12 })
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), maxLength: 10 })
    fc.assert(
      fc.property(text, pattern, (subject, glob) => {
        const regex = new RegExp(`^${glob.replaceAll('.', '\\.').replace(/\*+/g, '.*').replaceAll('?', '.')}$`)
        expect(matchesPattern(subject, glob)).toBe(regex.test(subject))
      }),
    )
  })

  it('take no time to speak of on patterns made to be slow', () => {
    expect(matchesPattern('a'.repeat(20_000), `${'*a'.repeat(50)}b`)).toBe(false)
  })

  it('are outweighed by a negated one', () => {
    expect(matchesPatternList('web-01', ['web-*', '!web-01'])).toBe(false)
    expect(matchesPatternList('web-02', ['!web-01', 'web-*'])).toBe(true)
  })
})

describe('tokens', () => {
  it.each([
    [
      '%h %n %p %r %u %i %l %L %k %d %%',
      'web.example.org web 2222 root ann 1000 desk.example.org desk alias /home/ann %',
    ],
    ['100%', '100%'],
    ['%Z', '%Z'],
    ['%%h', '%h'],
  ])('expand %s', (text, expected) => expect(expandTokens(text, tokens)).toBe(expected))

  it.each([
    ['~/.ssh/id', join('/home/ann', '.ssh/id')],
    ['~', '/home/ann'],
    ['~bob/id', '~bob/id'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of ssh_config
    ['${KEYS}/id_%r', '/keys/id_root'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the syntax of ssh_config
    ['${UNSET}/id', null],
  ])('expand the path %s', (text, expected) => expect(expandPath(text, tokens, { KEYS: '/keys' })).toBe(expected))
})

describe('ProxyJump', () => {
  it.each([
    [undefined, []],
    ['none', []],
    ['gate', [{ address: 'gate' }]],
    ['ann@gate:2200', [{ address: 'gate', user: 'ann', port: 2200 }]],
    ['ssh://ann@gate:2200/', [{ address: 'gate', user: 'ann', port: 2200 }]],
    ['a, b:1 ,c@d', [{ address: 'a' }, { address: 'b', port: 1 }, { address: 'd', user: 'c' }]],
    ['[2001:db8::1]:22', [{ address: '2001:db8::1', port: 22 }]],
    ['ann@domain@gate', [{ address: 'gate', user: 'ann@domain' }]],
    ['%r@gate-%n', [{ address: 'gate-web', user: 'root' }]],
    ['[fe80::1%%docker0]:2200', [{ address: 'fe80::1%docker0', port: 2200 }]],
    ['fe80::1%docker0', [{ address: 'fe80::1%docker0' }]],
    ['CORP\\ann@gate', [{ address: 'gate', user: 'CORP\\ann' }]],
    ['gate:99999', null],
    ['', null],
    ['a,,b', null],
  ])('reads %s', (text, expected) => expect(parseProxyJump(text, tokens)).toEqual(expected))
})

describe('what OpenSSH answers', () => {
  it('is read as lists of values', () => {
    expect(parseOpenSshOutput('user bob\nidentityfile ~/a b\nidentityfile ~/c\n\n')).toEqual(
      new Map([
        ['user', [['bob']]],
        ['identityfile', [['~/a b'], ['~/c']]],
      ]),
    )
  })

  it.each([
    [
      '/c: line 3: Bad configuration option: foo\r\n/c: terminating',
      { path: '/c', line: 3, detail: 'Bad configuration option: foo' },
    ],
    ['/c line 7: Bad number', { path: '/c', line: 7, detail: 'Bad number' }],
    ['', { path: 'ssh -G', line: 0, detail: 'no answer in time' }],
  ])('is understood when it complains: %s', (stderr, params) => {
    expect(parseOpenSshFailure(stderr, 'ssh', null)).toMatchObject({ code: 'ssh.config-invalid', params })
  })
})

describe('a target read from files, without OpenSSH', () => {
  let home = ''
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'virtdeck-config-'))
    await mkdir(join(home, '.ssh', 'conf.d'), { recursive: true })
  })
  afterEach(() => rm(home, { recursive: true, force: true }))
  const write = (name: string, text: string) => writeFile(join(home, '.ssh', name), text)
  const resolve = (
    address: string,
    explicit: { user?: string; port?: number; proxyJump?: string } = {},
    environment = {},
  ) =>
    resolveTarget(
      { address, ...explicit },
      { openSshCommand: null, homePath: home, path: join(home, '.ssh', 'config'), environment },
    )

  it('takes the first value of each keyword, identity files in addition', async () => {
    await write(
      'config',
      'Host web\n HostName %h.example.org\n IdentityFile ~/a\nHost *\n HostName no\n User ann\n Port 2222\n IdentityFile ~/b-%h\n',
    )
    expect(await resolve('web')).toMatchObject({
      address: 'web.example.org',
      user: 'ann',
      port: 2222,
      identityPaths: [join(home, 'a'), join(home, 'b-web.example.org')],
    })
  })

  it('lets what the target names win', async () => {
    await write('config', 'User ann\nPort 2222\n')
    expect(await resolve('web', { user: 'root', port: 22 })).toMatchObject({ user: 'root', port: 22 })
  })

  it('follows Include in place, with wildcards, and only in a block that applies', async () => {
    await write('conf.d/20-late', 'User late\n')
    await write('conf.d/10-early', 'Host web\n User early\n')
    await write('only-db', 'User db-only\nHost *\n Port 77\n')
    await write('config', 'Host db\n Include only-db\nHost *\n Include conf.d/*\n')
    expect(await resolve('web')).toMatchObject({ user: 'early', port: 22 })
    expect(await resolve('db')).toMatchObject({ user: 'db-only', port: 77 })
  })

  it('ends a circle of Includes with an error that names the file', async () => {
    await write('config', 'Include config\n')
    await expect(resolve('web')).rejects.toMatchObject({ code: 'ssh.config-invalid', params: { line: 1 } })
  })

  it('lists a Match block that would run a program, and runs none', async () => {
    const witness = join(home, 'ran')
    await write('config', `Match host web exec "touch ${witness}"\n User no\nMatch all\n User ann\n`)
    const { user, skipped } = await resolve('web')
    expect(user).toBe('ann')
    expect(skipped).toEqual([{ path: join(home, '.ssh', 'config'), line: 1, directive: 'Match exec' }])
    expect(existsSync(witness)).toBe(false)
  })

  // A stand-in for `ssh`, as the real one reads the files of the account: what it was asked is in `asked`.
  async function installOpenSsh() {
    const asked = join(home, 'asked')
    const command = join(home, 'ssh')
    await writeFile(command, `#!/bin/sh\n[ "$1" = -V ] && exit 0\necho "$@" >> '${asked}'\necho user printed\n`, {
      mode: 0o755,
    })
    return { command, wasAsked: () => existsSync(asked) }
  }

  it.skipIf(process.platform === 'win32')(
    'asks OpenSSH only once every command that it may run is allowed',
    async () => {
      const path = join(home, '.ssh', 'config')
      await write('config', 'Match originalhost web exec "one" exec "two %h"\n User no\nHost *\n User ann\n')
      const { command, wasAsked } = await installOpenSsh()
      const allowed = new Set<string>()
      const source = {
        path,
        homePath: home,
        openSshCommand: command,
        allowsCommand: (digest: string) => allowed.has(digest),
      }
      const waiting = (commands: readonly string[]) =>
        commands.map((each) => ({ path, line: 1, directive: 'Match exec', command: each }))
      expect(await resolveTarget({ address: 'web' }, source)).toMatchObject({
        user: 'ann',
        skipped: waiting(['one', 'two %h']),
      })
      allowed.add(digestCommand('one'))
      expect(await resolveTarget({ address: 'web' }, source)).toMatchObject({
        user: 'ann',
        skipped: waiting(['two %h']),
      })
      expect(wasAsked()).toBe(false)
      // Another host, for which it cannot be run.
      expect(await resolveTarget({ address: 'db' }, source)).toMatchObject({ user: 'printed', skipped: [] })
      allowed.add(digestCommand('two %h'))
      expect(await resolveTarget({ address: 'web' }, source)).toMatchObject({ user: 'printed', skipped: [] })
      await write('config', 'Match exec "one"\nMatch exec "two  %h"\n')
      expect(await resolveTarget({ address: 'web' }, source)).toMatchObject({
        skipped: [{ command: 'two  %h', line: 2 }],
      })
    },
  )

  it('runs no KnownHostsCommand that nobody has allowed, says where it stands, and knows it again', async () => {
    const path = join(home, '.ssh', 'config')
    await write('config', 'Include more\nUser ann\n')
    await write(
      'more',
      'Host db\n KnownHostsCommand /bin/other\nHost *\n KnownHostsCommand "/opt/a b" %H "say \\"x\\""\n',
    )
    const command = 'KnownHostsCommand "/opt/a b" %H "say \\"x\\""'
    const allowed = new Set<string>()
    const source = {
      path,
      homePath: home,
      openSshCommand: null,
      allowsCommand: (digest: string) => allowed.has(digest),
    }
    const unasked = await resolveTarget({ address: 'web' }, source)
    expect(unasked).toMatchObject({ user: 'ann', knownHosts: { command: null } })
    const more = join(home, '.ssh', 'more')
    expect(unasked.skipped).toEqual([{ path: more, line: 4, directive: 'KnownHostsCommand', command }])
    // A word for a line of a shell is none for a program, and that of one program none for another.
    allowed.add(digestCommand(command.replace('KnownHostsCommand ', '')))
    allowed.add(digestCommand('KnownHostsCommand /bin/other'))
    expect((await resolveTarget({ address: 'web' }, source)).knownHosts.command).toBeNull()
    expect((await resolveTarget({ address: 'db' }, source)).knownHosts.command?.words).toEqual(['/bin/other'])
    allowed.add(digestCommand(command))
    expect(await resolveTarget({ address: 'web' }, source)).toMatchObject({
      knownHosts: { command: { words: ['/opt/a b', '%H', 'say "x"'] } },
      skipped: [],
    })
  })

  it.each([
    ['exec one', ['one']],
    ['!exec one user ann exec two', ['one', 'two']],
    ['originalhost web exec one', ['one']],
    ['originalhost db exec one', []],
    ['!originalhost db exec=one', ['one']],
    ['exec one originalhost db', ['one']],
    ['localuser other exec one', []],
    ['host db exec one', ['one']],
    ['user other exec one', ['one']],
    ['final exec one', ['one']],
    ['all', []],
  ])('knows which commands OpenSSH may run for "Match %s"', (criteria, expected) => {
    expect(listMatchCommands(splitArguments(criteria) ?? [], { name: 'web', localUser: 'me' })).toEqual(expected)
  })

  it('finds commands in files that a block includes which does not apply, as OpenSSH does', async () => {
    const path = join(home, '.ssh', 'config')
    await write('config', 'Host db\n Include more-*\nInclude %d/late\n')
    await write('more-1', 'Match exec "hidden"\n')
    const files = [{ path, includeFolder: join(home, '.ssh') }]
    const found = await fetchConfigCommands({ name: 'web', user: undefined, localUser: 'me', homePath: home, files })
    expect(found.map(({ command }) => command)).toEqual(['hidden', 'Include %d/late'])
  })

  it('does not speak of a Match block that could not apply whatever its program says', async () => {
    await write('config', 'Match host db exec "true"\n User no\nHost db\n Include only-db\n')
    await write('only-db', 'Match exec "true"\n User no\n')
    expect((await resolve('web')).skipped).toEqual([])
    expect((await resolve('db')).skipped).toHaveLength(2)
  })

  it.each([
    ['Match localnetwork 10.0.0.0/8', ['Match localnetwork']],
    ['Match host web !exec "x" final', ['Match !exec']],
    ['Match sessiontype shell exec x', ['Match sessiontype exec']],
    ['CanonicalizeHostname yes', ['CanonicalizeHostname']],
    ['CanonicalizeHostname no\nCanonicalizeHostname yes', []],
    ['Tag a\nMatch tagged a', []],
    ['Match final exec x\nMatch final exec x', ['Match exec', 'Match exec']],
  ])('lists of "%s" what it skipped', async (text, expected) => {
    await write('config', `${text}\n`)
    expect((await resolve('web')).skipped.map(({ directive }) => directive)).toEqual(expected)
  })

  it.each(['Match host', 'Match host web all', 'Match all host web', 'Match host ""'])(
    'refuses "%s", as OpenSSH does',
    async (text) => {
      await write('config', `\n${text}\n`)
      await expect(resolve('web')).rejects.toMatchObject({ code: 'ssh.config-invalid', params: { line: 2 } })
    },
  )

  it.each([
    ['IdentityAgent none', null],
    ['IdentityAgent SSH_AUTH_SOCK', '/agent'],
    ['IdentityAgent $OTHER', '/other'],
    ['IdentityAgent /run/%r.sock', '/run/ann.sock'],
    ['', '/agent'],
  ])('finds the agent of "%s"', async (line, expected) => {
    await write('config', `User ann\n${line}\n`)
    const { agentPath } = await resolve('web', {}, { SSH_AUTH_SOCK: '/agent', OTHER: '/other' })
    expect(agentPath).toBe(expected)
  })

  it('refuses a program as a proxy, but not "none" nor one that ProxyJump outweighs', async () => {
    await write(
      'config',
      'Host a\n ProxyCommand nc %h %p\nHost b\n ProxyCommand none\nHost c\n ProxyJump gate\n ProxyCommand x\n',
    )
    await expect(resolve('a')).rejects.toMatchObject({ code: 'ssh.proxy-command-unsupported' })
    expect((await resolve('b')).jumps).toEqual([])
    expect((await resolve('c')).jumps).toEqual([{ address: 'gate' }])
    // What was given for this host outweighs both.
    expect((await resolve('a', { proxyJump: 'me@other:23' })).jumps).toEqual([
      { address: 'other', user: 'me', port: 23 },
    ])
    expect((await resolve('c', { proxyJump: 'none' })).jumps).toEqual([])
  })

  it.each(['-oProxyCommand=x', 'a b', 'a\nb', '', 'x'.repeat(256)])('refuses the address %j', async (address) => {
    await expect(resolve(address)).rejects.toMatchObject({ code: 'ssh.address-invalid' })
  })

  it.each(['$(id)', 'a;id', '`id`', 'a|b', "a'b"])(
    'refuses %j, which Match exec would hand to a shell',
    async (name) => {
      await expect(resolve(name)).rejects.toMatchObject({ code: 'ssh.address-invalid' })
      const target = { address: 'web', user: name, useConfig: false }
      await expect(resolveTarget(target)).rejects.toMatchObject({ code: 'ssh.user-invalid', params: { user: name } })
    },
  )

  it.each(['CORP\\alice', 'svc$', 'John Smith', 'alice@corp.example.org', '홍길동'])(
    'takes the user %j as it is',
    async (user) => {
      expect(await resolve('web', { user })).toMatchObject({ user })
    },
  )

  it.each(['-oProxyCommand=x', 'a -b', 'a\\', 'a\nb', 'a&b', '', 'x'.repeat(257)])(
    'refuses the user %j',
    async (user) => {
      await expect(resolve('web', { user })).rejects.toMatchObject({ code: 'ssh.user-invalid' })
    },
  )

  it.each([
    ['fe80::1%docker0', 'fe80::1%docker0'],
    ['fe80::1%home', 'fe80::1%home'],
    ['100%', '100%'],
    ['a%%b', 'a%%b'],
    ['[fd77::31]', 'fd77::31'],
    ['[fe80::1%eth0]', 'fe80::1%eth0'],
  ])('takes the address %s literally', async (typed, address) => {
    await write('config', 'Host fd77::31\n Port 2200\n')
    expect(await resolve(typed)).toMatchObject({ address, port: address === 'fd77::31' ? 2200 : 22 })
  })

  it.each([
    ['fe80::1%%docker0', 'fe80::1%docker0'],
    ['fe80::1%docker0', 'fe80::1%docker0'],
    ['[fd77::31]', 'fd77::31'],
    ['%h.example.org', 'web.example.org'],
    ['%%h.example.org', '%h.example.org'],
  ])('expands the HostName %s once, and only what ssh allows there', async (hostName, address) => {
    await write('config', `HostName ${hostName}\n`)
    expect(await resolve('web')).toMatchObject({ address })
  })

  it('falls back on the default keys when none is named', async () => {
    await write('config', '')
    const { identityPaths } = await resolve('web')
    expect(identityPaths.map((path) => path.split(/[/\\]/).at(-1))).toEqual(['id_ed25519', 'id_ecdsa', 'id_rsa'])
  })
})
