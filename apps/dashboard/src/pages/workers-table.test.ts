import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { stalenessSnapshot } from '../../stories/staleness-story.ts'
import { WorkersTable } from './workers-table.tsx'

describe('the table of workers', () => {
  const { workers, phase, strategy } = stalenessSnapshot(120)

  it('has the columns that the strategy describes, raw and written', () => {
    const page = renderToStaticMarkup(createElement(WorkersTable, { workers, phase, columns: strategy.panel!.workers }))
    const { share } = workers[1]!.figures
    expect(page).toContain(`data-key="share" data-value="${share}">${(share! * 100).toFixed(1)}`)
    expect(page).toContain('data-key="staleness" data-value="">–</td>')
    expect(page).toContain('Updates since the model it is working on.')
  })

  it('keeps its lesser columns back where the strategy has many', () => {
    const { key, ...said } = strategy.panel!.workers[0]!
    const columns = (count: number) => Array.from({ length: count }, (_, index) => ({ ...said, key: `${key}${index}` }))
    const pageWith = (count: number) =>
      renderToStaticMarkup(createElement(WorkersTable, { workers, phase, columns: columns(count) }))
    expect(pageWith(3)).toContain('>Backend</th>')
    expect(pageWith(3)).not.toContain('Also show')
    expect(pageWith(4)).not.toContain('>Backend</th>')
    expect(pageWith(4)).toContain('>Refused</th>')
    expect(pageWith(4)).toContain('Also show backend, partitions, and joined')
  })

  it('has no others', () => {
    const page = renderToStaticMarkup(createElement(WorkersTable, { workers, phase, columns: [] }))
    expect(page).not.toContain('data-key')
  })
})
