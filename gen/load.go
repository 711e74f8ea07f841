package gen

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"syscall"
	"time"

	"pangea/gen/client"
	"pangea/gen/history"
	"pangea/gen/lag"
	"pangea/gen/measure"
	"pangea/gen/workload"
)

// Load is one run. It is used once.
type Load struct {
	cfg      Config
	workload *workload.Workload
	clients  []*client.Client // one per place
	routes   *routes
	sessions []session
	lag      *lag.Sampler
	recorder *measure.Recorder // from Run on
	history  *history.Writer   // nil unless the run is recorded

	senders   *senders
	bodies    sync.Pool // of *bytes.Buffer
	saturated uint64    // operations that waited for a sender
	blocked   time.Duration
}

// New validates the configuration; it sends nothing.
func New(cfg Config) (*Load, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	l := &Load{cfg: cfg, routes: newRoutes(cfg), sessions: make([]session, cfg.Sessions*len(cfg.Places))}
	l.senders = newSenders(cfg.InFlight, l.send)
	l.bodies.New = func() any { return new(bytes.Buffer) }
	var err error
	if l.workload, err = workload.New(cfg.Workload); err != nil {
		return nil, err
	}
	for _, p := range cfg.Places {
		c, err := client.New(p.URL, cfg.Timeout)
		if err != nil {
			return nil, err
		}
		l.clients = append(l.clients, c)
	}
	regions := map[string]string{}
	for _, r := range cfg.Regions {
		regions[r.Name] = r.URL
	}
	if l.lag, err = lag.New(regions); err != nil {
		return nil, fmt.Errorf("regions: %w", err)
	}
	return l, nil
}

// Run sends the load and returns what came of it. Cancelling ctx ends the run
// early; the result is then of what was sent.
func (l *Load) Run(ctx context.Context) *Result { return l.run(ctx, time.Now()) }

// run calls the moment start from which all is counted.
func (l *Load) run(ctx context.Context, start time.Time) *Result {
	before := cpuTime()
	l.recorder = measure.NewRecorder(start, names(l.cfg.Places))
	stopWatching := l.watch(ctx, start)
	Pace(ctx, start, l.cfg.Rate, l.cfg.operations(), func(i uint64, due time.Time) {
		l.dispatch(ctx, l.workload.At(i), due)
	})
	elapsed, backlog := time.Since(start), l.senders.busy()
	l.senders.finish() // bounded by the timeout; their outcomes belong to the tally
	stopWatching()
	for _, c := range l.clients {
		c.Close()
	}
	report := l.recorder.Report(l.cfg.Rate, start, elapsed)
	report.Pacing.Saturated, report.Pacing.Blocked, report.Pacing.Backlog = l.saturated, l.blocked, backlog
	return &Result{
		Config: l.cfg, Started: start, Elapsed: elapsed, CPU: cpuTime() - before, Machine: ThisMachine(),
		Report: report, Lag: l.lag.Report(), Tally: l.recorder.Tally(),
	}
}

// watch runs the progress bar and the lag sampler until the returned function
// is called. Both go on while the last answers are waited for.
func (l *Load) watch(ctx context.Context, start time.Time) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	wg.Go(func() { l.showProgress(ctx, start) })
	wg.Go(func() { l.lag.Run(ctx) })
	return func() {
		cancel()
		wg.Wait()
	}
}

// dispatch has one operation sent, once a sender is free.
func (l *Load) dispatch(ctx context.Context, op workload.Op, due time.Time) {
	o := order{op: op, due: due}
	o.session, o.place = l.routes.at(op.Index)
	if l.senders.take(o) {
		return
	}
	l.saturated++
	waiting := time.Now()
	l.senders.wait(ctx, o)
	l.blocked += time.Since(waiting)
}

// send sends one operation and records what came of it.
func (l *Load) send(o order) {
	request := client.Request{Method: o.op.Method, Path: o.op.Path, Body: o.op.Body, Ack: l.cfg.Ack}
	session := &l.sessions[o.session]
	var body *bytes.Buffer // nil unless somebody wants to know
	if l.history != nil || l.cfg.Vector {
		body = l.bodies.Get().(*bytes.Buffer)
		defer l.bodies.Put(body)
		body.Reset()
	}
	if l.cfg.Vector {
		request.MinVector = session.vector()
	}
	s := measure.Sample{Op: o.op, Place: o.place, Due: o.due, Sent: time.Now()}
	s.Answer, s.Err = l.clients[o.place].Do(request, body)
	s.Done = time.Now()
	if l.cfg.Vector && s.Err == nil {
		session.saw(body.Bytes())
	}
	l.recorder.Record(s)
	if l.history != nil {
		l.history.Record(&history.Call{
			Sample: s, Session: o.session, At: l.cfg.Places[o.place].Name,
			MinVector: request.MinVector, Body: body.Bytes(),
		})
	}
}

func names(endpoints []Endpoint) []string {
	var list []string
	for _, e := range endpoints {
		list = append(list, e.Name)
	}
	return list
}

// cpuTime is what this process has taken so far.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
