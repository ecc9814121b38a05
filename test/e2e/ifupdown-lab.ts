import type { LabHost } from '../lab/host.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import { test as base } from './fixture.ts'

/** Both hosts of this lab are kept by ifupdown. */
export const test = base.extend<object, { readonly lab: Lab }>({
  lab: [
    async ({ system }, use) => {
      const lab = await startLab({ hosts: 2, host: { system, keptFolders: ['/etc/network', '/var/lib/virtdeck'] } })
      try {
        await use(lab)
      } finally {
        await lab.stop()
      }
    },
    { scope: 'worker', timeout: 15 * 60_000 },
  ],
})

/** The host as its installer left it: the first NIC has its address, the second none. */
export async function configure(host: LabHost): Promise<void> {
  const hooks = ['if-pre-up.d', 'if-up.d', 'if-down.d', 'if-post-down.d', 'interfaces.d']
  await host.exec('cat > /etc/network/interfaces', {
    input: `auto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet static\n    address ${host.address}/24\n`,
  })
  await host.exec(
    [
      `mkdir -p /run/network ${hooks.map((name) => `/etc/network/${name}`).join(' ')}`,
      'ip address flush dev eth0; ip address flush dev eth1',
      'ifup --force eth0',
    ].join('; '),
  )
}
