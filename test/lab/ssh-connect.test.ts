import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type ConnectOptions, connectSsh, createKnownHosts, type SshSession } from '../../src/main/ssh/index.ts'
import { toWireError } from '../../src/shared/errors/index.ts'
import {
  createSshdFolder,
  findFreePort,
  makeKey,
  type Sshd,
  type SshdFolder,
  type SshdOptions,
  startSshd,
  TEST_PASSWORD,
  TEST_USER,
} from './sshd.ts'

const run = promisify(execFile)
let folder: SshdFolder
let sshd: Sshd
const cleanUps: (() => Promise<unknown>)[] = []
let ownFiles = 0

beforeAll(async () => {
  folder = await createSshdFolder()
  sshd = await startSshd(folder, { hostKeyTypes: ['ed25519', 'rsa'], name: 'main' })
})
afterAll(async () => {
  await sshd.kill()
  await folder.remove()
})
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function start(options: SshdOptions): Promise<Sshd> {
  const server = await startSshd(folder, options)
  cleanUps.push(() => server.kill())
  return server
}

/** Options that trust nothing and use nothing of the machine's own configuration, agent or keys. */
function options(
  server: Sshd,
  more: Partial<ConnectOptions> & { keyPath?: string | null; user?: string } = {},
): ConnectOptions {
  const { keyPath = folder.keyPath, user = TEST_USER, ...rest } = more
  const key = keyPath === null ? {} : { privateKeyPath: keyPath }
  return {
    target: { address: '127.0.0.1', port: server.port, user, useConfig: false, ...key },
    secrets: async () => ({}),
    knownHosts: createKnownHosts({ ownPath: join(folder.path, `own-${++ownFiles}`) }),
    ...(server.fingerprints.ed25519 === undefined ? {} : { acceptFingerprint: server.fingerprints.ed25519 }),
    config: { homePath: folder.path, environment: {} },
    ...rest,
  }
}

async function connect(connectOptions: ConnectOptions): Promise<SshSession> {
  const session = await connectSsh(connectOptions)
  cleanUps.push(() => session.close())
  return session
}

