import { DaemonError, type DaemonHandlers } from '../../libvirt/server/index.ts'
import { LIFECYCLE, type SimulatedHost } from '../host/simulated-host.ts'
import { storeDefinition, withMetadata } from '../machine/definition-text.ts'
import { REASON, type SimulatedMachine, STATE } from '../machine/simulated-machine.ts'
import { nameKeyCode } from '../screen/key-names.ts'

/** `virDomainCreateFlags`. */
const CREATE = { paused: 1, autodestroy: 2, forceBoot: 16 } as const
/** `VIR_DOMAIN_UNDEFINE_MANAGED_SAVE`. */
const UNDEFINE_MANAGED_SAVE = 1
/** `virDomainModificationImpact`. */
const IMPACT = { live: 1, config: 2 } as const

/** Defining, starting, stopping: all that changes whether a domain is there and runs. */
export function createDomainLifeHandlers(host: SimulatedHost): DaemonHandlers {
  const of = (dom: { readonly uuid: string }) => host.machine(dom.uuid)
  const start = (machine: SimulatedMachine, flags: number) => {
    if ((flags & CREATE.forceBoot) !== 0) machine.hasManagedSave = false
    host.start(machine, { isPaused: (flags & CREATE.paused) !== 0 })
  }
  const define = (xml: string) => ({ dom: host.define(xml).reference })
  const undefine = (dom: { readonly uuid: string }, flags: number) => {
    const machine = of(dom)
    if (machine.hasManagedSave && (flags & UNDEFINE_MANAGED_SAVE) === 0) {
      throw new DaemonError('operationInvalid', 'Refusing to undefine while domain managed save image exists')
    }
    machine.hasManagedSave = false
    host.undefine(machine)
    return undefined
  }
  const destroy = (dom: { readonly uuid: string }) => {
    const machine = of(dom)
    machine.requireLive()
    host.end(machine, REASON.shutOff.destroyed, LIFECYCLE.stopped.destroyed)
    return undefined
  }
  const shutDown = (dom: { readonly uuid: string }) => {
    host.shutDown(of(dom))
    return undefined
  }
  const restart = (dom: { readonly uuid: string }) => {
    const machine = of(dom)
    machine.requireLive()
    host.events.emit('domain', 1, machine.uuid, (client, callbackID) =>
      client.send('DOMAIN_EVENT_CALLBACK_REBOOT', { callbackID, msg: { dom: machine.reference } }),
    )
    return undefined
  }
  return {
    DOMAIN_DEFINE_XML: ({ xml }) => define(xml),
    DOMAIN_DEFINE_XML_FLAGS: ({ xml }) => define(xml),
    DOMAIN_UNDEFINE: ({ dom }) => undefine(dom, 0),
    DOMAIN_UNDEFINE_FLAGS: ({ dom, flags }) => undefine(dom, flags),
    DOMAIN_CREATE: ({ dom }) => {
      start(of(dom), 0)
      return undefined
    },
    DOMAIN_CREATE_WITH_FLAGS: ({ dom, flags }) => {
      const machine = of(dom)
      start(machine, flags)
      return { dom: machine.reference }
    },
    DOMAIN_CREATE_XML: ({ xml_desc, flags }) => {
      const machine = host.defineTransient(xml_desc)
      host.start(machine, { isPaused: (flags & CREATE.paused) !== 0, xml: storeDefinition(xml_desc).xml })
      return { dom: machine.reference }
    },
    DOMAIN_DESTROY: ({ dom }) => destroy(dom),
    DOMAIN_DESTROY_FLAGS: ({ dom }) => destroy(dom),
    DOMAIN_SHUTDOWN: ({ dom }) => shutDown(dom),
    DOMAIN_SHUTDOWN_FLAGS: ({ dom }) => shutDown(dom),
    DOMAIN_REBOOT: ({ dom }) => restart(dom),
    DOMAIN_RESET: ({ dom }) => restart(dom),
    DOMAIN_SUSPEND: ({ dom }) => {
      const machine = of(dom)
      machine.requireLive()
      if (machine.state === STATE.paused) return undefined
      machine.setState(STATE.paused, REASON.paused.user)
      host.emit(machine, LIFECYCLE.suspended.event, LIFECYCLE.suspended.paused)
      return undefined
    },
    DOMAIN_RESUME: ({ dom }) => {
      const machine = of(dom)
      machine.requireLive()
      if (machine.state === STATE.running) return undefined
      machine.setState(STATE.running, REASON.running.unpaused)
      host.emit(machine, LIFECYCLE.resumed.event, LIFECYCLE.resumed.unpaused)
      return undefined
    },
    DOMAIN_MANAGED_SAVE: ({ dom }) => {
      const machine = of(dom)
      machine.requireLive()
      if (!machine.isPersistent)
        throw new DaemonError('operationInvalid', 'cannot do managed save for transient domain')
      machine.hasManagedSave = true
      host.end(machine, REASON.shutOff.saved, LIFECYCLE.stopped.saved)
      return undefined
    },
    DOMAIN_MANAGED_SAVE_REMOVE: ({ dom }) => {
      of(dom).hasManagedSave = false
      return undefined
    },
    DOMAIN_SET_AUTOSTART: ({ dom, autostart }) => {
      const machine = of(dom)
      if (!machine.isPersistent) throw new DaemonError('operationInvalid', 'cannot set autostart for transient domain')
      machine.autostart = autostart !== 0
      return undefined
    },
    DOMAIN_SET_METADATA: ({ dom, flags, ...change }) => {
      const machine = of(dom)
      const { live, definition } = machine
      const isLive = (flags & IMPACT.live) !== 0 || ((flags & IMPACT.config) === 0 && live !== null)
      if (isLive) machine.live = { ...machine.requireLive(), xml: withMetadata(machine.requireLive().xml, change) }
      if (!isLive || (flags & IMPACT.config) !== 0) {
        machine.definition = { ...definition, xml: withMetadata(definition.xml, change) }
      }
      host.events.emit('domain', 23, machine.uuid, (client, callbackID) =>
        client.send('DOMAIN_EVENT_CALLBACK_METADATA_CHANGE', {
          callbackID,
          dom: machine.reference,
          type: change.type,
          nsuri: change.uri,
        }),
      )
      return undefined
    },
    DOMAIN_SEND_KEY: ({ dom, keycodes }) => {
      const { keys } = of(dom).requireLive()
      keys.push(...keycodes.map(nameKeyCode))
      return undefined
    },
    DOMAIN_SET_MEMORY_STATS_PERIOD: ({ dom }) => {
      // Its statistics are current whenever they are asked for.
      of(dom).requireLive()
      return undefined
    },
  }
}
