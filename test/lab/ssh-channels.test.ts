import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { access, chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectSsh, createKnownHosts, type SshSession } from '../../src/main/ssh/index.ts'
import { waitFor } from './command.ts'
import {
  createSshdFolder,
  giveToOtherGroup,
  OTHER_GROUP,
  type Sshd,
  type SshdFolder,
  type SshdOptions,
  startSshd,
  TEST_USER,
} from './sshd.ts'

let folder: SshdFolder
let sshd: Sshd
let session: SshSession
let echoPath = ''
const cleanUps: (() => Promise<unknown>)[] = []
const ports: Server[] = []

/** Echoes; what begins with `bye` makes it hang up. */
function answer(socket: Socket): void {
  socket.on('error', () => socket.destroy())
  socket.on('data', (data) => (data.subarray(0, 3).toString() === 'bye' ? socket.destroy() : socket.write(data)))
}

async function listenAt(path: string, mode = 0o666): Promise<Server> {
  const server = createServer(answer)
  server.listen(path)
  await once(server, 'listening')
  await chmod(path, mode)
  ports.push(server)
  return server
}

async function connectTo(server: Sshd, more: { keepaliveMs?: number } = {}): Promise<SshSession> {
  return connectSsh({
    target: {
      address: '127.0.0.1',
      port: server.port,
      user: TEST_USER,
      privateKeyPath: folder.keyPath,
      useConfig: false,
    },
    secrets: async () => ({}),
    knownHosts: createKnownHosts({ ownPath: join(folder.path, `own-${server.port}`) }),
    acceptFingerprint: server.fingerprints.ed25519 ?? '',
    config: { homePath: folder.path, environment: {} },
    ...more,
  })
}

async function startAnother(options: SshdOptions): Promise<SshSession> {
  const server = await startSshd(folder, options)
  cleanUps.push(() => server.kill())
  const connected = await connectTo(server)
  cleanUps.push(() => connected.close())
  return connected
}

async function ask(stream: Duplex, text: string): Promise<string> {
  const answered = once(stream, 'data')
  stream.write(text)
  const [chunk] = await answered
  return String(chunk)
}

beforeAll(async () => {
  folder = await createSshdFolder()
  echoPath = join(folder.path, 'echo.sock')
  await listenAt(echoPath)
  sshd = await startSshd(folder, { config: ['MaxSessions 3'] })
  session = await connectTo(sshd)
})
afterAll(async () => {
  await session.close()
  await sshd.kill()
  for (const server of ports) server.close()
  await folder.remove()
})
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

