import type { HostPool } from '../../../shared/domain/index.ts'

/** The names of the machines on a pool's volumes, each once. Pure. */
export function usersOfPool({ volumes }: Pick<HostPool, 'volumes'>, isRunningOnly: boolean): readonly string[] {
  const users = volumes.flatMap(({ usedBy }) => usedBy).filter(({ isRunning }) => isRunning || !isRunningOnly)
  return [...new Map(users.map(({ vmId, name }) => [vmId, name])).values()].sort()
}
