import * as xdr from '@stellar/js-xdr'
import type { WireType } from '../../../../tools/libvirt-protocol/model.mjs'
import { model } from './struct-arbitraries.ts'

const STRING_MAX = 4_194_304

/** Another implementation of XDR, with schemas built from the same data and values converted to its shapes. */
export interface Oracle {
  encode(value: unknown): Uint8Array
}

const schemas = new Map<string, xdr.XdrType<unknown>>()

export function createOracle(structName: string): Oracle {
  const schema = structSchema(structName)
  return { encode: (value) => schema.encode(structValue(structName, value)) }
}

function structSchema(name: string): xdr.XdrType<unknown> {
  if (name === 'TypedParameter') return typedParameterSchema
  const known = schemas.get(name)
  if (known !== undefined) return known
  const schema = xdr.struct(name, Object.fromEntries(fieldsOf(name).map((field) => [field.name, valueSchema(field)])))
  schemas.set(name, schema)
  return schema
}

const typedParameterSchema = xdr.struct('TypedParameter', {
  field: xdr.string(STRING_MAX),
  value: xdr.union('Value', {
    switchOn: xdr.int32(),
    cases: [
      xdr.case('int', 1, xdr.field('value', xdr.int32())),
      xdr.case('uint', 2, xdr.field('value', xdr.uint32())),
      xdr.case('llong', 3, xdr.field('value', xdr.int64())),
      xdr.case('ullong', 4, xdr.field('value', xdr.uint64())),
      xdr.case('double', 5, xdr.field('value', xdr.double())),
      xdr.case('boolean', 6, xdr.field('value', xdr.bool())),
      xdr.case('string', 7, xdr.field('value', xdr.string(STRING_MAX))),
    ],
  }),
})
const TYPED_PARAMETER_KINDS = ['', 'int', 'uint', 'llong', 'ullong', 'double', 'boolean', 'string']

function fieldsOf(name: string): readonly (WireType & { readonly name: string })[] {
  const struct = model.structs.find((each) => each.name === name)
  if (struct === undefined) throw new Error(`no struct ${name}`)
  return struct.fields
}

function elementOf(type: WireType): WireType {
  if (type.element === undefined) throw new Error('a list without elements')
  return type.element
}

function valueSchema(type: WireType): xdr.XdrType<unknown> {
  const limit = type.limit ?? 0
  const simple = {
    int: xdr.int32(),
    uint: xdr.uint32(),
    hyper: xdr.int64(),
    uhyper: xdr.uint64(),
    double: xdr.double(),
    uuid: xdr.opaque(16),
    string: xdr.string(STRING_MAX),
    optionalString: xdr.option(xdr.string(STRING_MAX)),
  }
  switch (type.kind) {
    case 'opaque':
      return xdr.varOpaque(limit)
    case 'chars':
      return xdr.array(xdr.uint32(), limit)
    case 'fixedChars':
      return xdr.fixedArray(xdr.uint32(), limit)
    case 'struct':
      return structSchema(type.struct ?? '')
    case 'optional':
      return xdr.option(structSchema(type.struct ?? ''))
    case 'list':
      return xdr.array(valueSchema(elementOf(type)), limit)
    default:
      return simple[type.kind]
  }
}

function structValue(name: string, value: unknown): unknown {
  const fields = value as Record<string, unknown>
  if (name === 'TypedParameter') {
    const kind = String(fields.type)
    const inner = kind === 'string' ? Buffer.from(String(fields.value)) : fields.value
    return {
      field: Buffer.from(String(fields.field)),
      value: { type: TYPED_PARAMETER_KINDS.indexOf(kind), value: inner },
    }
  }
  return Object.fromEntries(fieldsOf(name).map((field) => [field.name, plainValue(field, fields[field.name])]))
}

function plainValue(type: WireType, value: unknown): unknown {
  switch (type.kind) {
    case 'string':
      return Buffer.from(value as string)
    case 'optionalString':
      return value === null ? null : Buffer.from(value as string)
    case 'uuid':
      return Buffer.from((value as string).replaceAll('-', ''), 'hex')
    case 'chars':
      return [...(value as Uint8Array)]
    case 'fixedChars':
      return Array.from({ length: type.limit ?? 0 }, (_, index) => (value as string).charCodeAt(index) || 0)
    case 'struct':
      return structValue(type.struct ?? '', value)
    case 'optional':
      return value === null ? null : structValue(type.struct ?? '', value)
    case 'list':
      return (value as unknown[]).map((each) => plainValue(elementOf(type), each))
    default:
      return value
  }
}