describe('a forwarded socket', () => {
  it('carries large data both ways unchanged', async () => {
    const stream = await session.forwardSocket(echoPath)
    const sent = randomBytes(12 * 1024 * 1024)
    const received = createHash('sha256')
    let length = 0
    const done = new Promise<void>((resolve) =>
      stream.on('data', (chunk: Buffer) => {
        received.update(chunk)
        length += chunk.length
        if (length === sent.length) resolve()
      }),
    )
    for (let at = 0; at < sent.length; at += 100_000) {
      if (!stream.write(sent.subarray(at, at + 100_000))) await once(stream, 'drain')
    }
    await done
    expect(received.digest('hex')).toBe(createHash('sha256').update(sent).digest('hex'))
    stream.destroy()
  })

  it('holds back a sender whose data nobody reads, and goes on when somebody does', async () => {
    const stream = await session.forwardSocket(echoPath)
    const size = 9 * 1024 * 1024
    cleanUps.push(async () => stream.destroy())
    stream.write(Buffer.alloc(size, 1))
    await waitFor('much has come', () => stream.readableLength > 1024 * 1024)
    // Another channel is not held up by it.
    const other = await session.forwardSocket(echoPath)
    cleanUps.push(async () => other.destroy())
    expect(await ask(other, 'still here')).toBe('still here')
    // One window that was read into memory, and one that is on its way.
    expect(stream.readableLength).toBeLessThanOrEqual(4 * 1024 * 1024)
    let length = 0
    for await (const chunk of stream) {
      length += (chunk as Buffer).length
      if (length === size) break
    }
    expect(length).toBe(size)
    other.destroy()
  })

  it('opens 60 times on one connection that allows 3 sessions', async () => {
    const streams = await Promise.all(Array.from({ length: 60 }, () => session.forwardSocket(echoPath)))
    expect(session.openChannels).toBe(60)
    expect(await Promise.all(streams.map((stream, index) => ask(stream, `${index}`)))).toEqual(
      streams.map((_, index) => `${index}`),
    )
    for (const stream of streams) stream.destroy()
    await waitFor('all channels are closed', () => session.openChannels === 0)
  })

  it('ends when the other side hangs up, and a later write fails instead of waiting for ever', async () => {
    const stream = await session.forwardSocket(echoPath)
    stream.resume()
    const closed = once(stream, 'close')
    stream.write('bye')
    await closed
    const failed = new Promise((resolve) => stream.write('anybody?', resolve))
    expect(await failed).toBeInstanceOf(Error)
  })

  it('fails a write that the closing channel can no longer take', async () => {
    const silent = createServer((socket) => socket.pause())
    const path = join(folder.path, 'silent.sock')
    silent.listen(path)
    await once(silent, 'listening')
    await chmod(path, 0o666)
    const accepted = once(silent, 'connection')
    const stream = await session.forwardSocket(path)
    const [socket] = (await accepted) as [Socket]
    const failure = new Promise<Error | null | undefined>((resolve) => {
      stream.on('error', () => undefined)
      stream.write(Buffer.alloc(16 * 1024 * 1024), resolve)
    })
    socket.destroy()
    expect(await failure).toMatchObject({ code: 'ssh.channel-closed' })
    silent.close()
  })

  it('whose consumer throws ends alone; the connection lives on', async () => {
    const stream = await session.forwardSocket(echoPath)
    stream.on('data', () => {
      throw new Error('consumer')
    })
    const failed = once(stream, 'error')
    stream.write('x')
    expect((await failed)[0]).toMatchObject({ message: 'consumer' })
    expect((await session.exec('echo alive')).stdout).toBe('alive\n')
  })

  it('is not opened for a caller who gave up', async () => {
    await expect(session.forwardSocket(echoPath, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ssh.aborted',
    })
    await waitFor('all channels are closed', () => session.openChannels === 0)
  })
})

describe('a refused forward', () => {
  it('to a socket that is not there', async () => {
    const target = join(folder.path, 'missing.sock')
    await expect(session.forwardSocket(target)).rejects.toMatchObject({
      code: 'ssh.forward-refused',
      params: { target, hint: 'socket-missing', group: '' },
    })
  })

  it('to a socket of a group names that group', async () => {
    const path = join(folder.path, 'group.sock')
    await listenAt(path, 0o660)
    await giveToOtherGroup(path)
    await expect(session.forwardSocket(path)).rejects.toMatchObject({
      params: { hint: 'permission-denied', group: OTHER_GROUP },
    })
  })

  it('to a socket in a folder of a group names that group', async () => {
    const inner = join(folder.path, 'closed')
    await mkdir(inner, { mode: 0o750 })
    await giveToOtherGroup(inner)
    await listenAt(join(inner, 'inner.sock'))
    await expect(session.forwardSocket(join(inner, 'inner.sock'))).rejects.toMatchObject({
      params: { hint: 'permission-denied', group: OTHER_GROUP },
    })
  })

  it('to a socket that nobody listens on any more', async () => {
    const path = join(folder.path, 'dead.sock')
    const stale = await session.exec(
      `python3 -c "import socket; s = socket.socket(socket.AF_UNIX); s.bind('${folder.homePath}/dead.sock')"`,
    )
    expect(stale.exitCode, path).toBe(0)
    await expect(session.forwardSocket(`${folder.homePath}/dead.sock`)).rejects.toMatchObject({
      params: { hint: 'connection-refused' },
    })
  })

  it.each(['AllowStreamLocalForwarding no', 'DisableForwarding yes'])('by a server with %s', async (line) => {
    const strict = await startAnother({ config: [line] })
    await expect(strict.forwardSocket(echoPath)).rejects.toMatchObject({
      params: { hint: 'forwarding-forbidden', target: echoPath },
    })
  })

  it('over TCP says whether it is forbidden or nobody listens', async () => {
    const strict = await startAnother({ config: ['AllowTcpForwarding no'] })
    await expect(strict.forwardTcp('127.0.0.1', sshd.port)).rejects.toMatchObject({
      params: { hint: 'forwarding-forbidden' },
    })
    await expect(session.forwardTcp('127.0.0.1', 1)).rejects.toMatchObject({
      params: { hint: 'connection-refused', target: '127.0.0.1:1' },
    })
    const stream = await session.forwardTcp('127.0.0.1', sshd.port)
    expect(String((await once(stream, 'data'))[0])).toMatch(/^SSH-2\.0-/)
    stream.destroy()
  })
})

