import { createStore, useStore } from 'zustand'
import type { DiskId, HostId, StorageDomainId } from '../../../../shared/domain/index.ts'
import type { WireError } from '../../../../shared/errors/index.ts'
import { addSample, type PaceSample, paceOf } from './pace.ts'

/**
 * `interrupted`: the way to the engine is lost, and looked for; `finishing`: all bytes are there, and are proved and put in their
 * place; `sent`: so they are, and only the task tells how that ended.
 */
export type TransferPhase =
  | 'queued'
  | 'moving'
  | 'paused'
  | 'interrupted'
  | 'finishing'
  | 'sent'
  | 'done'
  | 'failed'
  | 'cancelled'

/** Where a file goes or comes from: a storage domain, or the host whose own pool it is. */
export type TransferPlace =
  | { readonly kind: 'storage-domain'; readonly id: StorageDomainId }
  | { readonly kind: 'host'; readonly id: HostId }

/** A file on its way between this computer and storage. */
export interface Transfer {
  /** Made here; tickets are asked for with it. */
  readonly id: string
  readonly direction: 'upload' | 'download'
  readonly place: TransferPlace
  readonly fileName: string
  readonly totalBytes: number
  readonly doneBytes: number
  /** Null: not known, or it does not move. */
  readonly bytesPerSecond: number | null
  readonly phase: TransferPhase
  readonly error: WireError | null
  /** What it became, or what it is of; null also for a volume of a host's own pool. */
  readonly diskId: DiskId | null
}

/** The transfers of this window, in the order of their coming. They go on whatever the page shows. */
export const transfers = createStore<readonly Transfer[]>(() => [])

const samplesOf = new Map<string, readonly PaceSample[]>()

export function useTransfers(): readonly Transfer[] {
  return useStore(transfers)
}

/** How many there are in this window, and how many of them have not ended. */
export function useRunningTransfers(): { readonly count: number; readonly running: number } {
  const count = useStore(transfers, (all) => all.length)
  const running = useStore(transfers, (all) => all.filter(isUnderWay).length)
  return { count, running }
}

/** Whether it has not ended. */
export function isUnderWay({ phase }: Pick<Transfer, 'phase'>): boolean {
  return phase !== 'sent' && phase !== 'done' && phase !== 'failed' && phase !== 'cancelled'
}

export function findTransfer(id: string): Transfer | undefined {
  return transfers.getState().find((transfer) => transfer.id === id)
}

export function addTransfer(transfer: Omit<Transfer, 'doneBytes' | 'bytesPerSecond' | 'phase' | 'error'>): void {
  const added: Transfer = { ...transfer, doneBytes: 0, bytesPerSecond: null, phase: 'queued', error: null }
  transfers.setState([...transfers.getState(), added], true)
}

export function changeTransfer(id: string, change: Partial<Transfer>): void {
  if (change.phase !== undefined) samplesOf.delete(id)
  const still = change.phase === undefined ? {} : { bytesPerSecond: null }
  transfers.setState(
    transfers.getState().map((transfer) => (transfer.id === id ? { ...transfer, ...still, ...change } : transfer)),
    true,
  )
}

/** So much of it is done, at that moment of a clock that only goes forward. */
export function tellProgress(id: string, doneBytes: number, atMs: number): void {
  const samples = addSample(samplesOf.get(id) ?? [], { atMs, bytes: doneBytes })
  samplesOf.set(id, samples)
  changeTransfer(id, { doneBytes, bytesPerSecond: paceOf(samples) })
}

/** Takes those that have ended out of the list. */
export function clearEnded(): void {
  transfers.setState(transfers.getState().filter(isUnderWay), true)
}