async function startAgent(keys: readonly string[]): Promise<string> {
  const path = join(folder.path, `agent-${++ownFiles}`)
  const agent = spawn('ssh-agent', ['-D', '-a', path], { stdio: ['ignore', 'pipe', 'inherit'] })
  cleanUps.push(async () => agent.kill())
  await once(agent.stdout, 'data')
  for (const key of keys) await run('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: path } })
  return path
}
const withAgent = (path: string) => ({ homePath: folder.path, environment: { SSH_AUTH_SOCK: path } })

describe('signing in', () => {
  it('works with a key file', async () => {
    const session = await connect(options(sshd))
    expect((await session.exec('whoami')).stdout).toBe(`${TEST_USER}\n`)
    expect(session.endpoint).toEqual({ address: '127.0.0.1', port: sshd.port, user: TEST_USER })
    expect(session.hostKey).toEqual({ type: 'ssh-ed25519', fingerprint: sshd.fingerprints.ed25519 })
  })

  it('works with an encrypted key, and says what lacks when the passphrase is missing or wrong', async () => {
    const keyPath = folder.encryptedKeyPath
    await connect(options(sshd, { keyPath, secrets: async () => ({ passphrase: folder.passphrase }) }))
    await expect(connectSsh(options(sshd, { keyPath }))).rejects.toMatchObject({
      code: 'ssh.key-needs-passphrase',
      params: { path: keyPath },
    })
    const wrong = connectSsh(options(sshd, { keyPath, secrets: async () => ({ passphrase: 'no' }) }))
    await expect(wrong).rejects.toMatchObject({ code: 'ssh.key-passphrase-wrong' })
  })

  it.each(['rsa', 'ecdsa'])('works with a key of type %s', async (type) => {
    const keyPath = join(folder.path, `id_${type}`)
    await makeKey(keyPath, type)
    const authorized = join(folder.path, `authorized-${type}`)
    await writeFile(authorized, await readFile(`${keyPath}.pub`))
    await connect(options(await start({ config: [`AuthorizedKeysFile ${authorized}`] }), { keyPath }))
  })

  it('works with an agent alone, and with an encrypted key whose passphrase only the agent knows', async () => {
    const agent = await startAgent([folder.keyPath])
    await connect(options(sshd, { keyPath: null, config: withAgent(agent) }))
    const both = join(folder.path, 'id_in_agent')
    await run('cp', [folder.keyPath, both])
    await run('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'secret', '-f', both])
    await run('cp', [`${folder.keyPath}.pub`, `${both}.pub`])
    await connect(options(sshd, { keyPath: both, config: withAgent(agent) }))
  })

  it('offers the named key first, so that a full agent does not use up the attempts', async () => {
    const strangers = await Promise.all(
      [1, 2, 3, 4].map(async (number) => {
        const path = join(folder.path, `stranger-${number}-${++ownFiles}`)
        await makeKey(path, 'ed25519')
        return path
      }),
    )
    const agent = await startAgent(strangers)
    const strict = await start({ config: ['MaxAuthTries 2'] })
    await connect(options(strict, { config: withAgent(agent) }))
    const withoutKey = connectSsh(options(strict, { keyPath: null, config: withAgent(agent) }))
    await expect(withoutKey).rejects.toMatchObject({
      code: 'ssh.authentication-failed',
      params: { tried: 'agent (4 keys)' },
    })
  })

  it('gets by without an agent that is gone, and names it when there was nothing else', async () => {
    const gone = join(folder.path, 'no-agent')
    await connect(options(sshd, { config: withAgent(gone) }))
    const alone = connectSsh(options(sshd, { keyPath: null, config: withAgent(gone) }))
    await expect(alone).rejects.toMatchObject({ code: 'ssh.agent-unavailable', params: { path: gone } })
  })

  it('works with a password, asked for only when the keys have failed', async () => {
    let asked = 0
    const secrets = async () => {
      asked++
      return { password: TEST_PASSWORD }
    }
    await connect(options(sshd, { secrets }))
    expect(asked).toBe(0)
    await connect(options(sshd, { secrets, keyPath: folder.strangerKeyPath }))
    expect(asked).toBe(1)
  })

  it('lists what was tried when all of it was refused, and no secret', async () => {
    const secret = 'wrong-s3cret'
    const failed = connectSsh(
      options(sshd, { keyPath: folder.strangerKeyPath, secrets: async () => ({ password: secret }) }),
    )
    const error = await failed.catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      code: 'ssh.authentication-failed',
      params: { user: TEST_USER, tried: `key ${folder.strangerKeyPath}, password` },
    })
    expect(JSON.stringify(toWireError(error))).not.toContain(secret)
  })

  it('does not offer a password where the server takes keys only', async () => {
    const keysOnly = await start({ config: ['PasswordAuthentication no'] })
    const failed = connectSsh(
      options(keysOnly, { keyPath: folder.strangerKeyPath, secrets: async () => ({ password: TEST_PASSWORD }) }),
    )
    await expect(failed).rejects.toMatchObject({ params: { tried: `key ${folder.strangerKeyPath}` } })
  })

  const PAM = ['UsePAM yes', 'KbdInteractiveAuthentication yes', 'PasswordAuthentication no']

  it('answers a single hidden prompt of keyboard-interactive with the password', async () => {
    const server = await start({ config: PAM })
    await connect(options(server, { keyPath: null, secrets: async () => ({ password: TEST_PASSWORD }) }))
  })

  it('asks a person where there is no password', async () => {
    const server = await start({ config: PAM })
    const asked: unknown[] = []
    await connect(
      options(server, {
        keyPath: null,
        interactive: async (prompts, context) => {
          asked.push(prompts, context.address)
          return [TEST_PASSWORD]
        },
      }),
    )
    expect(asked).toEqual([[{ text: expect.stringContaining('Password'), echo: false }], '127.0.0.1'])
  })

  it('passes a second factor after the key', async () => {
    const server = await start({ config: [...PAM, 'AuthenticationMethods publickey,keyboard-interactive'] })
    await connect(options(server, { interactive: async () => [TEST_PASSWORD] }))
    const agent = await startAgent([folder.keyPath])
    await connect(
      options(server, { keyPath: null, config: withAgent(agent), interactive: async () => [TEST_PASSWORD] }),
    )
  })

  it('says what is wrong with a key that cannot be used', async () => {
    const missing = join(folder.path, 'nothing-here')
    await expect(connectSsh(options(sshd, { keyPath: missing }))).rejects.toMatchObject({
      code: 'ssh.key-unreadable',
      params: { reason: 'ENOENT' },
    })
    await expect(connectSsh(options(sshd, { keyPath: `${folder.keyPath}.pub` }))).rejects.toMatchObject({
      code: 'ssh.key-unreadable',
    })
    const fido = join(folder.path, 'id_sk')
    await writeFile(fido, buildFidoKeyFile())
    await expect(connectSsh(options(sshd, { keyPath: fido }))).rejects.toMatchObject({
      code: 'ssh.key-unsupported',
      params: { keyType: 'sk-ssh-ed25519@openssh.com' },
    })
  })
})

