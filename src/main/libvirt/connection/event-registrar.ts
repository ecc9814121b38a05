import type { CallOptions } from '../call-options.ts'
import type { EventRegistrar } from '../events/event-hub.ts'
import { type EventFamily, type EventKind, eventSources } from '../events/event-sources.ts'
import type { Procedure } from '../protocol/procedure.ts'
import { procedures } from '../protocol/procedures.gen.ts'
import type { Domain } from '../protocol/types.gen.ts'

type Reply = { readonly callbackID: number }
type Registration = readonly [Procedure<unknown, Reply>, unknown]

/** What it needs of the connection. */
interface Caller {
  start<A, R>(
    procedure: Procedure<A, R>,
    args: A,
    options: CallOptions,
    succeed: (result: R) => void,
    fail: (error: unknown) => void,
  ): void
  call<A, R>(procedure: Procedure<A, R>, args: A): Promise<R>
}

/** Each family of events has its own pair of procedures. */
export function createEventRegistrar(connection: Caller): EventRegistrar {
  return {
    register: (kind, domain, registered) =>
      new Promise((resolve, reject) => {
        const [procedure, args] = registration(kind, domain)
        const succeed = ({ callbackID }: Reply): void => {
          registered(callbackID)
          resolve(callbackID)
        }
        connection.start(procedure, args, {}, succeed, reject)
      }),
    deregister: (family, callbackID) => connection.call(deregistrations[family], { callbackID }),
  }
}

const deregistrations = {
  domain: procedures.CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY,
  network: procedures.CONNECT_NETWORK_EVENT_DEREGISTER_ANY,
  'storage-pool': procedures.CONNECT_STORAGE_POOL_EVENT_DEREGISTER_ANY,
  'node-device': procedures.CONNECT_NODE_DEVICE_EVENT_DEREGISTER_ANY,
  secret: procedures.CONNECT_SECRET_EVENT_DEREGISTER_ANY,
} satisfies Record<EventFamily, Procedure<Reply, undefined>>

function registration(kind: EventKind, dom: Domain | null): Registration {
  const { family, eventId: eventID } = eventSources[kind]
  switch (family) {
    case 'domain':
      return typed(procedures.CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY, { eventID, dom })
    case 'network':
      return typed(procedures.CONNECT_NETWORK_EVENT_REGISTER_ANY, { eventID, net: null })
    case 'storage-pool':
      return typed(procedures.CONNECT_STORAGE_POOL_EVENT_REGISTER_ANY, { eventID, pool: null })
    case 'node-device':
      return typed(procedures.CONNECT_NODE_DEVICE_EVENT_REGISTER_ANY, { eventID, dev: null })
    case 'secret':
      return typed(procedures.CONNECT_SECRET_EVENT_REGISTER_ANY, { eventID, secret: null })
  }
}

/** Checks that procedure and arguments belong together, then forgets their types. */
function typed<A>(procedure: Procedure<A, Reply>, args: A): Registration {
  return [procedure, args]
}
