import { XdrError } from '../xdr/primitives.ts'
import type { XdrReader } from '../xdr/reader.ts'
import type { XdrWriter } from '../xdr/writer.ts'

/**
 * A named value of one of libvirt's seven kinds (`virTypedParameter`). 64-bit kinds are bigint: their values (bytes,
 * nanoseconds) do not fit a double.
 */
export type TypedParameter = {
  readonly [T in keyof TypedParameterValues]: {
    readonly field: string
    readonly type: T
    readonly value: TypedParameterValues[T]
  }
}[keyof TypedParameterValues]

interface TypedParameterValues {
  int: number
  uint: number
  llong: bigint
  ullong: bigint
  double: number
  boolean: boolean
  string: string
}

export type TypedParameterValue = TypedParameter['value']

/** Encodes one parameter: its name, the kind's number, the value. */
export function encodeTypedParameter(writer: XdrWriter, parameter: TypedParameter): void {
  writer.string(parameter.field)
  switch (parameter.type) {
    case 'int':
      writer.int(1)
      writer.int(parameter.value)
      break
    case 'uint':
      writer.int(2)
      writer.uint(parameter.value)
      break
    case 'llong':
      writer.int(3)
      writer.hyper(parameter.value)
      break
    case 'ullong':
      writer.int(4)
      writer.uhyper(parameter.value)
      break
    case 'double':
      writer.int(5)
      writer.double(parameter.value)
      break
    case 'boolean':
      writer.int(6)
      writer.int(parameter.value ? 1 : 0)
      break
    case 'string':
      writer.int(7)
      writer.string(parameter.value)
      break
  }
}

/** Decodes one parameter. Throws XdrError for a kind that the protocol does not have. */
export function decodeTypedParameter(reader: XdrReader): TypedParameter {
  const field = reader.name()
  const type = reader.int()
  switch (type) {
    case 1:
      return { field, type: 'int', value: reader.int() }
    case 2:
      return { field, type: 'uint', value: reader.uint() }
    case 3:
      return { field, type: 'llong', value: reader.hyper() }
    case 4:
      return { field, type: 'ullong', value: reader.uhyper() }
    case 5:
      return { field, type: 'double', value: reader.double() }
    case 6:
      return { field, type: 'boolean', value: reader.int() !== 0 }
    case 7:
      return { field, type: 'string', value: reader.string() }
    default:
      throw new XdrError(`typed parameter of the unknown kind ${type}`)
  }
}

/** The parameters by name. A name that comes twice keeps its last value, as in libvirt. */
export function typedParametersToObject(parameters: readonly TypedParameter[]): Record<string, TypedParameterValue> {
  const values = Object.create(null) as Record<string, TypedParameterValue>
  for (const parameter of parameters) values[parameter.field] = parameter.value
  return values
}

/**
 * Builds one parameter. libvirt checks the kind of each name it knows, so the kind is the caller's to give
 * (`typedParameter('ullong', 'bandwidth', 100n)`).
 */
export function typedParameter<T extends keyof TypedParameterValues>(
  type: T,
  field: string,
  value: TypedParameterValues[T],
): Extract<TypedParameter, { type: T }> {
  return { field, type, value } as Extract<TypedParameter, { type: T }>
}