function buildFidoKeyFile(): string {
  const field = (data: string | Buffer) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    return Buffer.concat([length, Buffer.from(data)])
  }
  const one = Buffer.from([0, 0, 0, 1])
  const publicKey = Buffer.concat([field('sk-ssh-ed25519@openssh.com'), field(Buffer.alloc(32)), field('ssh:')])
  const body = [
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    one,
    field(publicKey),
    field(''),
  ]
  const encoded = Buffer.concat(body).toString('base64')
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${encoded}\n-----END OPENSSH PRIVATE KEY-----\n`
}

describe('the key of a host', () => {
  const knownLine = async (server: Sshd, keyPath = server.hostKeyPath, marker = '') => {
    const [type = '', key = ''] = (await readFile(`${keyPath}.pub`, 'utf8')).split(' ')
    return `${marker}[127.0.0.1]:${server.port} ${type} ${key}\n`
  }
  const userKnows = async (text: string) => {
    const path = join(folder.path, `user-known-${++ownFiles}`)
    await writeFile(path, text)
    return createKnownHosts({ ownPath: join(folder.path, `own-${++ownFiles}`), userPaths: [path] })
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
    const knownHosts = await userKnows(await knownLine(sshd, join(folder.path, 'main-rsa')))
    const session = await connect({ ...options(sshd, { knownHosts }), acceptFingerprint: '' })
    expect(session.hostKey).toEqual({ type: 'ssh-rsa', fingerprint: sshd.fingerprints.rsa })
  })

  it('counts as changed when the host shows a type that nobody knows of it', async () => {
    const onlyRsa = await start({ hostKeyTypes: ['rsa'] })
    const knownHosts = await userKnows(await knownLine(onlyRsa, sshd.hostKeyPath))
    const refused = connectSsh(options(onlyRsa, { knownHosts }))
    await expect(refused).rejects.toMatchObject({ code: 'ssh.host-key-changed', params: { keyType: 'ssh-rsa' } })
  })

  it('is refused when it is revoked, even on the word of a person', async () => {
    const knownHosts = await userKnows(await knownLine(sshd, sshd.hostKeyPath, '@revoked '))
    await expect(connectSsh(options(sshd, { knownHosts }))).rejects.toMatchObject({ code: 'ssh.host-key-revoked' })
  })

  it('is refused clearly when known_hosts only trusts an authority', async () => {
    const knownHosts = await userKnows(await knownLine(sshd, sshd.hostKeyPath, '@cert-authority '))
    const refused = connectSsh({ ...options(sshd, { knownHosts }), acceptFingerprint: '' })
    await expect(refused).rejects.toMatchObject({ code: 'ssh.certificate-authority-unsupported' })
  })

  it('is looked at again when the connection changes its keys under way', async () => {
    const rekeying = await start({ config: ['RekeyLimit 256K', 'LogLevel DEBUG1'] })
    const checks: string[] = []
    const knownHosts = createKnownHosts({ ownPath: join(folder.path, `own-${++ownFiles}`) })
    const counting = {
      ...knownHosts,
      check: async (...args: Parameters<typeof knownHosts.check>) => {
        checks.push(args[0])
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

  it('because something else than SSH answers, or it hangs up', async () => {
    const http = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    const target = { address: '127.0.0.1', port: http, useConfig: false }
    await expect(connectSsh({ ...options(sshd), target })).rejects.toMatchObject({ code: 'ssh.handshake-failed' })
    const closing = await listen((socket) => socket.destroy())
    await expect(connectSsh({ ...options(sshd), target: { ...target, port: closing } })).rejects.toMatchObject({
      code: expect.stringMatching(/^ssh\.(handshake-failed|unreachable)$/),
    })
  })

  async function listen(onConnection: (socket: import('node:net').Socket) => void): Promise<number> {
    const sockets = new Set<import('node:net').Socket>()
    const server = createServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      onConnection(socket)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    cleanUps.push(async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return address.port
  }
})

describe('a host behind another', () => {
  async function viaJump(gate: Sshd, behind: Sshd, lines: readonly string[] = []): Promise<ConnectOptions> {
    const path = join(folder.path, `config-${++ownFiles}`)
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
    const knownHosts = createKnownHosts({ ownPath: join(folder.path, `own-${++ownFiles}`) })
    return { target: { address: 'behind' }, secrets: async () => ({}), knownHosts, config }
  }

  it.each([
    ['as OpenSSH reads it', 'ssh'],
    ['as we read it', null],
  ])('is reached by its configuration, %s', async (_, openSshCommand) => {
    const behind = await start({})
    const jump = await viaJump(sshd, behind)
    const connectOptions = { ...jump, config: { ...jump.config, openSshCommand } }
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
    const session = await connect(connectOptions)
    expect(session.endpoint.port).toBe(behind.port)
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
