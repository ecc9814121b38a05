import type { TypedParameterValue } from '../hosts/index.ts'

/** How far a domain's job is, 0–1, by the statistics that libvirt gives of it; null when they do not tell. Pure. */
export function decideJobProgress(statistics: Readonly<Record<string, TypedParameterValue>>): number | null {
  for (const kind of ['data', 'memory', 'disk']) {
    const total = Number(statistics[`${kind}_total`] ?? 0)
    const remaining = Number(statistics[`${kind}_remaining`] ?? 0)
    if (total > 0) return Math.min(1, Math.max(0, 1 - remaining / total))
  }
  return null
}
