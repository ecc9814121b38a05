import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '../../src/main/engine/index.ts'
import type { Inventory } from '../../src/main/inventory/index.ts'
import { createAdministrator } from '../../src/main/shell/administrator.ts'
import { type ComposedEngine, type ComposeOptions, composeEngine } from '../../src/main/shell/compose.ts'
import { openShellInventory } from '../../src/main/shell/open-inventory.ts'
import type { CommandName } from '../../src/shared/contract/index.ts'
import type { AuditEvent, Host, HostId, OperationRecord, Task, Vm } from '../../src/shared/domain/index.ts'
import type { WireError } from '../../src/shared/errors/index.ts'
import { waitFor } from './command.ts'
import type { LabHost } from './host.ts'

export const KIM = createAdministrator('kim')

/** A whole engine on a folder of its own, with the tests' hand on it. */
export interface VmBench {
  readonly composed: ComposedEngine
  readonly dataDir: string
  /** What is stored: the file itself is this engine's alone. */
  readonly inventory: Inventory
  /** Runs a command; its value, or its error thrown as `{ code, params }`. */
  call<T = unknown>(command: CommandName, input: unknown): Promise<T>
  /** Its error; fails when it succeeds. */
  refusal(command: CommandName, input: unknown): Promise<WireError>
  addHost(host: LabHost, extra?: object): Promise<HostId>
  hosts(): readonly Host[]
  vm(name: string): Vm | undefined
  /** Waits until the VM has the status. */
  seen(name: string, status: Vm['status']): Promise<Vm>
  tasks(): readonly Task[]
  /** The kinds of the trail's lines about a VM, oldest first. */
  trail(name: string): readonly AuditEvent[]
  stop(): Promise<void>
}

export interface VmBenchOptions {
  /** Told of each write of an operation. */
  readonly beforeSave?: (records: readonly OperationRecord[]) => Promise<void>
  readonly linkTiming?: ComposeOptions['linkTiming']
}

/** Starts an engine; `dataDir` of an earlier one makes it go on from there. */
export async function startVmBench(
  existing?: string,
  { beforeSave, linkTiming = {} }: VmBenchOptions = {},
): Promise<VmBench> {
  const dataDir = existing ?? (await mkdtemp(join(tmpdir(), 'virtdeck-engine-')))
  const inventory = await openShellInventory({ dataDir, log: silentLog })
  const { operations } = inventory
  const composed = await composeEngine({
    inventory: {
      ...inventory,
      operations: {
        ...operations,
        save: async (records) => {
          await beforeSave?.(records)
          await operations.save(records)
        },
      },
    },
    shell: 'server',
    version: '0.0.0-test',
    log: silentLog,
    canSignOut: false,
    stopGraceMs: 1_000,
    linkTiming,
  })
  const { engine, topics } = composed
  const find = (name: string) => [...topics.model().vms.values()].find((vm) => vm.name === name)
  return {
    composed,
    dataDir,
    inventory,
    call: async <T>(command: CommandName, input: unknown) => {
      const result = await engine.dispatch(KIM, command, input)
      if (!result.ok) throw Object.assign(new Error(JSON.stringify(result.error, null, 1)), result.error)
      return result.value as T
    },
    refusal: async (command, input) => {
      const result = await engine.dispatch(KIM, command, input)
      if (result.ok) throw new Error(`${command} succeeded`)
      return result.error
    },
    addHost: async (host, extra = {}) => {
      const { address, user, privateKeyPath, hostKeyFingerprint: hostKey } = host
      const input = { address, user, privateKeyPath, hostKey, ...extra }
      const result = await engine.dispatch(KIM, 'host.add', input)
      if (!result.ok) throw new Error(JSON.stringify(result.error, null, 1))
      return (result.value as { hostId: HostId }).hostId
    },
    hosts: () => [...topics.model().hosts.values()],
    vm: find,
    seen: (name, status) =>
      waitFor(`${name} is ${status} (is ${find(name)?.status})`, () => {
        const vm = find(name)
        return vm?.status === status ? vm : undefined
      }),
    tasks: () => [...topics.model().tasks.values()],
    trail: (name) =>
      [...topics.collection('events').entities.values()]
        .filter((event) => event.subject.name === name)
        .sort((a, b) => Number(BigInt(a.id) - BigInt(b.id))),
    stop: async () => {
      await composed.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
