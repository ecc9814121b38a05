import { expect, test } from 'vitest'
import { startLinkBench } from './host-link-bench.ts'
import { startLab } from './lab.ts'

// Debian 12 has no virtqemud: libvirtd under the other name stands in for it. The protocol behind both is the same.
test('a host whose only socket is the modular daemon’s (libvirtd under that name) is reached and kept', async () => {
  const lab = await startLab({ hosts: 1 })
  try {
    await lab.host.exec('cd /run/libvirt && mv libvirt-sock virtqemud-sock && rm -f libvirt-sock-ro libvirt-admin-sock')
    const bench = await startLinkBench(lab.host)
    try {
      await bench.link.whenLive(20_000)
      expect(bench.link.state).toMatchObject({ status: 'up', error: null })
    } finally {
      await bench.stop()
    }
  } finally {
    await lab.stop()
  }
})
