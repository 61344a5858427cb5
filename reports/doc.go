// Package reports writes results in the forms that people and scripts read:
// a summary for the terminal, JSON, CSV, Markdown, and the report folder.
//
// A report is a function of a result and nothing else: the same result gives
// the same bytes.
package reports
