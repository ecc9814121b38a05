import { holdNetworks } from '../lab/lab.ts'
import { findLacks } from '../lab/requirements.ts'

/** Holds the networks of the lab for the whole run: no page is disturbed by a lab that another test starts or ends. */
export default async function setUp(): Promise<(() => Promise<void>) | undefined> {
  return findLacks().length > 0 ? undefined : holdNetworks()
}
