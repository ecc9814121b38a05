import type { Plugin } from 'vite'

/** Chromium's mark of a script whose functions are all worth compiling at once (its explicit compile hints). */
const HINT = '//# allFunctionsCalledOnLoad\n'

/**
 * Marks what a page loads at its start. Chromium then compiles it in one go, beside the main thread or out of its code
 * cache, rather than function by function while the page renders. Scripts that are loaded later stay as they are.
 */
export function compileHintsPlugin(): Plugin {
  return {
    name: 'virtdeck:compile-hints',
    generateBundle: {
      // After everything that puts lines on top of a script: the mark counts only in the first one.
      order: 'post',
      handler(_options, bundle) {
        const marked = new Set<string>()
        const mark = (fileName: string) => {
          const file = bundle[fileName]
          if (file?.type !== 'chunk' || marked.has(fileName)) return
          marked.add(fileName)
          file.code = HINT + file.code
          file.imports.forEach(mark)
        }
        for (const file of Object.values(bundle)) if (file.type === 'chunk' && file.isEntry) mark(file.fileName)
      },
    },
  }
}
