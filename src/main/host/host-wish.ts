import type { HostWish } from '../../shared/domain/index.ts'

export const NO_WISH: HostWish = { maintenance: null, power: null }

/** What the host showed when it was heard after it had been asked to reboot or to shut down. */
export interface HeardBoot {
  /** Null: it cannot be read. */
  readonly bootId: string | null
  /** The connection was lost in between. */
  readonly wasAway: boolean
}

/** What is still wished of a host that was heard again: a reboot or shutdown that it has been through is no wish any more. Pure. */
export function decideHeardWish(wish: HostWish, { bootId, wasAway }: HeardBoot): HostWish {
  if (wish.power === null) return wish
  // Where nothing names the runs of a host, that it was away and is back has to do.
  const isNamed = wish.power.bootId !== null && bootId !== null
  const hasBooted = isNamed ? wish.power.bootId !== bootId : wasAway
  return hasBooted ? { ...wish, power: null } : wish
}
