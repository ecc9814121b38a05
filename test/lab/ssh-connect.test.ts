import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ConnectOptions, connectSsh, createKnownHosts } from '../../src/main/ssh/index.ts'
import { waitFor } from './command.ts'
import { connect, folder, listen, newPath, options, provideSshd, sshd, start } from './ssh-bench.ts'
import { findFreePort, type Sshd, startSshd, TEST_PASSWORD, TEST_USER } from './sshd.ts'

provideSshd()

describe('the key of a host', () => {
  const knownLine = async (server: Sshd, keyPath = server.hostKeyPath, marker = '') => {
    const [type = '', key = ''] = (await readFile(`${keyPath}.pub`, 'utf8')).split(' ')
    return `${marker}[127.0.0.1]:${server.port} ${type} ${key}\n`
  }
  const userKnows = async (text: string) => {
    const homePath = newPath('home')
    await mkdir(join(homePath, '.ssh'), { recursive: true })
    await writeFile(join(homePath, '.ssh', 'known_hosts'), text)
    return { homePath, environment: {} }
  }

  it('is refused while nobody has confirmed it, and nothing is stored', async () => {
    const { acceptFingerprint: _, ...unconfirmed } = options(sshd)
    const refused = {
      code: 'ssh.host-key-unknown',
      params: { keyType: 'ssh-ed25519', fingerprint: sshd.fingerprints.ed25519, port: sshd.port },
    }
    await expect(connectSsh(unconfirmed)).rejects.toMatchObject(refused)
    await expect(connectSsh(unconfirmed)).rejects.toMatchObject(refused)
  })

  it('is refused when a person has confirmed another one', async () => {
    const wrong = options(sshd, { acceptFingerprint: `SHA256:${'A'.repeat(43)}` })
    await expect(connectSsh(wrong)).rejects.toMatchObject({ code: 'ssh.host-key-unknown' })
  })

  it('is asked for by type when the one that a person has confirmed is not what the host shows first', async () => {
    const confirmed = options(sshd, { acceptFingerprint: sshd.fingerprints.rsa ?? '' })
    const session = await connect(confirmed)
    expect(session.hostKey).toEqual({ type: 'ssh-rsa', fingerprint: sshd.fingerprints.rsa })
    const { acceptFingerprint: _, ...later } = confirmed
    expect((await connect(later)).hostKey.type).toBe('ssh-rsa')
  })

  it('is pinned on the word of a person and trusted from then on', async () => {
    const confirmed = options(sshd)
    await connect(confirmed)
    const { acceptFingerprint: _, ...later } = confirmed
    await connect(later)
  })

  it('is refused with both fingerprints when it has changed, and taken on the word of a person only', async () => {
    const port = await findFreePort()
    const before = await startSshd(folder, { port })
    const confirmed = options(before)
    await (await connectSsh(confirmed)).close()
    await before.kill()
    const after = await start({ port })
    const { acceptFingerprint: _, ...later } = confirmed
    const changed = {
      code: 'ssh.host-key-changed',
      params: { fingerprint: after.fingerprints.ed25519, expectedFingerprint: before.fingerprints.ed25519 },
    }
    await expect(connectSsh(later)).rejects.toMatchObject(changed)
    await expect(connectSsh(confirmed)).rejects.toMatchObject(changed)
    await connect({ ...later, acceptFingerprint: after.fingerprints.ed25519 ?? '' })
    await connect(later)
  })

  it('is found in the known_hosts of the user, by the type that is known there', async () => {
    const config = await userKnows(await knownLine(sshd, join(folder.path, 'main-rsa')))
    const session = await connect({ ...options(sshd, { config }), acceptFingerprint: '' })
    expect(session.hostKey).toEqual({ type: 'ssh-rsa', fingerprint: sshd.fingerprints.rsa })
  })

  it('counts as changed when the host shows a type that nobody knows of it', async () => {
    const onlyRsa = await start({ hostKeyTypes: ['rsa'] })
    const config = await userKnows(await knownLine(onlyRsa, sshd.hostKeyPath))
    const refused = connectSsh(options(onlyRsa, { config }))
    await expect(refused).rejects.toMatchObject({ code: 'ssh.host-key-changed', params: { keyType: 'ssh-rsa' } })
  })

  it('is refused when it is revoked, even on the word of a person', async () => {
    const config = await userKnows(await knownLine(sshd, sshd.hostKeyPath, '@revoked '))
    await expect(connectSsh(options(sshd, { config }))).rejects.toMatchObject({ code: 'ssh.host-key-revoked' })
  })

  it('is refused clearly when known_hosts only trusts an authority and the host shows no certificate', async () => {
    const config = await userKnows(await knownLine(sshd, sshd.hostKeyPath, '@cert-authority '))
    const refused = connectSsh({ ...options(sshd, { config }), acceptFingerprint: '' })
    await expect(refused).rejects.toMatchObject({
      code: 'ssh.host-key-not-certified',
      params: { hint: 'missing', fingerprint: sshd.fingerprints.ed25519 },
    })
  })

  it('is looked at again when the connection changes its keys under way', async () => {
    const rekeying = await start({ config: ['RekeyLimit 256K', 'LogLevel DEBUG1'] })
    const checks: string[] = []
    const knownHosts = createKnownHosts({ ownPath: newPath('own') })
    const counting = {
      ...knownHosts,
      check: async (...args: Parameters<typeof knownHosts.check>) => {
        checks.push(args[0].address)
        return knownHosts.check(...args)
      },
    }
    const session = await connect(options(rekeying, { knownHosts: counting }))
    for (let round = 0; round < 3; round++) {
      const { stdout } = await session.exec('head -c 1000000 /dev/zero | tr "\\0" x')
      expect(stdout).toHaveLength(1_000_000)
    }
    expect(rekeying.log().match(/SSH2_MSG_NEWKEYS received/g)?.length).toBeGreaterThan(2)
    // The files were asked once; at a rekeying only the same key will do.
    expect(checks).toHaveLength(1)
  })
})

