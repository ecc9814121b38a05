import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { findEngine } from '../../../../src/main/shell/cli/find-engine.ts'
import { openEngine } from '../../../../src/main/shell/cli/open-engine.ts'
import { createRemoteEngine } from '../../../../src/main/shell/cli/remote-engine.ts'
import { requestJson } from '../../../../src/main/shell/cli/remote-request.ts'
import { engineFilePath, readEngineFile, writeEngineFile } from '../../../../src/main/shell/server/engine-file.ts'
import { type ServeRequest, type Serving, serve } from '../../../../src/main/shell/server/serve.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'
import { certificate, otherCertificate, privateKey } from './certificates.ts'
import { PRIVATE_MODE } from './private-mode.ts'

let folder = ''
let dataDir = ''
const serving: Serving[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virtdeck-serve-'))
  dataDir = join(folder, 'D')
})
afterEach(async () => {
  for (const each of serving.splice(0)) await each.stop()
  await rm(folder, { recursive: true })
})

async function start(change: Partial<ServeRequest> = {}): Promise<Serving> {
  const started = await serve({
    dataDir,
    host: '127.0.0.1',
    port: null,
    names: [],
    tlsCertificatePath: null,
    tlsKeyPath: null,
    passwordFile: null,
    linkFile: null,
    user: 'ada',
    rendererDir: join(folder, 'no-window'),
    writeWarning: () => undefined,
    ...change,
  })
  serving.push(started)
  return started
}

describe('an engine that is served', () => {
  it('says in engine.json where it is, to its user alone, and takes that back when it stops', async () => {
    const { url, stop } = await start()
    expect((await stat(engineFilePath(dataDir))).mode & 0o777).toBe(PRIVATE_MODE)
    expect(await findEngine(dataDir)).toMatchObject({ url, pid: process.pid })
    await stop()
    expect(existsSync(engineFilePath(dataDir))).toBe(false)
    expect(await findEngine(dataDir)).toBeNull()
  })

  it('can be asked, changed and watched from another process', async () => {
    await start()
    const file = await findEngine(dataDir)
    if (file === null) throw new Error('the engine was not found')
    const access = createRemoteEngine(file)
    const settings: unknown[] = []
    const interrupt = new AbortController()
    const watched = new Promise<void>((resolve) => {
      void access.watch(
        { topic: 'settings' },
        (frame) => {
          settings.push(frame.t === 'snapshot' ? frame.entities[0] : frame.upsert[0])
          if (settings.length === 2) resolve()
          else void access.call('settings.set', { auditDays: 7 })
        },
        interrupt.signal,
      )
    })
    await watched
    interrupt.abort()
    expect(settings).toMatchObject([{ auditDays: 180 }, { auditDays: 7 }])
    expect(await access.read({ topic: 'settings' })).toMatchObject({ ok: true, value: [{ auditDays: 7 }] })
    expect(await access.read({ topic: 'no-such' })).toMatchObject({ ok: false, error: { code: 'topic.unknown' } })
  })

  it('takes the port of the run before when it is free, any other when it is not, and only the one it was told', async () => {
    const first = await start()
    await first.stop()
    const second = await start()
    expect(second.url).toBe(first.url)
    await second.stop()
    const port = Number(new URL(second.url).port)
    await start({ dataDir: join(folder, 'E'), port })
    const third = await start()
    expect(third.url).not.toBe(second.url)
    await third.stop()
    await expect(start({ port })).rejects.toMatchObject({ code: 'server.bind-failed' })
  })

  it('has the folder for itself, and lets it go when it stops', async () => {
    const first = await start()
    await expect(start()).rejects.toMatchObject({ code: 'inventory.in-use' })
    await first.stop()
    await start()
  })

  it('is found by the command line under its own address, whatever names browsers know it by', async () => {
    const { link } = await start({ names: ['vms.invalid'] })
    expect(link).toMatch(/^http:\/\/vms\.invalid:\d+\/link#/)
    expect(await findEngine(dataDir)).toMatchObject({ pid: process.pid })
  })

  it('signs a browser in by a page that only its user can read, and that is gone once it was used', async () => {
    const linkFile = join(folder, 'new', 'sign-in.html')
    const { link, stop } = await start({ linkFile })
    expect((await stat(linkFile)).mode & 0o777).toBe(PRIVATE_MODE)
    const offered = /"(?<link>http[^"]+)"/.exec(await readFile(linkFile, 'utf8'))?.groups?.link ?? ''
    // The one on the terminal still works, and the other way round.
    expect(offered).not.toBe(link)
    const redeem = (address: string) =>
      fetch(new URL('/api/sign-in', address), {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: new URL(address).origin },
        body: JSON.stringify({ token: new URL(address).hash.slice(1) }),
      })
    expect((await redeem(link)).status).toBe(200)
    expect(existsSync(linkFile)).toBe(true)
    expect((await redeem(offered)).status).toBe(200)
    await vi.waitUntil(() => !existsSync(linkFile))
    await stop()
  })

  it('leaves no such page when it stops, and does not start where it cannot write it', async () => {
    const linkFile = join(folder, 'sign-in.html')
    const { stop } = await start({ linkFile })
    expect(existsSync(linkFile)).toBe(true)
    await stop()
    expect(existsSync(linkFile)).toBe(false)
    await expect(start({ linkFile: folder })).rejects.toMatchObject({ code: 'server.file-unusable' })
    await start()
  })

  it('lets everything go again when it may not listen where it was told', async () => {
    await expect(start({ host: '0.0.0.0' })).rejects.toMatchObject({
      code: 'server.bind-refused',
      params: { lacking: 'TLS, password' },
    })
    expect(existsSync(engineFilePath(dataDir))).toBe(false)
    await start()
  })

  it('is not believed to run because of a file that a crash left', async () => {
    const token = 'x'.repeat(43)
    const left = { url: 'http://127.0.0.1:1', token, version: '0', startedAt: 1 }
    const { stop } = await start()
    await stop()
    for (const pid of [2 ** 22 + 1, process.pid]) {
      await writeEngineFile(dataDir, { ...left, pid })
      expect(await findEngine(dataDir)).toBeNull()
    }
  })

  it('is not believed to be another program that now has its port: the token is not sent there', async () => {
    const { url } = await start()
    const own = await readEngineFile(dataDir)
    if (own === null) throw new Error('engine.json is not there')
    const other = join(folder, 'E')
    await start({ dataDir: other })
    await writeEngineFile(other, { ...own, token: 'y'.repeat(43), url })
    expect(await findEngine(other)).toBeNull()
  })

  it('is waited for while it is just starting', async () => {
    const starting = openEngine({
      dataDir,
      user: 'ada',
      start: async () => {
        throw new AppError('inventory.in-use', { path: dataDir, pid: process.pid })
      },
    })
    await start()
    const access = await starting
    expect(await access.read({ topic: 'hosts' })).toMatchObject({ ok: true, value: [] })
  })
})

