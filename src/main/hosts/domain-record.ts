import type { PendingChange } from '../../shared/domain/index.ts'
import type { AppError } from '../../shared/errors/index.ts'
import type { DomainDefinition } from '../xml/index.ts'
import type { DomainState } from './domain-states.ts'

/** A domain of one host as it was when it was last read. Replaced as a whole, never changed. */
export interface DomainRecord {
  /** Lower case, with dashes. */
  readonly uuid: string
  readonly name: string
  readonly state: DomainState
  /** Why, in libvirt's words; `unknown` when it gives none. */
  readonly reason: string
  readonly persistent: boolean
  readonly autostart: boolean
  readonly hasManagedSave: boolean
  /** libvirt has metadata of snapshots. */
  readonly hasSnapshots: boolean
  readonly definition: DomainDefinition
  /** Set when the definition could not be read: `definition` is then made up from name and UUID alone. */
  readonly definitionError: AppError | null
  /** What is other in its definition on disk; null: not read yet, or there is no other definition. */
  readonly pending: readonly PendingChange[] | null
  /** Milliseconds since the epoch. */
  readonly readAt: number
}

/** A definition that says nothing but who it is, for a domain whose XML cannot be read. */
export function emptyDefinition(name: string, uuid: string): DomainDefinition {
  return {
    name,
    uuid,
    domainId: null,
    title: null,
    description: null,
    operatingSystem: null,
    domainType: '',
    architecture: '',
    machineType: '',
    firmware: 'unknown',
    cpuMode: null,
    vcpus: 0,
    maxVcpus: 0,
    memoryKiB: 0,
    maxMemoryKiB: 0,
    disks: [],
    nics: [],
    graphics: [],
    serialPorts: [],
    hasSerialConsole: false,
    tags: [],
    folder: null,
    guestAgent: 'absent',
    sharesMemory: false,
    balloonPeriodSeconds: null,
    otherDevices: [],
    bootOrder: [],
    topology: null,
  }
}
