import { describeProtocol } from '../../../libvirt/protocol-scenarios.ts'
import { aWorld, openDaemon } from './a-world.ts'

const world = aWorld('one.demo')

describeProtocol('the protocol of a simulated daemon', () => ({
  open: (options) => openDaemon(world, 'one.demo', options),
  poolPath: () => '/var/lib/libvirt/images',
}))
