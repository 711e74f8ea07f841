package region

// Doubt is what speaks against a database having all that its region ever wrote (I14), the
// stronger the higher. The database keeps it: a process that starts anew must not forget it
// (I10, I13).
type Doubt int16

const (
	NoDoubt Doubt = iota
	Unheard       // nobody in reach could tell whether a former log is longer than it is here
	Empty         // it was made new, perhaps in the place of a lost one, and not all could tell
	Older         // it was shown to be an older copy, or an empty one: the rest is to be fetched
)
