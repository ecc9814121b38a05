import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { buildModel, type WireType } from '../../../../tools/libvirt-protocol/model.mjs'

const DATA = new URL('../../../../tools/libvirt-protocol/protocol.json', import.meta.url)

/** The protocol, read from the data that the codec is generated from. */
export const model = buildModel(JSON.parse(readFileSync(DATA, 'utf8')))

/** More elements than this teach nothing; the limits have tests of their own. */
const LIST_MAX = 4

/** libvirt's strings end at a NUL, so none may hold one. */
const text = fc.string({ unit: 'binary', maxLength: 40 }).map((value) => value.replaceAll('\0', ''))
const uint = fc.integer({ min: 0, max: 0xffff_ffff })
const typedParameter = fc.oneof(
  fc.record({ field: text, type: fc.constant('int'), value: fc.integer() }),
  fc.record({ field: text, type: fc.constant('uint'), value: uint }),
  fc.record({ field: text, type: fc.constant('llong'), value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }) }),
  fc.record({ field: text, type: fc.constant('ullong'), value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
  fc.record({ field: text, type: fc.constant('double'), value: fc.double() }),
  fc.record({ field: text, type: fc.constant('boolean'), value: fc.boolean() }),
  fc.record({ field: text, type: fc.constant('string'), value: text }),
)

const structs = new Map<string, fc.Arbitrary<unknown>>()

/** Values of a struct as the client's callers see them. */
export function structArbitrary(name: string): fc.Arbitrary<unknown> {
  if (name === 'TypedParameter') return typedParameter
  const known = structs.get(name)
  if (known !== undefined) return known
  const struct = model.structs.find((each) => each.name === name)
  if (struct === undefined) throw new Error(`no struct ${name}`)
  const arbitrary = fc.record(Object.fromEntries(struct.fields.map((field) => [field.name, valueArbitrary(field)])), {
    noNullPrototype: true,
  })
  structs.set(name, arbitrary)
  return arbitrary
}

function valueArbitrary(type: WireType): fc.Arbitrary<unknown> {
  const limit = type.limit ?? 0
  switch (type.kind) {
    case 'int':
      return fc.integer()
    case 'uint':
      return uint
    case 'hyper':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
    case 'uhyper':
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
    case 'double':
      return fc.double()
    case 'uuid':
      return fc.uuid()
    case 'string':
      return text
    case 'optionalString':
      return fc.option(text)
    case 'opaque':
    case 'chars':
      return fc.uint8Array({ maxLength: Math.min(limit, 40) })
    case 'fixedChars':
      return fc.string({ unit: 'grapheme-ascii', maxLength: limit })
    case 'struct':
      return structArbitrary(type.struct ?? '')
    case 'optional':
      return fc.option(structArbitrary(type.struct ?? ''))
    case 'list':
      return fc.array(type.element === undefined ? fc.constant(null) : valueArbitrary(type.element), {
        maxLength: Math.min(limit, LIST_MAX),
      })
  }
}
