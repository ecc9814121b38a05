import type { HostId, Vm } from '../../shared/domain/index.ts'
import type { MachineDefinitions, MachineDisks } from '../disk/index.ts'
import type { DefinitionListener } from '../drift/index.ts'
import type { AuditTrail, Clock, CommandHandlers, Log, TopicRegistry } from '../engine/index.ts'
import type { HostRegistry } from '../hosts/index.ts'
import type { VmDefinitionsRepository, VmStatusesRepository, VmStatusRecord } from '../inventory/index.ts'
import { createAddNic } from './commands/add-nic.ts'
import { createAttachDevice } from './commands/attach-device.ts'
import { createAttachDisk } from './commands/attach-disk.ts'
import { createAutostart } from './commands/autostart.ts'
import { createChangeCd } from './commands/change-cd.ts'
import { createVmCreate } from './commands/create.ts'
import type { ActivateVolumes } from './commands/dependencies.ts'
import { createDetachDevice } from './commands/detach-device.ts'
import { createDetachDisk } from './commands/detach-disk.ts'
import { createDiscardPending } from './commands/discard-pending.ts'
import { createVmEdit } from './commands/edit.ts'
import { createEditNic } from './commands/edit-nic.ts'
import { createEditXml } from './commands/edit-xml.ts'
import { createAgentHandlers } from './commands/guest-agent.ts'
import { createGuestExec } from './commands/guest-exec.ts'
import { createImportXml } from './commands/import-xml.ts'
import { createLabel } from './commands/label.ts'
import { createLimitDisk } from './commands/limit-disk.ts'
import { createPowerHandlers } from './commands/power.ts'
import { createVmRemove } from './commands/remove.ts'
import { createRemoveNic } from './commands/remove-nic.ts'
import { createResizeDevice } from './commands/resize-device.ts'
import { createRunOnce } from './commands/run-once.ts'
import { createSave } from './commands/save.ts'
import { createSendKeys } from './commands/send-keys.ts'
import { createStart } from './commands/start.ts'
import { createSyncNics } from './commands/sync-nics.ts'
import { startDefinitionKeeper } from './definition-keeper.ts'
import { createDefinitionWriter } from './edit/definition-writer.ts'
import { StoredDefinitions } from './edit/stored-definitions.ts'
import { produceStored } from './edit/stored-topics.ts'
import { GuestRequests } from './guest-requests.ts'
import type { LiveDetails } from './live-details.ts'
import { createMachineDefinitions } from './machine-definitions.ts'
import { OwnActions } from './own-actions.ts'
import { createRememberedDomains } from './remembered-domains.ts'
import { HostAbilitiesCache } from './scheduler/host-abilities.ts'
import { StartPromises } from './scheduler/start-promises.ts'
import { StatusTimes } from './status-times.ts'
import type { Transitions } from './transitions.ts'
import { VmProjection } from './vm-projection.ts'
import { startVmTrail } from './vm-trail.ts'
import { produceVmXml } from './vm-xml-topic.ts'
import { watchGuestAges } from './watch-guest-ages.ts'

export { findVariablesFile } from './change/decide-move-obstacle.ts'
export { inactiveXmlOf, withXmlErrors } from './change/domain-xml.ts'
export { isSeedPath } from './change/drive.ts'
export { createMoveSteps, fetchMovableXml, planMove } from './change/move-steps.ts'
export { makeScreenPassword } from './change/screen-password.ts'
export type { ActivateVolumes } from './commands/dependencies.ts'
export { decideMacs } from './create/decide-macs.ts'
export { decideNameFree } from './create/decide-parts.ts'
export { newDiskId } from './create/resolve-create.ts'
export { defineDomain, undefineDomain } from './define-domain.ts'
export type { ActedOn } from './domain-action.ts'
export { inspectDomain, isInterrupted, runDomainAction } from './domain-action.ts'
export { decideImport, type ImportedIdentity, writeIdentity } from './import/decide-import.ts'
export type { LiveDetails } from './live-details.ts'
export type { OwnActions } from './own-actions.ts'
export type { VmAction, VmStepDraft } from './rules.ts'
export { decideAction, decideOnVm, hostName, planOnVm, requireVm, vmSubject } from './rules.ts'
export { freeMemoryKiB, mayHaveProcess } from './scheduler/free-memory.ts'
export type { StartPromises } from './scheduler/start-promises.ts'
export { storageOfVm } from './scheduler/vm-needs.ts'
export { diskPathsOf } from './start-domain.ts'
export type { Transitions } from './transitions.ts'

/** Those that `src/main/migration`, `src/main/snapshot` and `src/main/template` give are not among them. */
export type VmHandlers = Omit<
  Pick<CommandHandlers, Extract<keyof CommandHandlers, `vm.${string}`>>,
  'vm.migrate' | 'vm.can-migrate' | 'vm.clone' | `vm.migration-${string}` | `vm.snapshot-${string}`
>

export interface VmsOptions {
  readonly hosts: HostRegistry
  readonly topics: TopicRegistry
  readonly audit: Pick<AuditTrail, 'record'>
  readonly clock: Clock
  readonly log: Log
  readonly machineDisks: () => MachineDisks
  /** Where last known definitions are kept, and who is told of them. Null: nothing is remembered of hosts that are away (for tests). */
  readonly definitions: { readonly store: VmDefinitionsRepository; readonly listener: DefinitionListener } | null
  /** Since when VMs are in their status, where it is kept, and what is there of it already. Null: nothing is (for tests). */
  readonly statuses: { readonly store: VmStatusesRepository; readonly known: readonly VmStatusRecord[] } | null
  /** Has the disks of a machine ready on the host that is to start it. */
  readonly activateVolumes: ActivateVolumes
}

