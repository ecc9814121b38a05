/*
 * A small writer of ISO 9660 (ECMA-119) with Joliet: one folder of a few files. The primary tree has names that every reader takes;
 * Joliet's has the names as they are, and every system that reads seeds prefers it to the primary one.
 */

const SECTOR_BYTES = 2_048
const SYSTEM_SECTORS = 16
/** A folder of one sector. */
const FILES_LIMIT = 16
const NAME_LIMIT = 31

/** Where everything is, in sectors; the files follow. */
const AT = {
  primary: SYSTEM_SECTORS,
  joliet: SYSTEM_SECTORS + 1,
  end: SYSTEM_SECTORS + 2,
  pathTables: SYSTEM_SECTORS + 3,
  primaryRoot: SYSTEM_SECTORS + 7,
  jolietRoot: SYSTEM_SECTORS + 8,
  files: SYSTEM_SECTORS + 9,
} as const

export interface IsoFile {
  /** Letters, digits, dots and dashes. */
  readonly name: string
  readonly content: Uint8Array
}

interface PlacedFile extends IsoFile {
  readonly sector: number
}

/** The image, ready to be written into a drive. `label`: capitals and digits, up to 16. Throws RangeError for what it is not made for. Pure. */
export function buildIsoImage(label: string, files: readonly IsoFile[], madeAt: Date): Uint8Array {
  if (!/^[A-Z0-9_]{1,16}$/.test(label)) throw new RangeError(`not a label: ${label}`)
  if (files.length > FILES_LIMIT) throw new RangeError(`${files.length} files, limit ${FILES_LIMIT}`)
  const wrong = files.find(({ name }) => !/^[\w.-]+$/.test(name) || name.length > NAME_LIMIT - 3)
  if (wrong !== undefined) throw new RangeError(`not a name in an image: ${wrong.name}`)
  const placed = placeFiles(files)
  const last = placed.at(-1)
  const sectors = last === undefined ? AT.files : last.sector + sectorsOf(last)
  const image = Buffer.alloc(sectors * SECTOR_BYTES)
  const put = (sector: number, bytes: Uint8Array) => image.set(bytes, sector * SECTOR_BYTES)
  for (const [kind, at, root, table] of [
    ['primary', AT.primary, AT.primaryRoot, AT.pathTables],
    ['joliet', AT.joliet, AT.jolietRoot, AT.pathTables + 2],
  ] as const) {
    put(at, volumeDescriptor(kind, { label, sectors, root, table, madeAt }))
    put(table, pathTable(root, 'little'))
    put(table + 1, pathTable(root, 'big'))
    put(root, directory(kind, { root, files: placed, madeAt }))
  }
  put(AT.end, Buffer.from([255, ...Buffer.from('CD001'), 1]))
  for (const { sector, content } of placed) put(sector, content)
  return image
}

type Tree = 'primary' | 'joliet'

function placeFiles(files: readonly IsoFile[]): readonly PlacedFile[] {
  let sector: number = AT.files
  return files.map((file) => {
    const placed = { ...file, sector }
    sector += sectorsOf(file)
    return placed
  })
}

/** An empty file has a place too. */
function sectorsOf({ content }: IsoFile): number {
  return Math.max(1, Math.ceil(content.length / SECTOR_BYTES))
}

/** ECMA-119 8.4 and 8.5. */
function volumeDescriptor(
  tree: Tree,
  {
    label,
    sectors,
    root,
    table,
    madeAt,
  }: { label: string; sectors: number; root: number; table: number; madeAt: Date },
): Buffer {
  const descriptor = Buffer.alloc(SECTOR_BYTES)
  const text = (at: number, length: number, value: string) => {
    const letters = tree === 'primary' ? length : Math.floor(length / 2)
    encode(tree, value.padEnd(letters)).copy(descriptor, at)
  }
  descriptor.writeUInt8(tree === 'primary' ? 1 : 2, 0)
  descriptor.write('CD001', 1, 'latin1')
  descriptor.writeUInt8(1, 6)
  text(8, 32, '')
  text(40, 32, label)
  writeBoth32(descriptor, 80, sectors)
  // UCS-2 level 3, by which Joliet is known.
  if (tree === 'joliet') descriptor.write('%/E', 88, 'latin1')
  writeBoth16(descriptor, 120, 1)
  writeBoth16(descriptor, 124, 1)
  writeBoth16(descriptor, 128, SECTOR_BYTES)
  writeBoth32(descriptor, 132, PATH_TABLE_BYTES)
  descriptor.writeUInt32LE(table, 140)
  descriptor.writeUInt32BE(table + 1, 148)
  entry(Buffer.from([0]), { sector: root, bytes: SECTOR_BYTES, isFolder: true, madeAt }).copy(descriptor, 156)
  for (const [at, length] of [
    [190, 128],
    [318, 128],
    [446, 128],
    [574, 128],
    [702, 37],
    [739, 37],
    [776, 37],
  ] as const) {
    text(at, length, '')
  }
  const made = longTime(madeAt)
  const never = Buffer.concat([Buffer.from('0'.repeat(16)), Buffer.from([0])])
  Buffer.concat([made, made, never, made]).copy(descriptor, 813)
  descriptor.writeUInt8(1, 881)
  return descriptor
}

