import type { ServerFrame } from '../../shared/contract/index.ts'

type Stringify = (value: unknown) => string

/** Texts of entities that stood in a snapshot. An entity is replaced as a whole, never changed, so its text holds as long as it does. */
const textsOfEntities = new WeakMap<object, string>()
/** UTF-8 of the lists in frames: one list is what all subscribers of a topic get, until the topic changes. */
const bytesOfLists = new WeakMap<object, Buffer>()

/**
 * A frame as JSON, in pieces to be sent one behind the other. What many clients get is written once: each entity of a
 * snapshot, the whole of one that several ask for between two changes, and the changes of a patch.
 */
export function writeFrame(frame: ServerFrame, stringify: Stringify = JSON.stringify): readonly (string | Buffer)[] {
  if (frame.t === 'snapshot') {
    const { entities, ...head } = frame
    const write = () =>
      `[${entities.map((entity) => remembered(textsOfEntities, entity, () => stringify(entity))).join(',')}]`
    return [beginMember(stringify(head), 'entities'), remembered(bytesOfLists, entities, () => toBytes(write())), '}']
  }
  if (frame.t === 'patch') {
    const { upsert, ...head } = frame
    const bytes = remembered(bytesOfLists, upsert, () => toBytes(stringify(upsert)))
    return [beginMember(stringify(head), 'upsert'), bytes, '}']
  }
  return [stringify(frame)]
}

function remembered<T>(known: WeakMap<object, T>, value: object, make: () => T): T {
  const before = known.get(value)
  if (before !== undefined) return before
  const made = make()
  known.set(value, made)
  return made
}

/** In memory of their own: with a part of Node's shared pool, a MessagePort would send the whole pool. */
function toBytes(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text))
  bytes.write(text)
  return bytes
}

/** An object's text up to the value of one more member. */
function beginMember(objectText: string, name: string): string {
  return `${objectText.slice(0, -1)},"${name}":`
}
