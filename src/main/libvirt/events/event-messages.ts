import { REMOTE } from '../protocol/procedure.ts'
import { procedures } from '../protocol/procedures.gen.ts'
import type { XdrReader } from '../xdr/reader.ts'
import { type EventFamily, type EventKind, eventSources, type LibvirtEvent } from './event-sources.ts'

export interface DecodedEvent {
  readonly family: EventFamily
  /** The registration that the event belongs to; unique in its family. */
  readonly callbackId: number
  readonly event: LibvirtEvent
}

type Decode = (payload: XdrReader) => DecodedEvent

/** Decodes a message that is one of the subscribable events; undefined for any other. */
export function decodeEvent(program: number, procedure: number, payload: XdrReader): DecodedEvent | undefined {
  return program === REMOTE ? decoders.get(procedure)?.(payload) : undefined
}

/** Whether the protocol has a message with these numbers, subscribable or not. */
export function isEventMessage(program: number, procedure: number): boolean {
  return messageNumbers.has(messageKey(program, procedure))
}

function messageKey(program: number, procedure: number): string {
  return `${program}/${procedure}`
}

const messageNumbers = new Set(
  Object.values(procedures)
    .filter((procedure) => procedure.kind === 'event')
    .map((procedure) => messageKey(procedure.program, procedure.number)),
)

function decoderOf(kind: EventKind): readonly [number, Decode] {
  const source = eventSources[kind]
  const { number, result } = procedures[source.message]
  // The table ties each body to its own message, which TypeScript can't follow through the union.
  const body = source.body as (message: { readonly callbackID: number }) => object
  const decode: Decode = (payload) => {
    const message = result.decode(payload)
    const event = { kind, ...body(message) } as LibvirtEvent
    return { family: source.family, callbackId: message.callbackID, event }
  }
  return [number, decode]
}

const decoders = new Map((Object.keys(eventSources) as EventKind[]).map(decoderOf))