describe('an engine that others may reach', () => {
  async function startWithTls(): Promise<Serving> {
    const paths = { cert: join(folder, 'c.pem'), key: join(folder, 'k.pem'), password: join(folder, 'p') }
    await writeFile(paths.cert, certificate)
    await writeFile(paths.key, privateKey)
    await writeFile(paths.password, 'correct horse\n')
    return start({
      host: '0.0.0.0',
      tlsCertificatePath: paths.cert,
      tlsKeyPath: paths.key,
      passwordFile: paths.password,
    })
  }

  it('is asked over TLS, with the certificate of engine.json and no other', async () => {
    const { url } = await startWithTls()
    expect(url).toMatch(/^https:/)
    const file = await findEngine(dataDir)
    if (file === null) throw new Error('the engine was not found')
    expect(await createRemoteEngine(file).read({ topic: 'hosts' })).toMatchObject({ ok: true, value: [] })
    const asked = requestJson(
      { ...file, certificate: otherCertificate },
      {
        method: 'GET',
        path: '/api/health',
        timeoutMs: 5_000,
      },
    )
    await expect(asked).rejects.toMatchObject({ code: 'transport.lost' })
  })

  it('tells browsers to come over TLS only', async () => {
    const { link } = await startWithTls()
    const transport = await new Promise<string>((resolve, reject) => {
      const outgoing = request(link, { ca: certificate, checkServerIdentity: () => undefined }, (response) => {
        response.resume()
        resolve(String(response.headers['strict-transport-security']))
      })
      outgoing.on('error', reject)
      outgoing.end()
    })
    expect(transport).toMatch(/^max-age=/)
  })

  it('needs files that are there', async () => {
    const missing = { tlsCertificatePath: join(folder, 'none'), tlsKeyPath: join(folder, 'none') }
    await expect(start(missing)).rejects.toMatchObject({ code: 'server.file-unusable', params: { reason: 'ENOENT' } })
  })

  it('needs a certificate and a key that are such and belong together', async () => {
    const [cert, key, other] = [join(folder, 'c.pem'), join(folder, 'k.pem'), join(folder, 'o.pem')]
    await writeFile(cert, 'no certificate')
    await writeFile(key, privateKey)
    await writeFile(other, otherCertificate)
    for (const tlsCertificatePath of [cert, other]) {
      const started = start({ tlsCertificatePath, tlsKeyPath: key })
      await expect(started).rejects.toMatchObject({
        code: 'server.file-unusable',
        params: { path: tlsCertificatePath },
      })
    }
  })
})
