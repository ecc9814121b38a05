import type { ServerFrame } from '../../shared/contract/index.ts'

type Stringify = (value: unknown) => string

/** Texts of entities that stood in a snapshot. An entity is replaced as a whole, never changed, so its text holds as long as it does. */
const textsOfEntities = new WeakMap<object, string>()
/** Texts of the lists of patches: one list is what all subscribers of a topic get. */
const textsOfLists = new WeakMap<object, string>()

/**
 * A frame as JSON text. What many clients get is written once: each entity of a snapshot, and the changes of a patch. Each
 * client's frame is then put together of these pieces.
 */
export function writeFrameText(frame: ServerFrame, stringify: Stringify = JSON.stringify): string {
  if (frame.t === 'snapshot') {
    const { entities, ...head } = frame
    const texts = entities.map((entity) => remembered(textsOfEntities, entity, stringify))
    return withMember(stringify(head), 'entities', `[${texts.join(',')}]`)
  }
  if (frame.t === 'patch') {
    const { upsert, ...head } = frame
    return withMember(stringify(head), 'upsert', remembered(textsOfLists, upsert, stringify))
  }
  return stringify(frame)
}

function remembered(texts: WeakMap<object, string>, value: object, stringify: Stringify): string {
  const known = texts.get(value)
  if (known !== undefined) return known
  const text = stringify(value)
  texts.set(value, text)
  return text
}

/** Puts a member that is text already behind the others of an object. */
function withMember(objectText: string, name: string, valueText: string): string {
  return `${objectText.slice(0, -1)},"${name}":${valueText}}`
}
