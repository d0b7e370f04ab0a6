export interface ServedPage {
  readonly address: string
  close(): void
}
export function servePage(folder: string): Promise<ServedPage>
