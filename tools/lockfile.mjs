// Completes package-lock.json: npm leaves out the packages of platforms that its registry did not offer when the lockfile
// was resolved, and `npm ci` refuses such a lockfile. Their versions are known from the packages that ask for them.
//   node tools/lockfile.mjs [--check]     after `npm install`; with --check only says what is missing
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectDir } from './lib/node24.mjs'

const systems = {
  android: 'android',
  darwin: 'darwin',
  win32: 'win32',
  freebsd: 'freebsd',
  openharmony: 'openharmony',
  linux: 'linux',
}
const processors = {
  arm64: 'arm64',
  x64: 'x64',
  ia32: 'ia32',
  arm: 'arm',
  ppc64: 'ppc64',
  s390x: 's390x',
  riscv64: 'riscv64',
}

const file = join(projectDir, 'package-lock.json')
const lock = JSON.parse(readFileSync(file, 'utf8'))
const missing = findMissing(lock.packages)

if (process.argv.includes('--check')) {
  if (missing.length > 0)
    console.log(`package-lock.json lacks ${missing.map(({ name }) => name).join(', ')}: node tools/lockfile.mjs`)
  process.exitCode = missing.length > 0 ? 1 : 0
} else if (missing.length > 0) {
  for (const { name, entry } of missing) lock.packages[`node_modules/${name}`] = entry
  const paths = Object.keys(lock.packages).sort((a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
  lock.packages = Object.fromEntries(paths.map((path) => [path, lock.packages[path]]))
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`${missing.length} packages added to package-lock.json`)
}

/** The optional packages that a package asks for in one exact version, for a platform that its name tells, and that have no entry. */
function findMissing(packages) {
  return Object.entries(packages).flatMap(([path, asking]) =>
    Object.entries(asking.optionalDependencies ?? {}).flatMap(([name, version]) => {
      if (packages[`node_modules/${name}`] || packages[`${path}/node_modules/${name}`]) return []
      const entry = toEntry(name, version, asking.dev)
      return entry ? [{ name, entry }] : []
    }),
  )
}

function toEntry(name, version, dev) {
  const words = name.split(/[/-]/)
  const os = words.map((word) => systems[word]).find(Boolean)
  const cpu = words.map((word) => processors[word]).find(Boolean)
  if (!os || !/^\d+\.\d+\.\d+$/.test(version)) return undefined
  const libc =
    os !== 'linux'
      ? undefined
      : words.some((word) => word.startsWith('musl'))
        ? 'musl'
        : words.some((word) => word.startsWith('gnu'))
          ? 'glibc'
          : undefined
  return {
    version,
    ...(cpu && { cpu: [cpu] }),
    ...(dev && { dev }),
    ...(libc && { libc: [libc] }),
    optional: true,
    os: [os],
  }
}
