import { createHash, randomBytes } from 'node:crypto'

export interface LinkOptions {
  /** Default: the lifetime of all links. */
  readonly lifetimeMs?: number
  /** Called when it was used. */
  readonly onUsed?: () => void
}

/** One-time tokens for a sign-in link. They live in memory: a restart ends them. */
export interface SignInLinks {
  /** A new token; the oldest beyond 16 is forgotten. */
  create(options?: LinkOptions): string
  /** True exactly once for a token that was made here and is not too old. */
  redeem(token: string): boolean
}

interface Link {
  readonly expiryMs: number
  readonly onUsed: (() => void) | undefined
}

const LINK_LIMIT = 16

export function createSignInLinks(options: {
  readonly lifetimeMs: number
  readonly monotonicMs: () => number
}): SignInLinks {
  const links = new Map<string, Link>()
  // Looked up by hash: the time of a Map lookup says nothing about how near a guess was.
  const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')
  return {
    create({ lifetimeMs = options.lifetimeMs, onUsed } = {}) {
      const token = randomBytes(32).toString('base64url')
      links.set(hashOf(token), { expiryMs: options.monotonicMs() + lifetimeMs, onUsed })
      for (const oldest of links.keys()) {
        if (links.size <= LINK_LIMIT) break
        links.delete(oldest)
      }
      return token
    },
    redeem(token) {
      const link = links.get(hashOf(token))
      links.delete(hashOf(token))
      if (link === undefined || options.monotonicMs() >= link.expiryMs) return false
      link.onUsed?.()
      return true
    },
  }
}
