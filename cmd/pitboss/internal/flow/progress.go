package flow

// Progress is told how far a step has come. Its methods are called by one
// goroutine at a time.
type Progress interface {
	Start(what string, total int64) // total is -1 when it is not known
	Add(n int64)
	Done()
}

// NoProgress shows nothing.
type NoProgress struct{}

// Start does nothing.
func (NoProgress) Start(string, int64) {}

// Add does nothing.
func (NoProgress) Add(int64) {}

// Done does nothing.
func (NoProgress) Done() {}
