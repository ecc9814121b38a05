import { posix } from 'node:path'
import type { HostId } from '../../../shared/domain/index.ts'
import { createPaceMeter, fetchFileMap, PART_PREFIX, relayFile, runAsRoot } from '../../disk/index.ts'
import type { PlanDraft, StepContext, StepHandler } from '../../engine/index.ts'
import { type HostLink, shellQuote } from '../../hosts/index.ts'
import { type DiskCopy, removeImages } from '../local-disks.ts'
import type { MigrationDependencies } from './dependencies.ts'

const TIMEOUT_MS = 60_000
/** Disks of terabytes, over a slow line. */
const SEND_TIMEOUT_MS = 7 * 24 * 60 * 60_000

type Context = StepContext<'vm.migrate'>
type Draft = PlanDraft['steps'][number]

/** Where a copy is while it is made. It keeps this name beside its own until the machine has moved: so it is known as ours. Pure. */
export function partOf({ path, target }: Pick<DiskCopy, 'path' | 'target'>, vmId: string) {
  const folder = posix.dirname(path)
  const name = `${PART_PREFIX}${vmId}-${target}`
  return { folder, name, path: posix.join(folder, name) }
}

type Parts = readonly Pick<DiskCopy, 'path' | 'target'>[]

/**
 * Gives copies their names. One that is taken is somebody's: it stays, and none of the copies has its name then. Pure.
 */
export function nameCopiesScript(copies: Parts, vmId: string): string {
  const lines = copies.map((copy, index) => {
    const before = copies.slice(0, index).map(({ path }) => `rm -f -- ${shellQuote(path)}; `)
    return `ln -T -- ${shellQuote(partOf(copy, vmId).path)} ${shellQuote(copy.path)} || { ${before.join('')}exit 1; }`
  })
  return [...lines, 'sync'].join('; ')
}

/** Takes away what was copied: of what has a copy's name only what is that copy. Pure. */
export function removeCopiesScript(copies: Parts, vmId: string): string {
  return copies
    .map((copy) => {
      const [part, path] = [shellQuote(partOf(copy, vmId).path), shellQuote(copy.path)]
      return `[ ! ${path} -ef ${part} ] || rm -f -- ${path} || exit; rm -f -- ${part} || exit`
    })
    .join('; ')
}

/** Says "whole" where every copy has its name. Pure. */
export function askCopiesScript(copies: Parts, vmId: string): string {
  const each = copies.map((copy) => `[ ${shellQuote(copy.path)} -ef ${shellQuote(partOf(copy, vmId).path)} ]`)
  return `if ${each.join(' && ')}; then echo whole; fi`
}

/** What the look at a machine that is down found to be copied. */
export function copiesOfStopped(results: Context['results']): readonly DiskCopy[] {
  return (results['check-stopped'] as { readonly copies?: readonly DiskCopy[] } | null | undefined)?.copies ?? []
}

/** The steps around the move of a definition whose disks go along. */
export function planDisks(
  sides: { readonly from: HostId; readonly to: HostId },
  params: Readonly<Record<string, string>>,
): { readonly before: Draft; readonly after: Draft } {
  return {
    before: {
      action: 'send-disks',
      hostId: sides.to,
      text: { key: 'migrate-send-disks', params },
      weight: 20,
      cancellable: true,
      data: sides,
    },
    after: {
      action: 'let-disks-go',
      hostId: sides.from,
      text: { key: 'migrate-let-disks-go', params },
      data: sides,
    },
  }
}

/**
 * Copies the disks of a machine that is down over this computer, before the other host gets its definition; and takes them away here once
 * it has. Until then both hosts have them.
 */
export function createDiskSteps({
  hosts,
  clock,
}: Pick<MigrationDependencies, 'hosts' | 'clock'>): Record<'send-disks' | 'let-disks-go', StepHandler<'vm.migrate'>> {
  const sidesOf = ({ step }: Context) => {
    const { from, to } = step.data as { readonly from: HostId; readonly to: HostId }
    return { from: hosts.get(from), to: hosts.get(to) }
  }
  const onCopies = (link: HostLink, copies: Parts, script: string): Promise<string> =>
    copies[0] === undefined
      ? Promise.resolve('')
      : runAsRoot(link, script, { path: copies[0].path, timeoutMs: TIMEOUT_MS })
  return {
    'send-disks': {
      timeoutMs: SEND_TIMEOUT_MS,
      run: async (context) => {
        const { input, results, signal } = context
        const { from, to } = sidesOf(context)
        const copies = copiesOfStopped(results)
        try {
          await send({ from, to }, copies, context, () => clock.monotonicMs())
          signal.throwIfAborted()
          await onCopies(to, copies, nameCopiesScript(copies, input.vmId))
        } catch (error) {
          await onCopies(to, copies, removeCopiesScript(copies, input.vmId))
          throw error
        }
        return null
      },
      undo: async (context) => {
        const copies = copiesOfStopped(context.results)
        await onCopies(sidesOf(context).to, copies, removeCopiesScript(copies, context.input.vmId))
      },
      inspect: async (context) => {
        const { to } = sidesOf(context)
        const [copies, { vmId }] = [copiesOfStopped(context.results), context.input]
        if (copies.length === 0) return 'done'
        if ((await onCopies(to, copies, askCopiesScript(copies, vmId))).includes('whole')) return 'done'
        // Cut off in the midst of it.
        await onCopies(to, copies, removeCopiesScript(copies, vmId))
        return 'absent'
      },
    },
    'let-disks-go': {
      noReturn: true,
      run: async (context) => {
        const { from, to } = sidesOf(context)
        const [copies, { vmId }] = [copiesOfStopped(context.results), context.input]
        const parts = copies.map((copy) => shellQuote(partOf(copy, vmId).path))
        await onCopies(to, copies, `rm -f -- ${parts.join(' ')}`)
        await removeImages(from, copies)
        return null
      },
      // To take away what is gone already does no harm.
      inspect: async () => 'absent',
    },
  }
}

async function send(
  { from, to }: { readonly from: HostLink; readonly to: HostLink },
  copies: readonly DiskCopy[],
  { input, signal, progress, say }: Context,
  monotonicMs: () => number,
): Promise<void> {
  const files = []
  for (const copy of copies) {
    const { folder } = partOf(copy, input.vmId)
    const file = { host: from, folder, name: posix.basename(copy.path) }
    files.push({ copy, file, map: await fetchFileMap(file, signal) })
  }
  const dataBytes = files.map(({ map }) => map.extents.reduce((sum, [, bytes]) => sum + bytes, 0))
  const totalBytes = dataBytes.reduce((sum, bytes) => sum + bytes, 0)
  let fileName = ''
  const meter = createPaceMeter(totalBytes, monotonicMs, ({ fraction, ...pace }) => {
    progress(fraction)
    say('sending-now', { fileName, ...pace, remainingSeconds: pace.remainingSeconds ?? 0 })
  })
  let done = 0
  for (const [index, { copy, file, map }] of files.entries()) {
    const { folder, name, path } = partOf(copy, input.vmId)
    fileName = file.name
    // One of an earlier time, that was cut off and given up.
    const prepare = `mkdir -p -- ${shellQuote(folder)} && rm -f -- ${shellQuote(path)}`
    await runAsRoot(to, prepare, { path, timeoutMs: TIMEOUT_MS, signal })
    const before = done
    await relayFile({
      from: file,
      to: { host: to, folder, name },
      map,
      signal,
      onProgress: (sentBytes) => meter.add(before + sentBytes),
    })
    done += dataBytes[index] ?? 0
  }
}
