// Generates src/main/libvirt/protocol/*.gen.ts from the protocol's data. With --check it writes nothing and fails when
// a file differs from what it would write.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { emitCodec, emitProcedures, emitStructTable, emitTypes } from './libvirt-protocol/emit.mjs'
import { buildModel } from './libvirt-protocol/model.mjs'

const DATA = new URL('./libvirt-protocol/protocol.json', import.meta.url)
const TARGET = new URL('../src/main/libvirt/protocol/', import.meta.url)

const model = buildModel(JSON.parse(await readFile(DATA, 'utf8')))
const outputs = {
  'types.gen.ts': emitTypes(model),
  'codec.gen.ts': emitCodec(model),
  'struct-codecs.gen.ts': emitStructTable(model),
  'procedures.gen.ts': emitProcedures(model),
}

const check = process.argv.includes('--check')
for (const [name, text] of Object.entries(outputs)) {
  const file = new URL(name, TARGET)
  if (!check) {
    await writeFile(file, text)
    continue
  }
  const existing = await readFile(file, 'utf8').catch(() => '')
  if (existing !== text) {
    console.error(`${fileURLToPath(file)} is out of date: run node tools/generate-libvirt.mjs`)
    process.exitCode = 1
  }
}
