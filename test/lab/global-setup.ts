import type { TestProject } from 'vitest/node'
import { fetchDebian13 } from './debian-root.ts'
import { fetchModularLibvirt } from './modular-libvirt.ts'
import { findLacks } from './requirements.ts'

/** Makes what hosts need and this machine has not made yet, before any test's time limit counts. */
export async function setup(project: TestProject): Promise<void> {
  if (findLacks().length > 0) return
  try {
    await fetchDebian13()
    if (project.name === 'compat') await fetchModularLibvirt()
  } catch (error) {
    // the tests that need it say so; the others run without
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  }
}
