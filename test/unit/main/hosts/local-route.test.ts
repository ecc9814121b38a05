import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decideLocalSocketError, openLocalRoute } from '../../../../src/main/hosts/local-route.ts'
import { AppError } from '../../../../src/shared/errors/index.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'virtdeck-local-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('the way to this computer', () => {
  test('leads to the first socket that answers', async () => {
    const path = join(folder, 'second')
    const server = createServer((socket) => socket.end('hello'))
    await new Promise<void>((resolve) => server.listen(path, resolve))
    const { transport, uri } = await openLocalRoute([join(folder, 'first'), path], 'system').openLibvirt({})
    const [chunk] = await transport.take(1).toArray()
    expect([String(chunk), uri]).toEqual(['hello', 'qemu:///system'])
    await new Promise((resolve) => server.close(resolve))
  })

  test.each([
    ['virtqemud-sock', 'virtstoraged', 'storage:///session'],
    ['libvirt-sock', 'libvirtd', 'qemu:///session'],
  ])('over %s leads to storage at %s, by %s', async (name, daemon, uri) => {
    const answers: Readonly<Record<string, string>> = { [name]: 'libvirtd', 'virtstoraged-sock': 'virtstoraged' }
    const servers = await Promise.all(
      Object.entries(answers).map(async ([socket, answer]) => {
        const server = createServer((client) => client.end(answer))
        await new Promise<void>((resolve) => server.listen(join(folder, socket), resolve))
        return server
      }),
    )
    const route = openLocalRoute([join(folder, name)], 'session')
    const hypervisor = await route.openLibvirt({})
    const door = await route.openLibvirt({ family: 'storage' })
    const [chunk] = await door.transport.take(1).toArray()
    expect([String(chunk), door.uri]).toEqual([daemon, uri])
    hypervisor.transport.destroy()
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  })

  test('says that libvirt is missing where there is no socket', async () => {
    const paths = [join(folder, 'a'), join(folder, 'b')]
    await expect(openLocalRoute(paths, 'system').openLibvirt({})).rejects.toMatchObject({
      code: 'host.libvirt-missing',
      params: { tried: paths.join(', ') },
    })
  })

  test('says that it does not run where nobody listens, also when another socket is missing', async () => {
    const path = join(folder, 'dead')
    await writeFile(path, '')
    const failed = openLocalRoute([join(folder, 'missing'), path], 'system').openLibvirt({})
    await expect(failed).rejects.toMatchObject({ code: 'host.libvirt-not-running', params: { socket: path } })
  })

  test('says nothing of SSH when a port refuses', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    await new Promise((resolve) => server.close(resolve))
    await expect(openLocalRoute([], 'system').forwardTcp('127.0.0.1', port)).rejects.toMatchObject({
      code: 'host.local-refused',
      params: { target: `127.0.0.1:${port}`, reason: 'ECONNREFUSED' },
    })
  })

  test('is given up when the caller does, and that is no word about the socket', async () => {
    const signal = AbortSignal.abort()
    await expect(openLocalRoute([join(folder, 'a')], 'system').openLibvirt({ signal })).rejects.toMatchObject({
      code: 'ssh.aborted',
    })
  })
})

test('a socket that may not be opened is a matter of the group', () => {
  const cause = Object.assign(new Error('connect EACCES'), { code: 'EACCES' })
  const error = new AppError('host.local-refused', { target: '/run/s', reason: 'EACCES' }, { cause })
  expect(decideLocalSocketError('/run/s', ['/run/s'], error)).toMatchObject({
    code: 'host.libvirt-permission',
    params: { socket: '/run/s', group: 'libvirt', user: expect.stringMatching(/./) },
  })
})
