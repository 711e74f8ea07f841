package bench

import (
	"slices"
	"time"

	"pangea/lab/meter"
)

// cpu is of each process, and of all.
func cpu(processes []meter.Process) []figure {
	var figures []figure
	for _, p := range processes {
		figures = append(figures, perWrite(p.Name, "µs", func(c *meter.Report) float64 {
			of, _ := process(c, p.Name)
			return micros(of.CPU)
		}))
	}
	return append(figures,
		perWrite("all", "µs", func(c *meter.Report) float64 { return micros(total(c)) }),
		one("processors in use", "", func(r *Run) float64 { return total(r.Cost).Seconds() / r.Cost.Took.Seconds() }))
}

func total(c *meter.Report) time.Duration {
	sum := time.Duration(0)
	for _, p := range c.Processes {
		sum += p.CPU
	}
	return sum
}

func memory(processes []meter.Process) []figure {
	var figures []figure
	for _, p := range processes {
		figures = append(figures, figure{p.Name, "MB", func(r *Run) []float64 {
			if of, seen := process(r.Cost, p.Name); seen {
				return []float64{float64(of.Peak) / 1e6}
			}
			return nil
		}})
	}
	return figures
}

// bytesPerWrite counts the writes of all regions: each database stores all of them.
func bytesPerWrite(logs []meter.Log) []figure {
	var figures []figure
	for i, l := range logs {
		figures = append(figures, perWrite("WAL of "+l.Region, "B", func(c *meter.Report) float64 { return float64(c.Logs[i].WAL) }))
	}
	return append(figures,
		perWrite("streams", "B", func(c *meter.Report) float64 {
			sum := uint64(0)
			for _, l := range c.Logs {
				sum += l.Stream
			}
			return float64(sum)
		}),
		one("writes in an entry", "", func(r *Run) float64 {
			entries := uint64(0)
			for _, l := range r.Cost.Logs {
				entries += l.Entries
			}
			return float64(r.Cost.Events()) / float64(max(entries, 1))
		}))
}

func perWrite(name, unit string, of func(*meter.Report) float64) figure {
	return figure{name, unit, func(r *Run) []float64 {
		events := r.Cost.Events()
		if events == 0 {
			return nil
		}
		return []float64{of(r.Cost) / float64(events)}
	}}
}

func process(c *meter.Report, name string) (p meter.Process, seen bool) {
	i := slices.IndexFunc(c.Processes, func(p meter.Process) bool { return p.Name == name })
	if i < 0 {
		return meter.Process{}, false
	}
	return c.Processes[i], len(c.Processes[i].RSS) > 0
}
