// What a text model writes by itself, so that one can see it learn to spell.

import type { Snapshot } from '@muster/protocol'

export function WrittenText({ sample }: { readonly sample: NonNullable<Snapshot['sample']> }) {
  return (
    <section className="sheet" aria-labelledby="written-heading" data-testid="written">
      <h2 id="written-heading">
        What it writes <span className="quiet">after {sample.round} rounds</span>
      </h2>
      <pre className="written">{sample.text}</pre>
    </section>
  )
}
