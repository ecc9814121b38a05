/** Data as it goes between a page and the stand-in: JSON, with bytes as base64. */
export type Wire =
  | null
  | string
  | number
  | boolean
  | readonly Wire[]
  | { readonly bytes64: string }
  | { readonly members: readonly (readonly [string, Wire])[] }

/** A structured clone as {@link Wire}; what frames and console messages are made of. */
export function toWire(value: unknown): Wire {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (value instanceof Uint8Array) return { bytes64: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return value.map(toWire)
  if (typeof value !== 'object') throw new Error(`${typeof value} cannot be cloned`)
  return {
    members: Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, toWire(member)] as const),
  }
}

/** The way back. */
export function fromWire(wire: Wire): unknown {
  if (wire === null || typeof wire !== 'object') return wire
  if ('bytes64' in wire) return new Uint8Array(Buffer.from(wire.bytes64, 'base64'))
  if ('members' in wire) return Object.fromEntries(wire.members.map(([key, member]) => [key, fromWire(member)]))
  return wire.map(fromWire)
}

/** What a page tells the stand-in. Ports are named by numbers that the page gives (negative) or the stand-in (positive). */
export type FromPage =
  | { readonly t: 'ipc'; readonly channel: string; readonly args: Wire }
  | { readonly t: 'port'; readonly port: number; readonly data: Wire; readonly ports: readonly number[] }
  | { readonly t: 'port-closed'; readonly port: number }
  | { readonly t: 'window-open'; readonly url: string; readonly name: string }

/** What the stand-in tells a page. */
export type ToPage =
  | { readonly t: 'ipc'; readonly channel: string; readonly data: Wire; readonly ports: readonly number[] }
  | { readonly t: 'port'; readonly port: number; readonly data: Wire }
  | { readonly t: 'port-closed'; readonly port: number }