/** The VMs of all hosts. */
export interface Vms {
  readonly handlers: VmHandlers
  /** What is read only while somebody looks; the metrics fill it. */
  readonly details: LiveDetails
  /** What other features do to VMs shows by these. */
  readonly transitions: Transitions
  readonly ownActions: OwnActions
  readonly promises: StartPromises
  /** Runs what changes a definition: what it makes of it is known, and not taken for the doing of others. Errors: those of `change`. */
  changeOwn<T>(vm: Pick<Vm, 'id' | 'hostId'>, change: () => Promise<T>): Promise<T>
  /** What other features change in definitions. */
  readonly machines: MachineDefinitions
  /** Shows the VMs that the inventory remembers of the hosts that are there now and were not reached yet. */
  remember(): Promise<void>
  /** A host's networks were read, and may be others now. */
  forgetBridges(hostId: HostId): void
  /** The wall's clock was set by so much, milliseconds: stamps of before move with it. */
  shiftStamps(deltaMs: number): void
  stop(): Promise<void>
}

/** Starts showing the VMs of all hosts, tells the trail what happens to them, and gives the commands on them. */
export function startVms(options: VmsOptions): Vms {
  const { hosts, topics, audit, clock, log, machineDisks, definitions, statuses, activateVolumes } = options
  const times = new StatusTimes({ hosts, known: statuses?.known ?? [], store: statuses?.store ?? null, clock, log })
  const projection = new VmProjection({ hosts, vms: topics.collection('vms'), times, clock })
  const stopAges = watchGuestAges({ hosts, log, onAges: (hostId, ages) => projection.learnAges(hostId, ages) })
  const ownActions = new OwnActions(clock)
  const stopTrail = startVmTrail({ hosts, audit, ownActions })
  const keeper =
    definitions === null
      ? null
      : startDefinitionKeeper({ hosts, definitions: definitions.store, listener: definitions.listener, clock, log })
  const remembered =
    definitions === null ? null : createRememberedDomains({ hosts, projection, definitions: definitions.store, log })
  produceVmXml({ hosts, topics, log })
  const storedDefinitions = new StoredDefinitions()
  produceStored({ hosts, topics, definitions: storedDefinitions, log })
  const { transitions } = projection
  const guestRequests = new GuestRequests({ hosts, transitions, ownActions, audit, clock })
  const abilities = new HostAbilitiesCache({ hosts, clock, log })
  const promises = new StartPromises()
  const policy = { abilitiesOf: (id: HostId) => abilities.of(id), promisedOn: (id: HostId) => promises.on(id) }
  const dependencies = {
    hosts,
    transitions,
    ownActions,
    guestRequests,
    audit,
    clock,
    machineDisks,
    abilities,
    policy,
    promises,
    activateVolumes,
  }
  const writer = createDefinitionWriter({ ownActions, definitions: storedDefinitions, keeper })
  const editing = { hosts, activateVolumes, abilities, definitions: storedDefinitions, ...writer }
  return {
    handlers: {
      ...createPowerHandlers(dependencies),
      'vm.create': createVmCreate(dependencies),
      'vm.import-xml': createImportXml(dependencies),
      'vm.remove': createVmRemove(dependencies),
      'vm.start': createStart({
        ...dependencies,
        kept: definitions?.store ?? null,
        writeDefinition: writer.writeDefinition,
      }),
      'vm.run-once': createRunOnce(dependencies),
      'vm.change-cd': createChangeCd(editing),
      ...createAgentHandlers(dependencies),
      'vm.guest-exec': createGuestExec(dependencies),
      'vm.send-keys': createSendKeys(dependencies),
      'vm.save': createSave(dependencies),
      'vm.autostart': createAutostart(dependencies),
      'vm.edit': createVmEdit(editing),
      'vm.label': createLabel(editing),
      'vm.discard-pending': createDiscardPending(editing),
      'vm.edit-xml': createEditXml(editing),
      'vm.attach-device': createAttachDevice({ ...editing, clock }),
      'vm.detach-device': createDetachDevice(editing),
      'vm.resize-device': createResizeDevice(editing),
      'vm.attach-disk': createAttachDisk(editing),
      'vm.detach-disk': createDetachDisk(editing),
      'vm.limit-disk': createLimitDisk(editing),
      'vm.add-nic': createAddNic(editing),
      'vm.edit-nic': createEditNic(editing),
      'vm.remove-nic': createRemoveNic(editing),
      'vm.sync-nics': createSyncNics(editing),
    },
    details: projection.details,
    transitions,
    ownActions,
    promises,
    changeOwn: writer.changeOwn,
    machines: createMachineDefinitions(writer),
    forgetBridges: (hostId) => abilities.forgetBridges(hostId),
    shiftStamps: (deltaMs) => projection.shiftStamps(deltaMs),
    remember: async () => remembered?.remember(),
    stop: async () => {
      stopTrail()
      abilities.stop()
      guestRequests.stop()
      stopAges()
      await remembered?.stop()
      projection.stop()
      await keeper?.stop()
      await times.stop()
    },
  }
}