describe('a host that cannot be reached', () => {
  it('by its name', async () => {
    const target = { address: 'no-such-host.invalid', useConfig: false }
    await expect(connectSsh({ ...options(sshd), target })).rejects.toMatchObject({ code: 'ssh.name-not-found' })
  })

  it('because nothing listens', async () => {
    const target = { address: '127.0.0.1', port: await findFreePort(), useConfig: false }
    await expect(connectSsh({ ...options(sshd), target })).rejects.toMatchObject({
      code: 'ssh.unreachable',
      params: { reason: 'ECONNREFUSED' },
    })
  })

  it('because it never answers, or the caller gives up', async () => {
    const port = await listen(() => undefined)
    const target = { address: '127.0.0.1', port, useConfig: false }
    const late = connectSsh({ ...options(sshd), target, timeoutMs: 300 })
    await expect(late).rejects.toMatchObject({ code: 'ssh.connect-timed-out', params: { timeoutMs: 300 } })
    const controller = new AbortController()
    const aborted = connectSsh({ ...options(sshd), target, signal: controller.signal })
    controller.abort()
    await expect(aborted).rejects.toMatchObject({ code: 'ssh.aborted' })
  })

  it('because something else than SSH answers', async () => {
    const http = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const target = { address: '127.0.0.1', port: http, useConfig: false }
    await expect(connectSsh({ ...options(sshd), target })).rejects.toMatchObject({
      code: 'ssh.handshake-failed',
      params: { reason: 'HTTP/1.1 400 Bad Request' },
    })
  })

  it.each([
    ['without a word', ''],
    ['with the words of a busy sshd', 'Exceeded MaxStartups'],
  ])('because it closes at once, %s', async (_, said) => {
    const port = await listen((socket) => socket.end(said === '' ? '' : `${said}\r\n`))
    const target = { address: '127.0.0.1', port, useConfig: false }
    await expect(connectSsh({ ...options(sshd), target })).rejects.toMatchObject({
      code: 'ssh.closed-at-once',
      retry: 'safe',
      params: { said },
    })
  })

  it('because its sshd refuses this address for a while, after wrong passwords (OpenSSH 10)', async () => {
    const config = ['PerSourcePenalties authfail:300s min:1s', 'PerSourcePenaltyExemptList none']
    const server = await start({ system: 'debian-13', config })
    const wrong = { keyPath: null, secrets: async () => ({ password: 'wrong' }) }
    await expect(connectSsh(options(server, wrong))).rejects.toMatchObject({ code: 'ssh.authentication-failed' })
    await waitFor('the penalty is in force', () => /penalty/.test(server.log()))
    await expect(connectSsh(options(server))).rejects.toMatchObject({
      code: 'ssh.closed-at-once',
      retry: 'safe',
    })
  })

  it('because it has no algorithm that is known here, which is named', async () => {
    const postQuantum = await start({ config: ['KexAlgorithms sntrup761x25519-sha512@openssh.com'] })
    await expect(connectSsh(options(postQuantum))).rejects.toMatchObject({
      code: 'ssh.no-common-algorithm',
      params: { hint: 'key-exchange', offered: 'sntrup761x25519-sha512@openssh.com' },
    })
    const oldCipher = await start({ config: ['Ciphers aes256-cbc'] })
    await expect(connectSsh(options(oldCipher))).rejects.toMatchObject({
      code: 'ssh.no-common-algorithm',
      params: { hint: 'cipher', offered: 'aes256-cbc' },
    })
  })
})