describe("libvirt's socket", () => {
  const libvirtFolder = async () => {
    const path = join(folder.path, 'run-libvirt')
    await mkdir(path, { recursive: true })
    await mkdir('/run/libvirt', { recursive: true })
    const socket = join(path, 'libvirt-sock')
    if (!ports.some((server) => server.address() === socket)) await listenAt(socket)
    return path
  }
  const SOCKET = '/run/libvirt/libvirt-sock'
  /** Begins as a packet of libvirt does, with its length. */
  const CALL = '\0\0\0\u001c a call of libvirt'

  it('is found among the candidates, and the way to it is remembered', async () => {
    const { stream } = await session.openLibvirtSocket([join(folder.path, 'virtqemud-sock'), echoPath])
    expect(await ask(stream, 'hello')).toBe('hello')
    expect(session.libvirtRoute).toBe('stream-local')
    stream.destroy()
  })

  it('is reached by virt-ssh-helper where forwarding is forbidden', async () => {
    const strict = await startAnother({
      config: ['AllowStreamLocalForwarding no'],
      binds: [[await libvirtFolder(), '/run/libvirt']],
    })
    const { stream } = await strict.openLibvirtSocket([SOCKET])
    expect(strict.libvirtRoute).toBe('virt-ssh-helper')
    expect(await ask(stream, CALL)).toBe(CALL)
    stream.destroy()
    await waitFor('all channels are closed', () => strict.openChannels === 0)
  })

  it('is reached by netcat where there is nothing else', async () => {
    const strict = await startAnother({
      config: ['AllowStreamLocalForwarding no'],
      binds: [[await libvirtFolder(), '/run/libvirt']],
    })
    const { stream } = await strict.openLibvirtSocket([SOCKET], { routes: ['stream-local', 'netcat'] })
    expect(strict.libvirtRoute).toBe('netcat')
    const sent = Buffer.concat([Buffer.from(CALL), randomBytes(600_000)])
    const received: Buffer[] = []
    stream.on('data', (chunk: Buffer) => received.push(chunk))
    stream.write(sent)
    await waitFor('all has come back', () => Buffer.concat(received).length === sent.length)
    expect(Buffer.concat(received).equals(sent)).toBe(true)
    stream.destroy()
  })

  it.each(['virt-ssh-helper', 'netcat'] as const)(
    'is reached by %s though the start-up files of the login shell print something',
    async (route) => {
      await writeFile(join(folder.homePath, '.bashrc'), 'echo Welcome to web-01; echo denied everybody\n')
      cleanUps.push(() => rm(join(folder.homePath, '.bashrc')))
      const noisy = await startAnother({
        shell: '/bin/bash',
        config: ['AllowStreamLocalForwarding no'],
        binds: [[await libvirtFolder(), '/run/libvirt']],
      })
      expect((await noisy.exec('exit 0')).stdout).toContain('Welcome')
      const { stream } = await noisy.openLibvirtSocket([SOCKET], { routes: ['stream-local', route] })
      expect(noisy.libvirtRoute).toBe(route)
      expect(await ask(stream, CALL)).toBe(CALL)
      stream.destroy()
    },
  )

  it('is told apart from text that comes between, by what that text says', async () => {
    const marker = join(folder.homePath, 'speak')
    await writeFile(
      join(folder.homePath, '.bashrc'),
      `case "$BASH_EXECUTION_STRING" in *system*) (while [ ! -e ${marker} ]; do sleep 0.02; done; echo Backup done) & esac\n`,
    )
    cleanUps.push(() => rm(join(folder.homePath, '.bashrc')))
    const noisy = await startAnother({
      shell: '/bin/bash',
      config: ['AllowStreamLocalForwarding no'],
      binds: [[await libvirtFolder(), '/run/libvirt']],
    })
    const { stream } = await noisy.openLibvirtSocket([SOCKET], { routes: ['virt-ssh-helper'] })
    stream.resume()
    const failed = once(stream, 'error')
    await writeFile(marker, '')
    expect((await failed)[0]).toMatchObject({ code: 'ssh.shell-output', params: { text: 'Backup done' } })
  })

  it('that is not there is said to be missing, on every way', async () => {
    const strict = await startAnother({ config: ['AllowStreamLocalForwarding no'] })
    const refused = strict.openLibvirtSocket([join(folder.path, 'no-1'), join(folder.path, 'no-2')])
    await expect(refused).rejects.toMatchObject({ code: 'ssh.forward-refused', params: { hint: 'socket-missing' } })
  })

  it('that may not be opened names the group, though another candidate is missing', async () => {
    const path = join(folder.path, 'libvirt-of-group')
    await listenAt(path, 0o660)
    await giveToOtherGroup(path)
    const refused = session.openLibvirtSocket([join(folder.path, 'no-1'), path])
    await expect(refused).rejects.toMatchObject({
      params: { hint: 'permission-denied', group: OTHER_GROUP, target: path },
    })
  })
})

