// A part of the page: its words and tables, and the drawings it shows.

export interface Section {
  readonly text: string
  /** SVG by name. */
  readonly drawings: Readonly<Record<string, string>>
}
