import type { VnicQos } from '../../../../shared/domain/index.ts'

type Direction = 'inbound' | 'outbound'

/** What the stored definition limits a card's traffic to. */
export function readNicLimits(xml: string, macAddress: string): VnicQos {
  const document = new DOMParser().parseFromString(xml, 'application/xml')
  const nic = [...document.querySelectorAll('devices > interface')].find(
    (each) => each.querySelector(':scope > mac')?.getAttribute('address')?.toLowerCase() === macAddress.toLowerCase(),
  )
  const read = (direction: Direction) => {
    const limits = nic?.querySelector(`:scope > bandwidth > ${direction}`)
    const number = (name: string) => Number(limits?.getAttribute(name) ?? '') || null
    const averageKiBps = number('average')
    if (averageKiBps === null) return null
    return { averageKiBps, peakKiBps: number('peak'), burstKiB: number('burst') }
  }
  return { inbound: read('inbound'), outbound: read('outbound') }
}

/**
 * The limits with other averages (KiB a second; empty: not limited): a peak and a burst that were set stay, but for a peak that would be
 * less. Undefined: they are as they were. Pure.
 */
export function changeAverages(now: VnicQos, averages: { readonly [D in Direction]: string }): VnicQos | undefined {
  const change = (direction: Direction) => {
    const text = averages[direction].trim()
    const before = now[direction]
    if (text === '') return null
    const averageKiBps = Number(text)
    const peak = before?.peakKiBps ?? null
    return {
      averageKiBps,
      peakKiBps: peak !== null && peak >= averageKiBps ? peak : null,
      burstKiB: before?.burstKiB ?? null,
    }
  }
  const isSame = (direction: Direction) => averages[direction].trim() === String(now[direction]?.averageKiBps ?? '')
  if (isSame('inbound') && isSame('outbound')) return undefined
  return { inbound: change('inbound'), outbound: change('outbound') }
}