describe('a command', () => {
  it.each([
    ['exit 0', 0],
    ['exit 3', 3],
    ['kill -TERM $$', 143],
    ['kill -KILL $$', 137],
    ['no-such-command-here', 127],
  ])('%s gives %i', async (command, exitCode) => {
    expect((await session.exec(command)).exitCode).toBe(exitCode)
  })

  it('reads its input and keeps its outputs apart', async () => {
    const { stdout, stderr } = await session.exec('cat; echo problem >&2', { input: '한글\n' })
    expect({ stdout, stderr }).toEqual({ stdout: '한글\n', stderr: 'problem\n' })
  })

  it('takes a large input across renewals of the keys, unchanged, and leaves the connection alive', async () => {
    const rekeying = await startSshd(folder, { config: ['RekeyLimit 1M', 'LogLevel DEBUG1'] })
    cleanUps.push(() => rekeying.kill())
    const connected = await connectTo(rekeying)
    cleanUps.push(() => connected.close())
    const input = randomBytes(32 * 1024 * 1024)
    const stream = await connected.forwardSocket(echoPath)
    const running = connected.exec('sha256sum', { input, timeoutMs: 120_000 })
    // Another channel that asks and is answered all the while.
    for (let round = 0; round < 200; round++) expect(await ask(stream, `${round}`)).toBe(`${round}`)
    const { stdout } = await running
    expect(stdout.slice(0, 64)).toBe(createHash('sha256').update(input).digest('hex'))
    expect(rekeying.log().match(/SSH2_MSG_NEWKEYS received/g)?.length).toBeGreaterThan(10)
    expect((await connected.exec('echo alive')).stdout).toBe('alive\n')
  })

  it('streams what it prints while it runs', async () => {
    const seen: string[] = []
    const gate = join(folder.homePath, 'gate')
    const running = session.exec(`echo first; while [ ! -e ${gate} ]; do sleep 0.02; done; echo second`, {
      onStdout: (chunk) => seen.push(chunk.toString()),
    })
    await waitFor('the first line', () => seen.join('') === 'first\n')
    await writeFile(gate, '')
    expect((await running).stdout).toBe('')
    expect(seen.join('')).toBe('first\nsecond\n')
  })

  it('that takes too long is ended on the host', async () => {
    const mark = join(folder.homePath, 'pid')
    const late = session.exec(`echo $$ > ${mark}; exec sleep 300`, { timeoutMs: 2_000 })
    await expect(late).rejects.toMatchObject({
      code: 'ssh.exec-timed-out',
      retry: 'after-refresh',
      params: { timeoutMs: 2_000 },
    })
    const pid = (await readFile(mark, 'utf8')).trim()
    const gone = () =>
      access(`/proc/${pid}`).then(
        () => false,
        () => true,
      )
    await waitFor('the command is gone', gone)
    await waitFor('all channels are closed', () => session.openChannels === 0)
  })

  it('is given up with its caller', async () => {
    const controller = new AbortController()
    const running = session.exec('echo up; exec sleep 300', {
      signal: controller.signal,
      onStdout: () => controller.abort(),
    })
    await expect(running).rejects.toMatchObject({ code: 'ssh.aborted' })
  })

  it('that prints without end is stopped at the limit', async () => {
    const flood = session.exec('yes', { maxOutputBytes: 100_000 })
    await expect(flood).rejects.toMatchObject({ code: 'ssh.exec-output-too-large', params: { limitBytes: 100_000 } })
    expect((await session.exec('echo alive')).stdout).toBe('alive\n')
  })

  it('waits for a slot when the host allows fewer sessions at once', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, (_, index) => session.exec(`echo ${index}`)))
    expect(results.map(({ stdout }) => stdout)).toEqual(results.map((_, index) => `${index}\n`))
    expect(session.openChannels).toBe(0)
  })

  it('finds its slot each time on a host that allows one session, though the host takes a moment to free it', async () => {
    const single = await startAnother({ config: ['MaxSessions 1'] })
    for (let round = 0; round < 30; round++) expect((await single.exec(`echo ${round}`)).stdout).toBe(`${round}\n`)
    const both = await Promise.all([single.exec('echo one'), single.exec('echo two')])
    expect(both.map(({ stdout }) => stdout)).toEqual(['one\n', 'two\n'])
  })

  it('still has all ten slots of a host after a burst of commands', async () => {
    const usual = await startAnother({})
    for (let round = 0; round < 3; round++) {
      await Promise.all(Array.from({ length: 30 }, () => usual.exec('exit 0')))
    }
    const gate = join(folder.homePath, 'burst-gate')
    let started = 0
    const held = Array.from({ length: 10 }, () =>
      usual.exec(`echo up; while [ ! -e ${gate} ]; do sleep 0.02; done`, {
        onStdout: () => {
          started++
        },
      }),
    )
    await waitFor('ten commands run at once', () => started === 10)
    await writeFile(gate, '')
    await Promise.all(held)
  })

  it('is refused with a clear limit where no session is allowed, while forwards go on', async () => {
    const closed = await startAnother({ config: ['MaxSessions 0'] })
    await expect(closed.exec('true')).rejects.toMatchObject({ code: 'ssh.channel-limit', params: { limit: 0 } })
    const stream = await closed.forwardSocket(echoPath)
    expect(await ask(stream, 'forwards')).toBe('forwards')
    stream.destroy()
  })
})

