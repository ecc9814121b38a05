import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import ssh2 from 'ssh2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectSsh } from '../../src/main/ssh/index.ts'
import { toWireError } from '../../src/shared/errors/index.ts'
import {
  connect,
  folder,
  listen,
  newPath,
  options,
  provideSshd,
  sshd,
  start,
  startAgent,
  stretchLine,
  withAgent,
} from './ssh-bench.ts'
import { certify, makeKey, type Sshd, startSshd, TEST_PASSWORD, TEST_USER } from './sshd.ts'

const run = promisify(execFile)
provideSshd()
const PAM = ['UsePAM yes', 'KbdInteractiveAuthentication yes', 'PasswordAuthentication no']

describe('signing in', () => {
  it('works with a key file', async () => {
    const session = await connect(options(sshd))
    expect((await session.exec('whoami')).stdout).toBe(`${TEST_USER}\n`)
    const at = { address: '127.0.0.1', port: sshd.port }
    expect(session.endpoint).toEqual({ ...at, user: TEST_USER, knownAs: at })
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

  it('works with a key in PKCS#8, and does not call a passphrase wrong where it is the encryption that is not supported', async () => {
    const keyPath = join(folder.path, 'id_pkcs8')
    await run('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', 'sesame', '-m', 'PKCS8', '-f', keyPath])
    const authorized = join(folder.path, 'authorized-pkcs8')
    await writeFile(authorized, await readFile(`${keyPath}.pub`))
    const server = await start({ config: [`AuthorizedKeysFile ${authorized}`] })
    await connect(options(server, { keyPath, secrets: async () => ({ passphrase: 'sesame' }) }))
    const wrong = connectSsh(options(server, { keyPath, secrets: async () => ({ passphrase: 'no' }) }))
    await expect(wrong).rejects.toMatchObject({ code: 'ssh.key-passphrase-wrong' })
    const rare = join(folder.path, 'id_chacha')
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'sesame', '-Z', 'chacha20-poly1305@openssh.com', '-f', rare])
    const unsupported = connectSsh(options(server, { keyPath: rare, secrets: async () => ({ passphrase: 'sesame' }) }))
    await expect(unsupported).rejects.toMatchObject({
      code: 'ssh.key-unsupported',
      params: { keyType: 'chacha20-poly1305@openssh.com', hint: 'encryption' },
    })
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

  const makeStrangers = (count: number) =>
    Promise.all(
      Array.from({ length: count }, async () => {
        const path = newPath('stranger')
        await makeKey(path, 'ed25519')
        return path
      }),
    )

  it('offers the named key first, so that a full agent does not use up the attempts', async () => {
    const agent = await startAgent(await makeStrangers(4))
    const strict = await start({ config: ['MaxAuthTries 2'] })
    await connect(options(strict, { config: withAgent(agent) }))
    const withoutKey = connectSsh(options(strict, { keyPath: null, config: withAgent(agent) }))
    await expect(withoutKey).rejects.toMatchObject({
      code: 'ssh.authentication-failed',
      params: { tried: 'agent (2 of 4 keys)', hint: 'too-many-attempts' },
    })
  })

  it('offers only what was chosen: with seven keys in the agent a password comes first, and a key alone', async () => {
    const config = withAgent(await startAgent(await makeStrangers(7)))
    const password = { secrets: async () => ({ password: TEST_PASSWORD }) }
    const chosen = { ...password, config, keyPath: null }
    await connect(options(sshd, { ...chosen, authentication: 'password' }))
    const keyPath = folder.strangerKeyPath
    const wrongKey = connectSsh(options(sshd, { config, keyPath, authentication: 'key' }))
    await expect(wrongKey).rejects.toMatchObject({ params: { tried: `key ${keyPath}` } })
    const agentOnly = connectSsh(options(sshd, { ...chosen, authentication: 'agent' }))
    await expect(agentOnly).rejects.toMatchObject({ params: { tried: 'agent (6 of 7 keys)' } })
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

describe('a sign-in that is not refused', () => {
  it('when the line is cut may be tried again', async () => {
    const line = await stretchLine(sshd)
    // It ends while the person still thinks.
    const secrets = () => {
      line.cut()
      return new Promise<never>(() => undefined)
    }
    const failed = connectSsh({ ...options(sshd, { keyPath: null, secrets }), target: lineTarget(line) })
    await expect(failed).rejects.toMatchObject({
      code: 'ssh.sign-in-interrupted',
      retry: 'safe',
      params: { hint: 'closed', user: TEST_USER },
    })
  })

  it('when the answer to the password is lost says that there was none', async () => {
    const line = await stretchLine(sshd)
    const secrets = async () => {
      line.deafen()
      return { password: TEST_PASSWORD }
    }
    const failed = connectSsh({ ...options(sshd, { keyPath: null, secrets }), target: lineTarget(line) })
    await expect(failed).rejects.toMatchObject({
      code: 'ssh.sign-in-interrupted',
      retry: 'safe',
      params: { hint: 'unanswered' },
    })
  })

  const lineTarget = ({ port }: { port: number }) => ({
    address: '127.0.0.1',
    port,
    user: TEST_USER,
    useConfig: false,
    authentication: 'password' as const,
  })

  it('when the server’s banner is longer than SSH allows is named as that', async () => {
    const banner = newPath('banner')
    await writeFile(banner, `${'x'.repeat(79)}\n`.repeat(1_000))
    const server = await start({ config: [`Banner ${banner}`] })
    await expect(connectSsh(options(server))).rejects.toMatchObject({
      code: 'ssh.sign-in-interrupted',
      params: { hint: 'packet-too-large' },
    })
  })

  it('when the account has ended says so in the words of the host, and not that the key was wrong', async () => {
    const banner = newPath('banner')
    await writeFile(banner, 'Authorized use only.\n')
    const server = await start({ config: ['UsePAM yes', `Banner ${banner}`], account: 'account-expired' })
    for (const more of [{}, { keyPath: null, secrets: async () => ({ password: TEST_PASSWORD }) }]) {
      await expect(connectSsh(options(server, more))).rejects.toMatchObject({
        code: 'ssh.account-refused',
        params: { user: TEST_USER, message: 'Your account has expired; please contact your system administrator.' },
      })
    }
  })

  const expired = { code: 'ssh.password-expired', params: { user: TEST_USER, address: '127.0.0.1' } }
  const password = { keyPath: null, secrets: async () => ({ password: TEST_PASSWORD }) }

  it.each([
    ['a password, without PAM', ['UsePAM no'], password],
    ['a password, with PAM', ['UsePAM yes'], password],
    ['a password that is asked for', PAM, password],
    ['a key', ['UsePAM yes'], {}],
  ])('because the password has expired is told apart, with %s', async (_, config, more) => {
    const server = await start({ config, account: 'password-expired' })
    await expect(connectSsh(options(server, more))).rejects.toMatchObject(expired)
  })

  it('because the password has expired is told apart by OpenSSH 10 too', async () => {
    const server = await start({ system: 'debian-13', config: ['UsePAM yes'], account: 'password-expired' })
    await expect(connectSsh(options(server, password))).rejects.toMatchObject(expired)
  })

  it('because the server asks for a new password at once is told apart', async () => {
    // A stand-in: OpenSSH never asks this way (RFC 4252, 8), other servers do.
    const hostKey = await readFile(sshd.hostKeyPath)
    const port = await listen((socket) => {
      const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
        client.on('error', () => socket.destroy())
        client.on('authentication', (context) => {
          if (context.method !== 'password') context.reject(['password'])
          else context.requestChange('Your password has expired.', () => undefined)
        })
      })
      server.injectSocket(socket)
    })
    const late = connectSsh(options({ port, fingerprints: sshd.fingerprints }, password))
    await expect(late).rejects.toMatchObject(expired)
  })
})

describe('a certificate of a user', () => {
  let authority = ''
  let server: Sshd
  beforeAll(async () => {
    authority = join(folder.path, 'authority')
    await makeKey(authority, 'ed25519')
    const config = [`TrustedUserCAKeys ${authority}.pub`, 'AuthorizedKeysFile none', 'PasswordAuthentication no']
    server = await startSshd(folder, { config })
  })
  afterAll(() => server.kill())

  async function makeCertified(type: string, names: readonly string[] = ['-n', TEST_USER]) {
    const keyPath = newPath('certified')
    await makeKey(keyPath, type)
    const certificatePath = await certify(authority, keyPath, ['-I', `alice ${type}`, ...names])
    return { keyPath, certificatePath }
  }

  it.each(['ed25519', 'rsa', 'ecdsa'])('signs in from beside its key file (%s)', async (type) => {
    await connect(options(server, { keyPath: (await makeCertified(type)).keyPath, authentication: 'key' }))
  })

  it.each(['ed25519', 'rsa', 'ecdsa'])('signs in from an agent (%s)', async (type) => {
    const { keyPath } = await makeCertified(type)
    // ssh-add takes the key and the certificate beside it.
    const config = withAgent(await startAgent([keyPath]))
    await connect(options(server, { keyPath: null, config, authentication: 'agent' }))
  })

  it('signs in from a file while only the agent can use its key', async () => {
    const { keyPath, certificatePath } = await makeCertified('rsa')
    const aside = newPath('aside')
    await run('mv', [certificatePath, aside])
    const config = withAgent(await startAgent([keyPath]))
    await run('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'secret', '-f', keyPath])
    await run('mv', [aside, certificatePath])
    await connect(options(server, { keyPath, config }))
  })

  it('is found where CertificateFile of ssh_config says', async () => {
    const { keyPath, certificatePath } = await makeCertified('ed25519')
    const elsewhere = newPath('elsewhere')
    await run('mv', [certificatePath, elsewhere])
    const path = newPath('config')
    await writeFile(path, `CertificateFile ${elsewhere}\nIdentityFile ${keyPath}\n`)
    const { target, ...rest } = options(server, { keyPath: null })
    const config = { path, homePath: folder.path, environment: {} }
    await connect({ ...rest, config, target: { ...target, useConfig: true } })
  })

  it('that has expired, or is for somebody else, is named as such when it was refused', async () => {
    const expired = await makeCertified('ed25519', ['-n', TEST_USER, '-V', '20200101000000Z:20200102000000Z'])
    await expect(connectSsh(options(server, { keyPath: expired.keyPath }))).rejects.toMatchObject({
      code: 'ssh.authentication-failed',
      params: { tried: `certificate alice ed25519 (expired 2020-01-02 00:00), key ${expired.keyPath}` },
    })
    const other = await makeCertified('ed25519', ['-n', 'bob,carol'])
    await expect(connectSsh(options(server, { keyPath: other.keyPath }))).rejects.toMatchObject({
      params: { tried: `certificate alice ed25519 (for bob, carol), key ${other.keyPath}` },
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
