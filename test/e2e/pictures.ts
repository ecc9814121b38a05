import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Page } from '@playwright/test'

/** Where pictures of the documentation go: into the test's results; with UPDATE_IMAGES=1 into docs/images. */
export const picturesFolder = resolve(
  import.meta.dirname,
  process.env.UPDATE_IMAGES === '1' ? '../../docs/images' : '../../test-results/images',
)

/** A picture of the documentation. A change of theme may be under way for a moment: the picture is of what comes of it. */
export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(picturesFolder, { recursive: true })
  await page.screenshot({ path: `${picturesFolder}/${name}.png`, animations: 'disabled' })
}
