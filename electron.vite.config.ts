import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import { compileHintsPlugin } from './tools/compile-hints-plugin.ts'
import { licencesPlugin } from './tools/licences-plugin.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

// The programs are bundled with their packages: one file opens in a third of the time that 400 small ones take, and the
// packed app needs no node_modules. What stays outside: Electron, and ssh2's optional native parts (we ship none).
const external = ['electron', 'cpu-features', /sshcrypto\.node$/]

// Who uses a constant of the contract does not want all its schemas built: those fall out where they are not used, and zod with
// them. The same for Electron's main process, which asks the inventory where its folder is.
const treeshake = { moduleSideEffects: [{ test: /\/src\/(?:shared|main\/inventory)\//, sideEffects: false }] }

const licences = licencesPlugin(path('out/THIRD-PARTY-LICENSES.txt'), path('tools/licences'))

export default defineConfig({
  main: {
    plugins: [licences],
    build: {
      outDir: 'out/main',
      target: 'node24',
      externalizeDeps: false,
      sourcemap: true,
      minify: false,
      rolldownOptions: {
        input: {
          electron: path('src/main/shell/electron/main.ts'),
          engine: path('src/main/shell/electron/engine-main.ts'),
          cli: path('src/main/shell/server/cli.ts'),
          'bulk-thread': path('src/main/hosts/bulk/bulk-thread.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
        external,
        treeshake,
      },
    },
  },
  preload: {
    plugins: [licences],
    build: {
      outDir: 'out/preload',
      target: 'node24',
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: path('src/main/shell/electron/preload.ts') },
        // a sandboxed preload can't be an ES module
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
        external: ['electron'],
      },
    },
  },
  renderer: {
    root: path('src/renderer'),
    plugins: [react(), licences, compileHintsPlugin()],
    build: {
      outDir: path('out/renderer'),
      target: 'chrome140',
      minify: true,
      sourcemap: false,
      modulePreload: { polyfill: false },
      // size-limit watches what is loaded first (.size-limit.mjs)
      chunkSizeWarningLimit: 4000,
      rolldownOptions: {
        input: { index: path('src/renderer/index.html'), console: path('src/renderer/console.html') },
        // One script and one stylesheet for what pages start with: a dozen small ones cost more to fetch than they hold.
        output: {
          codeSplitting: {
            groups: [
              { name: 'start', tags: ['$initial'], test: /\/node_modules\/|\/src\/(?:shared|renderer\/\w+)\// },
              // Of all that pages import at once, only this is used by none of them then, but by dialogs.
              { name: 'schemas', test: /\/node_modules\/zod\//, priority: 1 },
            ],
          },
        },
        treeshake,
      },
    },
  },
})
