import { expandTokens, type TokenValues } from './config-tokens.ts'

/** One host on the way, from `ProxyJump`. What it lacks comes from its own section of the configuration. */
export interface JumpHost {
  readonly address: string
  readonly port?: number
  readonly user?: string
}

/**
 * Reads the value of `ProxyJump`: `[user@]host[:port]` or `ssh://…`, comma-separated, the first is connected first.
 * No value or `none` gives an empty list; null means that it cannot be read.
 */
export function parseProxyJump(value: string | undefined, tokens: TokenValues): readonly JumpHost[] | null {
  if (value === undefined || value.trim().toLowerCase() === 'none') return []
  const hosts: JumpHost[] = []
  for (const part of value.split(',')) {
    const text = expandTokens(part.trim(), tokens, 'hnpr').replace(/^ssh:\/\//, '')
    const match =
      /^(?:(.+)@)?(?:\[([^\]]+)\]|([^:@[\]]+)|([0-9A-Fa-f:.]+:[0-9A-Fa-f:.]*(?:%[^:@[\]/]+)?))(?::(\d{1,5}))?\/?$/.exec(
        text,
      )
    const address = match?.[2] ?? match?.[3] ?? match?.[4]
    if (match === null || address === undefined) return null
    const port = match[5] === undefined ? undefined : Number(match[5])
    if (port !== undefined && (port < 1 || port > 65_535)) return null
    hosts.push({
      address,
      ...(match[1] === undefined ? {} : { user: match[1] }),
      ...(port === undefined ? {} : { port }),
    })
  }
  return hosts
}
