package crawler

import (
	"hash/fnv"
	"time"

	"pitboss/data"
)

// Schedule says when a site is due again. A zero field takes its default.
type Schedule struct {
	Interval  time.Duration // after a good visit; default a week
	FirstWait time.Duration // after the first failure, doubled with each further one; default an hour
	MostWait  time.Duration // of the doubling, and of what a server may ask for; default 30 days
}

func (s Schedule) withDefaults() Schedule {
	if s.Interval <= 0 {
		s.Interval = 7 * 24 * time.Hour
	}
	if s.FirstWait <= 0 {
		s.FirstWait = time.Hour
	}
	if s.MostWait <= 0 {
		s.MostWait = 30 * 24 * time.Hour
	}
	return s
}

// spread: visits come up to a tenth of the wait earlier or later, fixed by the host,
// so that sites imported together do not stay together for ever.
const spread = 10

// next returns when a site is due after a visit. failures counts the failed
// visits before this one; asked is the server's Retry-After, zero without.
func (s Schedule) next(v *data.Visit, failures int, asked time.Duration) time.Time {
	wait := s.Interval
	if !v.Outcome.Good() {
		wait = s.FirstWait
		for range failures {
			if wait *= 2; wait >= s.MostWait {
				break
			}
		}
		wait = min(wait, s.MostWait)
	}
	h := fnv.New32a()
	h.Write([]byte(v.Host))
	tenth := wait / spread
	wait += time.Duration(int64(h.Sum32()%2001)-1000) * (tenth / 1000)
	return v.Finished.Add(max(wait, min(asked, s.MostWait)))
}
