// Turns the protocol's data (C declarations as libvirt's .x files spell them) into a model that the emitters walk.

const PROGRAMS = { remote: '', qemu: 'QEMU_' }

/** Lengths that the .x files take from libvirt's public headers: `virSecurityLabel` and `virSecurityModel`. */
const HEADER_CONSTANTS = {
  VIR_SECURITY_MODEL_BUFLEN: 257,
  VIR_SECURITY_LABEL_BUFLEN: 4097,
  VIR_SECURITY_DOI_BUFLEN: 257,
}

const PRIMITIVES = {
  int: { kind: 'int', ts: 'number', bytes: 4 },
  remote_auth_type: { kind: 'int', ts: 'number', bytes: 4 },
  short: { kind: 'int', ts: 'number', bytes: 4 },
  'unsigned int': { kind: 'uint', ts: 'number', bytes: 4 },
  'unsigned short': { kind: 'uint', ts: 'number', bytes: 4 },
  'unsigned char': { kind: 'uint', ts: 'number', bytes: 4 },
  char: { kind: 'int', ts: 'number', bytes: 4 },
  hyper: { kind: 'hyper', ts: 'bigint', bytes: 8 },
  'unsigned hyper': { kind: 'uhyper', ts: 'bigint', bytes: 8 },
  double: { kind: 'double', ts: 'number', bytes: 8 },
  remote_uuid: { kind: 'uuid', ts: 'string', bytes: 16 },
  remote_nonnull_string: { kind: 'string', ts: 'string', bytes: 4 },
  remote_string: { kind: 'optionalString', ts: 'string | null', bytes: 4 },
}

/**
 * Procedures that pass file descriptors beside the packet. No tunnel carries those, and over one the byte that comes
 * with them breaks the framing. The .x files don't mark them; libvirt's remote driver and dispatcher do.
 */
const WITH_FILES = new Set([
  'DOMAIN_OPEN_GRAPHICS',
  'DOMAIN_OPEN_GRAPHICS_FD',
  'DOMAIN_CREATE_XML_WITH_FILES',
  'DOMAIN_CREATE_WITH_FILES',
  'DOMAIN_FD_ASSOCIATE',
  'QEMU_DOMAIN_MONITOR_COMMAND_WITH_FILES',
])

/** `remote_nonnull_domain` → `Domain`, `remote_domain_create_args` → `DomainCreateArgs`. */
function typeName(structName) {
  const words = structName.replace(/^remote_(nonnull_)?/, '').split('_')
  const name = words.map((word) => word[0].toUpperCase() + word.slice(1)).join('')
  return name === 'Error' ? 'ErrorRecord' : name
}

/** Builds `{ structs, procedures }`: structs by need and in order of use, each field with its shape and limits. */
export function buildModel(data) {
  const declared = { ...data.remote.structs, ...data.qemu.structs }
  const constants = { ...HEADER_CONSTANTS }
  for (const [name, value] of Object.entries({ ...data.remote.consts, ...data.qemu.consts })) {
    constants[name] = constants[value] ?? Number(value)
  }
  const structs = new Map()

  function limitOf(text) {
    const limit = /^\d+$/.test(text) ? Number(text) : constants[text]
    if (!Number.isInteger(limit)) throw new Error(`unknown limit ${text}`)
    return limit
  }

  function parseType(type) {
    const primitive = PRIMITIVES[type]
    if (primitive) return primitive
    if (type === 'remote_typed_param') {
      return { kind: 'struct', struct: 'TypedParameter', ts: 'TypedParameter', bytes: 12 }
    }
    const optionalOf = declared[type] ? undefined : type.replace(/^remote_/, 'remote_nonnull_')
    const struct = declareStruct(optionalOf ?? type)
    if (optionalOf) return { kind: 'optional', struct: struct.name, ts: `${struct.name} | null`, bytes: 4 }
    return { kind: 'struct', struct: struct.name, ts: struct.name, bytes: struct.bytes }
  }

  function parseField(declaration) {
    const match = /^(.+) (\w+)(?:([[<])(\w+)[\]>])?$/.exec(declaration)
    if (!match) throw new Error(`cannot parse ${declaration}`)
    const [, type, name, bracket, limitText] = match
    if (!bracket) return { name, ...parseType(type) }
    const limit = limitOf(limitText)
    if (bracket === '[') {
      if (type !== 'char') throw new Error(`fixed array of ${type}`)
      return { name, kind: 'fixedChars', ts: 'string', bytes: limit * 4, limit }
    }
    if (type === 'opaque') return { name, kind: 'opaque', ts: 'Uint8Array', bytes: 4, limit }
    if (type === 'char') return { name, kind: 'chars', ts: 'Uint8Array', bytes: 4, limit }
    const element = parseType(type)
    return { name, kind: 'list', ts: `readonly ${element.ts}[]`, bytes: 4, limit, element }
  }

  function declareStruct(structName) {
    const known = structs.get(structName)
    if (known) return known
    const declarations = declared[structName]
    if (!declarations) throw new Error(`unknown struct ${structName}`)
    const fields = declarations.map(parseField)
    const struct = {
      name: typeName(structName),
      fields,
      bytes: fields.reduce((sum, field) => sum + field.bytes, 0),
    }
    structs.set(structName, struct)
    return struct
  }

  const procedures = []
  for (const [program, prefix] of Object.entries(PROGRAMS)) {
    for (const procedure of data[program].procs) {
      const part = (suffix) => declareStruct(`${program}_${procedure.name.toLowerCase()}_${suffix}`).name
      const name = prefix + procedure.name
      procedures.push({
        name,
        program,
        number: procedure.num,
        args: procedure.args ? part('args') : null,
        ret: procedure.ret ? part('ret') : null,
        message: procedure.msg ? part('msg') : null,
        stream: procedure.readstream ? 'read' : procedure.writestream ? 'write' : null,
        sparse: Boolean(procedure.sparse),
        kind: WITH_FILES.has(name) ? 'files' : procedure.msg ? 'event' : 'call',
      })
    }
  }
  declareStruct('remote_error')
  for (const name of WITH_FILES) {
    if (!procedures.some((procedure) => procedure.name === name)) throw new Error(`unknown procedure ${name}`)
  }
  const names = new Set([...structs.values()].map((struct) => struct.name))
  if (names.size !== structs.size) throw new Error('two structs have the same name')
  return { structs: [...structs.values()], procedures }
}
