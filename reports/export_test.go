package reports

// What tests from outside share with those from inside.
var (
	Golden        = golden
	WithoutAssets = withoutAssets
)
