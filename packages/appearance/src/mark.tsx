// The mark: a tally of five in which one stroke is missing and the count is whole all the same.

export function Mark() {
  return (
    <svg
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.2"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <path d="M4.8 4v16M9.6 4v16M19.2 4v16" />
      <path d="M14.4 4v16" opacity=".32" />
      <path d="M1.6 16.6 22.4 7.4" />
    </svg>
  )
}
