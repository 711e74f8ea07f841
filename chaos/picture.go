package chaos

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"pangea/chaos/links"
)

// String draws the regions, then the links in the direction of their data.
func (s Status) String() string {
	if s.LinksErr != nil {
		return s.regions() + "\n\nlinks unknown: " + s.LinksErr.Error() + "\n"
	}
	return s.regions() + "\n\n" + s.links() + "\n"
}

func (s Status) regions() string {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{"region", "process", "postgres", "router", "clock", "ready", "entries it lacks", "vector"})
	for _, r := range s.Regions {
		row := table.Row{r.Name, r.Process, r.Postgres, r.Router}
		switch {
		case r.NoData:
			row = append(row, "", "no data: destroyed, or never started")
		case r.Err != nil:
			row = append(row, "", text.WrapSoft("no: "+r.Err.Error(), 40))
		default:
			row = append(row, ahead(r.Skew), r.readiness(), r.Lag(), r.Vector)
		}
		t.AppendRow(row)
	}
	return t.Render()
}

func (r RegionStatus) readiness() string {
	switch {
	case !r.Ready:
		return text.WrapSoft(strings.TrimSuffix("no: "+r.Reason, ": "), 40)
	case r.Isolated:
		return "yes, isolated"
	}
	return "yes"
}

func (s Status) links() string {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.AppendHeader(table.Row{"data", "dialed as", "round trip", "limit", "state"})
	for _, l := range s.Links {
		t.AppendRow(table.Row{
			l.From + " ──▶ " + l.To,
			strings.TrimSuffix(l.NATS.Name(), "nats") + "{nats,http}",
			l.roundTrip(),
			l.limit(),
			l.mark() + l.Health(),
		})
	}
	return t.Render()
}

func (l LinkStatus) roundTrip() string {
	if l.NATS.Health == links.Missing {
		return ""
	}
	return fmt.Sprintf("%v ± %v", l.NATS.RTT, l.NATS.Jitter)
}

func (l LinkStatus) limit() string {
	if l.Limit() == 0 {
		return ""
	}
	return showRate(l.Limit())
}

// mark makes a cut stand out in a column of healthy links.
func (l LinkStatus) mark() string {
	if l.NATS.Health == links.Healthy && l.HTTP.Health == links.Healthy {
		return ""
	}
	return "✂ "
}
