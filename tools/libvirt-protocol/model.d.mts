/** A type on the wire: how it is written (`kind`) and, by kind, what it is made of and its limit. */
export interface WireType {
  readonly kind:
    | 'int'
    | 'uint'
    | 'hyper'
    | 'uhyper'
    | 'double'
    | 'uuid'
    | 'string'
    | 'optionalString'
    | 'opaque'
    | 'chars'
    | 'fixedChars'
    | 'struct'
    | 'optional'
    | 'list'
  /** The TypeScript type. */
  readonly ts: string
  /** The least it takes on the wire. */
  readonly bytes: number
  /** Of `struct` and `optional`: the struct's name. */
  readonly struct?: string
  /** Of lists, opaques and chars. */
  readonly limit?: number
  /** Of lists. */
  readonly element?: WireType
}

export interface Model {
  readonly structs: readonly {
    readonly name: string
    readonly fields: readonly (WireType & { readonly name: string })[]
    readonly bytes: number
  }[]
  readonly procedures: readonly {
    readonly name: string
    readonly kind: 'call' | 'files' | 'event'
    readonly stream: 'read' | 'write' | null
  }[]
}

/** Builds the model from the parsed content of protocol.json. Throws for anything it does not understand. */
export function buildModel(data: unknown): Model
