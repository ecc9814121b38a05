import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

// What the tester has in ~/.ssh, and in an agent, is neither read nor written.
const ownHome = { HOME: fileURLToPath(new URL('test-results/home', import.meta.url)), SSH_AUTH_SOCK: '' }

export default defineConfig({
  test: {
    retry: 0,
    passWithNoTests: false,
    projects: [
      // The time limits are for what hangs, on a machine of whatever speed.
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.{ts,tsx}'],
          // Files share the modules that they load: half of the time went into loading them again. So no test replaces a module.
          isolate: false,
          unstubGlobals: true,
          restoreMocks: true,
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'libvirt',
          include: ['test/libvirt/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'lab',
          include: ['test/lab/**/*.test.ts'],
          env: ownHome,
          globalSetup: 'test/lab/global-setup.ts',
          // each file has hosts of its own, and waits for them most of the time
          maxWorkers: 4,
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
      {
        test: {
          name: 'compat',
          include: ['test/compat/**/*.test.ts'],
          env: ownHome,
          globalSetup: 'test/lab/global-setup.ts',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      // What takes many minutes: by name alone, no part of `npm test`.
      {
        test: {
          name: 'slow',
          include: ['test/slow/**/*.test.ts'],
          env: ownHome,
          globalSetup: 'test/lab/global-setup.ts',
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'electron',
          include: ['test/electron/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