describe('sftp', () => {
  it('writes, lists, reads, renames and removes', async () => {
    const sftp = await session.sftp()
    const base = `${folder.homePath}/files`
    await sftp.mkdir(base)
    await sftp.writeFile(`${base}/a.txt`, 'text', { mode: 0o640 })
    expect(await sftp.stat(`${base}/a.txt`)).toMatchObject({ kind: 'file', sizeBytes: 4, mode: 0o640 })
    await sftp.rename(`${base}/a.txt`, `${base}/b.txt`)
    expect((await sftp.readdir(base)).map(({ name, kind }) => [name, kind])).toEqual([['b.txt', 'file']])
    expect(String(await sftp.readFile(`${base}/b.txt`))).toBe('text')
    await expect(sftp.readFile(`${base}/b.txt`, { maxBytes: 3 })).rejects.toMatchObject({
      params: { cause: 'too-large' },
    })
    // A file whose size says nothing about what comes out of it.
    await expect(sftp.readFile('/dev/zero', { maxBytes: 100_000 })).rejects.toMatchObject({
      params: { cause: 'too-large' },
    })
    await sftp.unlink(`${base}/b.txt`)
    await sftp.rmdir(base)
    await expect(sftp.stat(base)).rejects.toMatchObject({
      code: 'ssh.sftp-failed',
      params: { cause: 'missing', path: base },
    })
    await expect(sftp.readFile('/etc/shadow')).rejects.toMatchObject({ params: { cause: 'permission-denied' } })
    sftp.close()
    await waitFor('all channels are closed', () => session.openChannels === 0)
    await expect(sftp.stat(base)).rejects.toMatchObject({ code: 'ssh.sftp-failed' })
  })

  it('streams a large file there and back', async () => {
    const sftp = await session.sftp()
    const data = randomBytes(5 * 1024 * 1024)
    const path = `${folder.homePath}/large`
    await pipeline([data], sftp.createWriteStream(path))
    const back: Buffer[] = []
    for await (const chunk of sftp.createReadStream(path)) back.push(chunk as Buffer)
    expect(Buffer.concat(back).equals(data)).toBe(true)
    sftp.close()
  })

  it('says so where the login shell prints into it', async () => {
    await writeFile(join(folder.homePath, '.bashrc'), 'echo Welcome to web-01\n')
    cleanUps.push(() => rm(join(folder.homePath, '.bashrc')))
    const config = ['Subsystem sftp /usr/lib/openssh/sftp-server']
    const noisy = await startAnother({ shell: '/bin/bash', sftp: false, config })
    await expect(noisy.sftp()).rejects.toMatchObject({ code: 'ssh.shell-output', params: { text: 'Welc' } })
  })

  it('says so where the host has none', async () => {
    const bare = await startAnother({ sftp: false })
    await expect(bare.sftp()).rejects.toMatchObject({ code: 'ssh.sftp-failed', params: { cause: 'unavailable' } })
    expect(bare.openChannels).toBe(0)
  })
})

