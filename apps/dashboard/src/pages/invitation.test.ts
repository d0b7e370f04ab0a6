import { describe, expect, it } from 'vitest'
import { reachOf } from './invitation.tsx'

describe('the link for volunteers', () => {
  it('says whom it reaches', () => {
    expect(reachOf('http://127.0.0.1:8787')).toContain('this machine only')
    expect(reachOf('http://192.168.1.20:8787')).toContain('need https')
    expect(reachOf('https://muster.example')).not.toContain('https')
  })
})
