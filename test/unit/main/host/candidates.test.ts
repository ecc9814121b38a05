import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { fetchSavedConnections, findUris, parseConnectionUri } from '../../../../src/main/host/virt-manager.ts'
import { fetchConfiguredHosts } from '../../../../src/main/ssh/index.ts'

const makeHome = async (files: Readonly<Record<string, string>>) => {
  const home = await mkdtemp(join(tmpdir(), 'virtdeck-home-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(home, path)), { recursive: true })
    await writeFile(join(home, path), text, 'latin1')
  }
  return home
}

describe('virt-manager’s saved connections', () => {
  test.each([
    ['qemu+ssh://root@node1/system', { address: 'node1', user: 'root', port: null, libvirtMode: 'system' }],
    ['qemu+ssh://node1:2222/session', { address: 'node1', user: null, port: 2222, libvirtMode: 'session' }],
    [
      'qemu+libssh2://a%40b@[fd77::1]/system?socket=/x',
      { address: 'fd77::1', user: 'a@b', port: null, libvirtMode: 'system' },
    ],
    ['qemu+tls://node1/system', null],
    ['xen+ssh://node1/', null],
    ['qemu+ssh:///system', null],
    ['qemu+ssh://node1/embed', null],
    ['nonsense', null],
  ])('%s', (uri, connection) => {
    expect(parseConnectionUri(uri)).toEqual(connection)
  })

  test('are found in a text file and in dconf’s database', async () => {
    const dconf = 'GVariant\0uris\0qemu:///system\0qemu+ssh://root@node1/system\0qemu+tls://node9/system\0\x0f\x2e'
    const keyfile =
      "[org/virt-manager/virt-manager/connections]\nuris=['qemu+ssh://root@node1/system', 'qemu+ssh://admin@node2/system']\n"
    const home = await makeHome({ '.config/dconf/user': dconf, '.config/glib-2.0/settings/keyfile': keyfile })
    const { connections, unread } = await fetchSavedConnections(home)
    expect(connections.map(({ user, address }) => `${user}@${address}`)).toEqual(['root@node1', 'admin@node2'])
    expect(unread).toEqual([{ what: 'qemu+tls://node9/system', reason: 'unsupported' }])
  })

  test('that are not there are said to be missing', async () => {
    const home = await makeHome({})
    expect(await fetchSavedConnections(home)).toEqual({
      connections: [],
      unread: [{ what: join(home, '.config/dconf/user'), reason: 'missing' }],
    })
  })

  test('and not this computer’s own', () => {
    expect(findUris(Buffer.from('qemu:///system\0lxc:///\0'))).toEqual([])
  })
})

test('the hosts of an ssh_config are its names, not its patterns, those of included files too', async () => {
  const home = await makeHome({
    '.ssh/config': 'Include conf.d/*\nHost node1 node2\n User root\nHost *.lab !x db?\nMatch host y\nHost node1\n',
    '.ssh/conf.d/lab': 'Host lab1\n',
  })
  expect(await fetchConfiguredHosts({ homePath: home })).toEqual(['lab1', 'node1', 'node2'])
  expect(await fetchConfiguredHosts({ homePath: await makeHome({}) })).toBeNull()
})

test('an ssh_config that includes itself ends', async () => {
  const home = await makeHome({ '.ssh/config': 'Host a\nInclude config\n' })
  expect(await fetchConfiguredHosts({ homePath: home })).toEqual(['a'])
})