describe('a connection', () => {
  it('that is cut ends everything on it with an error', async () => {
    const server = await startSshd(folder)
    const connected = await connectTo(server)
    const stream = await connected.forwardSocket(echoPath)
    const failed = once(stream, 'error')
    const running = connected.exec('sleep 300')
    const sftp = await connected.sftp()
    await waitFor('three channels are open', () => connected.openChannels === 3)
    const ended = expect(running).rejects.toMatchObject({ code: 'ssh.connection-lost' })
    await server.kill()
    expect(await connected.closed).toMatchObject({ code: 'ssh.connection-lost', retry: 'safe' })
    expect((await failed)[0]).toMatchObject({ code: 'ssh.connection-lost' })
    await ended
    await expect(sftp.stat('/')).rejects.toMatchObject({ code: 'ssh.connection-lost' })
    await expect(connected.exec('true')).rejects.toMatchObject({ code: 'ssh.connection-lost' })
    await expect(connected.forwardSocket(echoPath)).rejects.toMatchObject({ code: 'ssh.connection-lost' })
    expect(connected.openChannels).toBe(0)
  })

  it('that is closed ends in order, once', async () => {
    const connected = await connectTo(sshd)
    const stream = await connected.forwardSocket(echoPath)
    const streamClosed = once(stream, 'close')
    await Promise.all([connected.close(), connected.close()])
    expect(await connected.closed).toBeNull()
    await streamClosed
  })

  it('whose host falls silent is given up by its keepalive, and not before', async () => {
    const server = await startSshd(folder, { config: ['LogLevel DEBUG1'] })
    cleanUps.push(() => server.kill())
    const connected = await connectTo(server, { keepaliveMs: 1_000 })
    let ended = false
    void connected.closed.then(() => {
      ended = true
    })
    // More often than it may go unanswered.
    const asked = () => server.log().match(/rtype keepalive@openssh.com/g)?.length ?? 0
    await waitFor('keepalives are asked for', () => asked() > 4)
    expect(ended).toBe(false)
    await server.freeze()
    expect(await connected.closed).toMatchObject({
      code: 'ssh.connection-lost',
      params: { reason: 'Keepalive timeout' },
    })
  })
})