describe('a host behind another', () => {
  async function viaJump(gate: Sshd, behind: Sshd, lines: readonly string[] = []): Promise<ConnectOptions> {
    const path = newPath('config')
    const text = [
      'Host behind',
      ' HostName 127.0.0.1',
      ` Port ${behind.port}`,
      ' ProxyJump gate',
      'Host gate',
      ' HostName 127.0.0.1',
      ` Port ${gate.port}`,
      'Host *',
      ` User ${TEST_USER}`,
      ` IdentityFile ${folder.keyPath}`,
      ...lines,
    ]
    await writeFile(path, `${text.join('\n')}\n`)
    const config = { path, homePath: folder.path, environment: {} }
    const knownHosts = createKnownHosts({ ownPath: newPath('own') })
    return { target: { address: 'behind' }, secrets: async () => ({}), knownHosts, config }
  }

  it.each([
    ['as OpenSSH reads it', 'ssh'],
    ['as we read it', null],
  ])('is reached by its configuration, %s', async (_, openSshCommand) => {
    const behind = await start({})
    const jump = await viaJump(sshd, behind, ['Match host 127.0.0.1 exec "true"', ' Compression no'])
    const skipped: string[] = []
    const connectOptions: ConnectOptions = {
      ...jump,
      config: { ...jump.config, openSshCommand, allowsCommand: () => true },
      onConfigSkipped: (directives) => skipped.push(...directives.map(({ line, directive }) => `${line} ${directive}`)),
    }
    // First the gate's key is asked for, then that of the host behind it; neither is taken silently.
    for (const server of [sshd, behind]) {
      const fingerprint = server.fingerprints.ed25519 ?? ''
      await expect(connectSsh(connectOptions)).rejects.toMatchObject({
        code: 'ssh.host-key-unknown',
        params: { fingerprint },
      })
      await connectSsh({ ...connectOptions, acceptFingerprint: fingerprint }).then(
        (session) => session.close(),
        () => undefined,
      )
    }
    skipped.length = 0
    const session = await connect(connectOptions)
    expect(session.endpoint.port).toBe(behind.port)
    // Once for the host and once for the one on the way; OpenSSH itself runs the program.
    expect(skipped).toEqual(openSshCommand === null ? ['11 Match exec', '11 Match exec'] : [])
    expect((await session.exec('echo $SSH_CONNECTION')).stdout).toContain(` ${behind.port}\n`)
  })

  it('does not get its password told to the host before it', async () => {
    const gate = await start({ config: ['PubkeyAuthentication no'] })
    const jump = await viaJump(gate, sshd)
    const failed = connectSsh({
      ...jump,
      acceptFingerprint: gate.fingerprints.ed25519 ?? '',
      secrets: async () => ({ password: TEST_PASSWORD }),
    })
    await expect(failed).rejects.toMatchObject({ code: 'ssh.authentication-failed' })
    expect(gate.log()).not.toContain('password')
  })

  it('is named as such when the host before it does not let through', async () => {
    const gate = await start({ config: ['AllowTcpForwarding no'] })
    const jump = await viaJump(gate, sshd)
    const failed = connectSsh({ ...jump, acceptFingerprint: gate.fingerprints.ed25519 ?? '' })
    await expect(failed).rejects.toMatchObject({
      code: 'ssh.jump-failed',
      cause: { params: { hint: 'forwarding-forbidden' } },
    })
  })

  it('leaves the host before it alone when a later name of the chain is no name', async () => {
    const gate = await start({})
    const jump = await viaJump(gate, sshd, ['Host chained', ' ProxyJump gate,bad;name'])
    const failed = connectSsh({
      ...jump,
      target: { address: 'chained' },
      config: { ...jump.config, openSshCommand: null },
      acceptFingerprint: gate.fingerprints.ed25519 ?? '',
    })
    await expect(failed).rejects.toMatchObject({ code: 'ssh.address-invalid' })
    expect(gate.log()).not.toContain('Accepted')
  })

  it('is lost with the host before it', async () => {
    const gate = await startSshd(folder)
    const behind = await start({})
    const jump = await viaJump(gate, behind)
    await connectSsh({ ...jump, acceptFingerprint: gate.fingerprints.ed25519 ?? '' }).catch(() => undefined)
    const session = await connect({ ...jump, acceptFingerprint: behind.fingerprints.ed25519 ?? '' })
    await gate.kill()
    expect(await session.closed).toMatchObject({ code: 'ssh.connection-lost' })
  })
})
