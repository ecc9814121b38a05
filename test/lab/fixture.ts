import { test } from 'vitest'
import { type Lab, type LabOptions, startLab } from './lab.ts'

/**
 * vitest's `test` with a lab: `const it = labTest({ hosts: 1 })`, then `it('…', async ({ lab }) => …)`.
 * The lab comes up with the first test of the file that asks for it and goes down after the last one; should the run
 * be killed, the lab's watcher removes it.
 */
export function labTest(options: LabOptions) {
  return test.extend<{ lab: Lab }>({
    lab: [
      // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from this pattern
      async ({}, use) => {
        const lab = await startLab(options)
        try {
          await use(lab)
        } finally {
          await lab.stop()
        }
      },
      { scope: 'file' },
    ],
  })
}
