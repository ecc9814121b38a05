import { randomUUID } from 'node:crypto'
import type { Network } from '../../libvirt/index.ts'
import { DaemonError, type DaemonHandlers } from '../../libvirt/server/index.ts'
import { childIn, insertElement } from '../../xml/index.ts'
import type { SimulatedHost } from '../host/simulated-host.ts'
import type { StoredObject } from '../host/stored-object.ts'
import { readRoot } from '../machine/definition-text.ts'
import { isListed } from './list-flags.ts'

/** `virNetworkEventLifecycleType`. */
const EVENT = { defined: 0, undefined: 1, started: 2, stopped: 3 } as const

/** The host's networks: kept and told of, though nothing is connected by them. */
export function createNetworkHandlers(host: SimulatedHost): DaemonHandlers {
  const { networks, events } = host
  const of = ({ uuid, name }: Network): StoredObject => {
    const found = networks.get(uuid)
    if (found === undefined) throw notFound(`no network with matching uuid '${uuid}' (${name})`)
    return found
  }
  const emit = ({ name, uuid }: StoredObject, event: number) =>
    events.emit('network', 0, uuid, (client, callbackID) =>
      client.send('NETWORK_EVENT_LIFECYCLE', { callbackID, net: { name, uuid }, event, detail: 0 }),
    )
  const list = (flags: number) => [...networks.values()].filter((network) => isListed(flags, groupsOf(network)))
  const define = (xml: string): StoredObject => {
    const network = readNetwork(xml, networks)
    networks.set(network.uuid, network)
    emit(network, EVENT.defined)
    return network
  }
  return {
    CONNECT_NUM_OF_NETWORKS: () => ({ num: list(2).length }),
    CONNECT_LIST_ALL_NETWORKS: ({ need_results, flags }) => {
      const nets = list(flags).map(referenceOf)
      return { nets: need_results === 0 ? [] : nets, ret: nets.length }
    },
    NETWORK_LOOKUP_BY_NAME: ({ name }) => {
      const found = [...networks.values()].find((network) => network.name === name)
      if (found === undefined) throw notFound(`no network with matching name '${name}'`)
      return { net: referenceOf(found) }
    },
    NETWORK_LOOKUP_BY_UUID: ({ uuid }) => ({ net: referenceOf(of({ uuid, name: '' })) }),
    NETWORK_GET_XML_DESC: ({ net }) => ({ xml: of(net).xml }),
    NETWORK_IS_ACTIVE: ({ net }) => ({ active: of(net).isActive ? 1 : 0 }),
    NETWORK_IS_PERSISTENT: ({ net }) => ({ persistent: of(net).isPersistent ? 1 : 0 }),
    NETWORK_GET_AUTOSTART: ({ net }) => ({ autostart: of(net).autostart ? 1 : 0 }),
    NETWORK_GET_DHCP_LEASES: ({ net }) => {
      of(net)
      return { leases: [], ret: 0 }
    },
    NETWORK_DEFINE_XML: ({ xml }) => ({ net: referenceOf(define(xml)) }),
    NETWORK_CREATE: ({ net }) => {
      const network = of(net)
      if (network.isActive) throw new DaemonError('operationInvalid', 'network is already active', 'network')
      network.isActive = true
      emit(network, EVENT.started)
      return undefined
    },
    NETWORK_DESTROY: ({ net }) => {
      const network = of(net)
      if (!network.isActive) throw new DaemonError('operationInvalid', `network '${net.name}' is not active`, 'network')
      network.isActive = false
      if (!network.isPersistent) networks.delete(network.uuid)
      emit(network, EVENT.stopped)
      return undefined
    },
    NETWORK_UNDEFINE: ({ net }) => {
      const network = of(net)
      network.isPersistent = false
      if (!network.isActive) networks.delete(network.uuid)
      emit(network, EVENT.undefined)
      return undefined
    },
    NETWORK_SET_AUTOSTART: ({ net, autostart }) => {
      of(net).autostart = autostart !== 0
      return undefined
    },
  }
}

function readNetwork(xml: string, known: ReadonlyMap<string, StoredObject>): StoredObject {
  let document = readRoot(xml, 'network')
  const name = childIn(document.root, 'name')
  if (name === null) throw new DaemonError('xml', "XML error: missing element 'name'", 'network')
  const uuid = childIn(document.root, 'uuid')?.text.trim().toLowerCase() ?? randomUUID()
  if (childIn(document.root, 'uuid') === null) {
    document = insertElement(document, document.root, { name: 'uuid', content: uuid }, { after: name })
  }
  const twin = [...known.values()].find((network) => network.name === name.text)
  if (twin !== undefined && twin.uuid !== uuid) {
    const message = `network '${name.text}' already exists with uuid ${twin.uuid}`
    throw new DaemonError('operationFailed', message, 'network')
  }
  const before = known.get(uuid)
  const { isActive = false, autostart = false } = before ?? {}
  return { uuid, name: name.text, xml: document.text, isActive, isPersistent: true, autostart }
}

/** `virConnectListAllNetworksFlags`; those of pools begin with the same. */
export function groupsOf({ isActive, isPersistent, autostart }: Omit<StoredObject, 'xml'>): [number, boolean][][] {
  return [
    [
      [1, !isActive],
      [2, isActive],
    ],
    [
      [4, isPersistent],
      [8, !isPersistent],
    ],
    [
      [16, autostart],
      [32, !autostart],
    ],
  ]
}

function referenceOf({ name, uuid }: StoredObject): Network {
  return { name, uuid }
}

function notFound(message: string): DaemonError {
  return new DaemonError('noNetwork', `Network not found: ${message}`, 'network')
}
