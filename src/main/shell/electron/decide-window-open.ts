import { hostIdSchema, vmIdSchema } from '../../../shared/domain/index.ts'
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
    return targetOf(/^virtdeck-console-(graphics|serial|shell)-(.+)$/.exec(frameName))
  if (!isOwnAddress(address)) return null
  const url = new URL(address)
  if (url.pathname !== '/console.html') return null
  const kind = url.searchParams.get('kind') ?? 'graphics'
  const id = url.searchParams.get(kind === 'shell' ? 'host' : 'vm') ?? ''
  return targetOf(/^(graphics|serial|shell)\/(.+)$/.exec(`${kind}/${id}`))
}

function targetOf(match: RegExpExecArray | null): ConsoleTarget | null {
  const kind = match?.[1]
  if (kind === undefined) return null
  const name = kind === 'shell' ? 'host' : 'vm'
  const id = (kind === 'shell' ? hostIdSchema : vmIdSchema).safeParse(match?.[2])
  if (!id.success) return null
  return {
    key: `${kind}/${id.data}`,
    // Made anew of what was checked: nothing else of the page's address is taken over.
    address: `app://virtdeck/console.html?${new URLSearchParams({ [name]: id.data, kind })}`,
  }
}
