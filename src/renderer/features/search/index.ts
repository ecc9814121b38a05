export { findEntries, type PaletteEntry, readVmQuery, scoreTitle } from './find-entries.ts'
export { openPalette, Palette } from './Palette.tsx'
