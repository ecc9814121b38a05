import { expect, type Page } from '@playwright/test'
import type { LabHost } from '../lab/host.ts'

/** Opens the dialog that adds a host, as a person does: from the tree's header. */
export async function openAddHost(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add host…' }).first().click()
  await expect(page.getByRole('dialog', { name: 'Add a host' })).toBeVisible()
}

/** Fills in a host of the lab with its key file. */
export async function fillKeySignIn(page: Page, host: Pick<LabHost, 'address' | 'user' | 'privateKeyPath'>) {
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Address').fill(host.address)
  await dialog.getByLabel('User').fill(host.user)
  await dialog.getByRole('radio', { name: 'Key file' }).check()
  await dialog.getByLabel('Key file').last().fill(host.privateKeyPath)
}

/** Fills in a host of the lab with a user's password. */
export async function fillPasswordSignIn(page: Page, address: string, user: string, password: string) {
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Address').fill(address)
  await dialog.getByLabel('User').fill(user)
  await dialog.getByRole('radio', { name: 'Password' }).check()
  await dialog.getByLabel('Password').last().fill(password)
}

/** Presses a button of the dialog. */
export async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
}

/** Confirms the key that the dialog shows, after comparing it with the host's own. */
export async function confirmKey(page: Page, host: LabHost): Promise<void> {
  await expect(page.getByTestId('fingerprint')).toHaveText(host.hostKeyFingerprint)
  await page.getByRole('checkbox', { name: /I compared/ }).check()
  await press(page, 'Trust this key')
}
