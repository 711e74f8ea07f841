package crdt

// Fields is a JSON object as a register per member name. Writes to different
// fields never conflict. A removed field stays as a Null register.
type Fields map[string]Register

// Put merges one field's write; see the function Put.
func (f Fields) Put(name string, arriving Register, deps Vector) (Loss, bool) {
	winner, loss, lost := Put(f[name], arriving, deps)
	f[name] = winner
	return loss, lost
}