const PATH_TABLE_BYTES = 10

/** The root alone (ECMA-119 9.4). */
function pathTable(root: number, order: 'little' | 'big'): Buffer {
  const table = Buffer.alloc(PATH_TABLE_BYTES)
  table.writeUInt8(1, 0)
  if (order === 'little') {
    table.writeUInt32LE(root, 2)
    table.writeUInt16LE(1, 6)
  } else {
    table.writeUInt32BE(root, 2)
    table.writeUInt16BE(1, 6)
  }
  return table
}

function directory(
  tree: Tree,
  { root, files, madeAt }: { root: number; files: readonly PlacedFile[]; madeAt: Date },
): Buffer {
  const itself = { sector: root, bytes: SECTOR_BYTES, isFolder: true, madeAt }
  const named = files
    .map((file) => ({ ...file, identifier: identifierOf(tree, file.name) }))
    .sort((a, b) => Buffer.compare(a.identifier, b.identifier))
  return Buffer.concat([
    entry(Buffer.from([0]), itself),
    entry(Buffer.from([1]), itself),
    ...named.map(({ identifier, sector, content }) =>
      entry(identifier, { sector, bytes: content.length, isFolder: false, madeAt }),
    ),
  ])
}

/** "USER_DATA.;1" in the primary tree, "user-data" in the other. */
function identifierOf(tree: Tree, name: string): Buffer {
  if (tree === 'joliet') return ucs2(name)
  const [base = '', ...rest] = name.toUpperCase().replaceAll('-', '_').split('.')
  return Buffer.from(`${base}.${rest.join('_')};1`, 'latin1')
}

/** A directory record (ECMA-119 9.1). */
function entry(
  identifier: Buffer,
  { sector, bytes, isFolder, madeAt }: { sector: number; bytes: number; isFolder: boolean; madeAt: Date },
): Buffer {
  const length = 33 + identifier.length
  const record = Buffer.alloc(length + (length % 2))
  record.writeUInt8(record.length, 0)
  writeBoth32(record, 2, sector)
  writeBoth32(record, 10, bytes)
  const parts = [
    madeAt.getUTCFullYear() - 1900,
    madeAt.getUTCMonth() + 1,
    madeAt.getUTCDate(),
    madeAt.getUTCHours(),
    madeAt.getUTCMinutes(),
    madeAt.getUTCSeconds(),
    0,
  ]
  record.set(parts, 18)
  record.writeUInt8(isFolder ? 2 : 0, 25)
  writeBoth16(record, 28, 1)
  record.writeUInt8(identifier.length, 32)
  identifier.copy(record, 33)
  return record
}

function encode(tree: Tree, text: string): Buffer {
  return tree === 'primary' ? Buffer.from(text, 'latin1') : ucs2(text)
}

/** Joliet's letters: two bytes each, the high one first. */
function ucs2(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16()
}

/** "2026112816000000" and the zone (ECMA-119 8.4.26.1). */
function longTime(time: Date): Buffer {
  const digits = time.toISOString().replaceAll(/\D/g, '').slice(0, 16)
  return Buffer.concat([Buffer.from(digits, 'latin1'), Buffer.from([0])])
}

function writeBoth32(buffer: Buffer, at: number, value: number): void {
  buffer.writeUInt32LE(value, at)
  buffer.writeUInt32BE(value, at + 4)
}

function writeBoth16(buffer: Buffer, at: number, value: number): void {
  buffer.writeUInt16LE(value, at)
  buffer.writeUInt16BE(value, at + 2)
}
