import { vmIdSchema } from '../../../shared/domain/index.ts'
import { isOwnAddress } from './origin.ts'

/** A console window to show; `key` is the same for the same console. */
export interface ConsoleTarget {
  readonly key: string
  /** The address of its page. */
  readonly address: string
}

/**
 * What to do when a page asks for a new window: the shell shows consoles in windows that it makes itself, and nothing
 * else. The page names the window by its console and may leave the address empty to find one that is open. Pure.
 */
export function decideWindowOpen(address: string, frameName: string): ConsoleTarget | null {
  if (address === 'about:blank' || address === '')
    return targetOf(/^virtdeck-console-(graphics|serial)-(.+)$/.exec(frameName))
  if (!isOwnAddress(address)) return null
  const url = new URL(address)
  if (url.pathname !== '/console.html') return null
  const kind = url.searchParams.get('kind') ?? 'graphics'
  return targetOf(/^(graphics|serial)\/(.+)$/.exec(`${kind}/${url.searchParams.get('vm') ?? ''}`))
}

function targetOf(match: RegExpExecArray | null): ConsoleTarget | null {
  const vmId = vmIdSchema.safeParse(match?.[2])
  const kind = match?.[1]
  if (!vmId.success || kind === undefined) return null
  return {
    key: `${kind}/${vmId.data}`,
    // Made anew of what was checked: nothing else of the page's address is taken over.
    address: `app://virtdeck/console.html?${new URLSearchParams({ vm: vmId.data, kind })}`,
  }
}
