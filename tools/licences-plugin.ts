import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

/** A package whose code is in the bundles. */
interface ShippedPackage {
  readonly name: string
  readonly version: string
  readonly licence: string
  readonly text: string
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: string
  /** How older manifests say it. */
  readonly licenses?: readonly { readonly type: string }[]
  readonly author?: string | { readonly name: string }
}

const shipped = new Map<string, ShippedPackage>()

/**
 * Notes which packages a bundle is made of and writes their licences to `file`, anew after each bundle: what is shipped is
 * what was bundled, so this list can't miss a package or name one too many. Fails the build for a package without a licence.
 * `textsDir` has the texts of common licences, for packages that only name theirs.
 */
export function licencesPlugin(file: string, textsDir: string): Plugin {
  return {
    name: 'virtdeck-licences',
    generateBundle() {
      for (const id of this.getModuleIds()) {
        const folder = id.match(/^\0?(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/)?.[1]
        if (folder && !shipped.has(folder)) shipped.set(folder, readPackage(folder, textsDir))
      }
      mkdirSync(join(file, '..'), { recursive: true })
      writeFileSync(file, format([...shipped.values()]))
    },
  }
}

function readPackage(folder: string, textsDir: string): ShippedPackage {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
  const { name, version } = manifest
  const license = manifest.license ?? manifest.licenses?.map((entry) => entry.type).join(' OR ')
  if (!license) throw new Error(`${name} is bundled and has no licence in its package.json`)
  const files = readdirSync(folder).filter((entry) => /^(licen[cs]e|copying|notice|ofl)/i.test(entry))
  const author =
    typeof manifest.author === 'string' ? manifest.author : (manifest.author?.name ?? `the authors of ${name}`)
  const texts = files.map((entry) => readFileSync(join(folder, entry), 'utf8').trim())
  const text = texts.length > 0 ? texts.join('\n\n') : standardText(join(textsDir, `${license}.txt`), author)
  return { name, version, licence: license, text }
}

/** The text of a licence for a package that names it without containing it. */
function standardText(file: string, author: string): string {
  return `Copyright (c) ${author}\n\n${readFileSync(file, 'utf8').trim()}`
}

function format(packages: readonly ShippedPackage[]): string {
  const sorted = [...packages].sort(
    (a, b) => a.name.localeCompare(b.name, 'en') || a.version.localeCompare(b.version, 'en'),
  )
  const sections = sorted.map((entry) => `${entry.name} ${entry.version} (${entry.licence})\n\n${entry.text}\n`)
  const rule = `\n${'-'.repeat(80)}\n\n`
  return ['Virtdeck contains these packages, each under its own licence.\n', ...sections].join(rule)
}
