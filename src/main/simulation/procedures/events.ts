import type { DaemonHandlers } from '../../libvirt/server/index.ts'
import type { SimulatedHost } from '../host/simulated-host.ts'

/** Turning events on and off; each family has its own pair of procedures. */
export function createEventHandlers({ events }: SimulatedHost): DaemonHandlers {
  return {
    CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY: ({ eventID, dom }, client) => ({
      callbackID: events.add('domain', eventID, dom?.uuid ?? null, client),
    }),
    CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY: ({ callbackID }, client) => {
      events.remove(callbackID, client)
      return undefined
    },
    CONNECT_NETWORK_EVENT_REGISTER_ANY: ({ eventID, net }, client) => ({
      callbackID: events.add('network', eventID, net?.uuid ?? null, client),
    }),
    CONNECT_NETWORK_EVENT_DEREGISTER_ANY: ({ callbackID }, client) => {
      events.remove(callbackID, client)
      return undefined
    },
    CONNECT_STORAGE_POOL_EVENT_REGISTER_ANY: ({ eventID, pool }, client) => ({
      callbackID: events.add('storage-pool', eventID, pool?.uuid ?? null, client),
    }),
    CONNECT_STORAGE_POOL_EVENT_DEREGISTER_ANY: ({ callbackID }, client) => {
      events.remove(callbackID, client)
      return undefined
    },
    CONNECT_NODE_DEVICE_EVENT_REGISTER_ANY: ({ eventID }, client) => ({
      callbackID: events.add('node-device', eventID, null, client),
    }),
    CONNECT_NODE_DEVICE_EVENT_DEREGISTER_ANY: ({ callbackID }, client) => {
      events.remove(callbackID, client)
      return undefined
    },
    CONNECT_SECRET_EVENT_REGISTER_ANY: ({ eventID, secret }, client) => ({
      callbackID: events.add('secret', eventID, secret?.uuid ?? null, client),
    }),
    CONNECT_SECRET_EVENT_DEREGISTER_ANY: ({ callbackID }, client) => {
      events.remove(callbackID, client)
      return undefined
    },
  }
}
