export function findBrowser(): string | null
export function installBrowser(): string
export const browserFlags: string[]
