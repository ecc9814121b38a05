import type { Vm } from '../../shared/domain/index.ts'
import { domainReference, type HostLink, nameDomainState } from '../hosts/index.ts'
import type { ConsoleHost } from './console-host.ts'

/** VIR_DOMAIN_XML_SECURE: passwords stand in the XML instead of asterisks. */
const XML_SECURE = 1
/** VIR_DOMAIN_CONSOLE_FORCE: whoever has the console loses it. */
const CONSOLE_FORCE = 1
/** VIR_DOMAIN_CONSOLE_SAFE: refuse where the driver cannot keep two openers apart. */
const CONSOLE_SAFE = 2

/** A host's link as consoles use it. */
export function createLinkConsoleHost(link: HostLink): ConsoleHost {
  const reference = (vm: Pick<Vm, 'id' | 'name'>) => domainReference({ name: vm.name, uuid: vm.id })
  return {
    fetchState: async (vm, limits) => {
      const { state, reason } = await link.control().call('DOMAIN_GET_STATE', { dom: reference(vm), flags: 0 }, limits)
      return nameDomainState(state, reason)
    },
    fetchDomainXml: async (vm, limits) => {
      const { xml } = await link
        .control()
        .call('DOMAIN_GET_XML_DESC', { dom: reference(vm), flags: XML_SECURE }, limits)
      return xml
    },
    openSerial: async (vm, { alias, force, timeoutMs, signal }) => {
      const connection = await link.openConnection({ keepalive: 'off', timeoutMs, signal })
      try {
        const flags = CONSOLE_SAFE | (force ? CONSOLE_FORCE : 0)
        const stream = await connection.duplexStream(
          'DOMAIN_OPEN_CONSOLE',
          { dom: reference(vm), dev_name: alias, flags },
          { timeoutMs, signal },
        )
        stream.once('close', () => void connection.close())
        return stream
      } catch (error) {
        await connection.close()
        throw error
      }
    },
    openShell: (size, limits) => link.openShell(size, limits),
    forwardSocket: (path, limits) => link.forwardSocket(path, limits),
    forwardTcp: (host, port, limits) => link.forwardTcp(host, port, limits),
  }
}
