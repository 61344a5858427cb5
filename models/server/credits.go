package server

import (
	"fmt"
	"math"

	"github.com/headroom-sim/headroom/engine"
)

// Credits says how a burstable machine (T2, T3, T3a, T4g) earns CPU credits.
// One credit is one vCPU at 100 % for one minute [T-BASE].
type Credits struct {
	PerHour float64 // earned per hour, to a tenth of a credit; at most 24 hours of earning are kept
	Launch  float64 // given at launch, kept outside that limit and spent first: T2 in standard mode [T-STD]
	// Unlimited lets the machine go on at full speed without credits: what it
	// uses beyond is surplus, free when repaid within a day's earnings and
	// charged beyond [T-UNL]. Otherwise it is held down to its baseline. The
	// documentation says that this happens gradually, but not how: here it
	// happens at once.
	Unlimited bool
	// Kept is how long a stopped machine keeps its earned credits: T2 loses them,
	// others keep them for 7 days [T-BASE].
	Kept engine.Time
}

// Savings are the earned credits of a machine that was stopped at an instant, in
// vCPU-nanoseconds.
type Savings struct{ Credits, Since engine.Time }

// CreditUnit is one CPU credit in vCPU-nanoseconds.
const CreditUnit = engine.Minute

const (
	grain = 600                               // units of account in a vCPU-nanosecond
	sip   = grain * int64(engine.Millisecond) // the least that can be spent
)

// A purse is the account of a burstable machine, exact in units of 1/600
// vCPU-nanosecond. AWS's own accounts go by the millisecond [T-BASE]; so a
// balance below one vCPU-millisecond is taken for empty.
type purse struct {
	earn      int64       // units per nanosecond
	most      int64       // earned credits that are kept, and surplus that is free
	balance   int64       // earned credits; negative: surplus
	kept      engine.Time // a stopped machine's balance
	gift      int64       // launch credits at each start
	launch    int64       // of these left
	charged   int64       // surplus beyond what is free
	least     int64       // balance with launch credits, since the last cut
	unlimited bool
	halted    bool // the machine is stopped
	empty     bool // held down to the baseline
	checking  bool // an event that looks after the balance is pending
	check     engine.Notice

	// What has come and gone over the life of the server, modulo 2^64, for the audit.
	since    engine.Time // it earns, unless halted
	earned   engine.Time // for how long it did before
	received uint64      // launch credits, and what was kept while it was stopped
	lost     uint64      // earned beyond the limit, or not kept
	owed     uint64      // surplus charged so far
}

func newPurse(c Credits, now engine.Time) *purse {
	earn := int64(math.Round(c.PerHour * (grain / 60))) // a credit an hour is 1/60 of a vCPU
	p := &purse{unlimited: c.Unlimited, earn: earn, gift: credits(c.Launch), kept: c.Kept, since: now}
	p.launch = p.gift
	p.received = uint64(p.gift)
	p.most = p.earn * int64(24*engine.Hour)
	p.least = p.launch
	return p
}

// credits is a number of credits in units of account.
func credits(c float64) int64 { return int64(math.Round(c*float64(CreditUnit))) * grain }

// total is what can be spent.
func (p *purse) total() int64 { return p.balance + p.launch }

// baseline is the CPU that the earnings pay for, in parts of a vCPU.
func (p *purse) baseline() int64 { return p.earn * (parts / grain) }

// settle enters dt nanoseconds of earning, and CPU time spent at a constant
// rate within it. Earnings beyond the limit are lost.
func (p *purse) settle(dt, used engine.Time) {
	if p.halted {
		return
	}
	if dt > 10*24*engine.Hour { // keeps the products within 64 bits
		p.settle(dt/2, used/2)
		p.settle(dt-dt/2, used-used/2)
		return
	}
	spent := grain * int64(used)
	first := min(spent, p.launch)
	p.launch -= first
	p.balance += p.earn*int64(dt) - (spent - first)
	switch {
	case p.balance > p.most:
		p.lost += uint64(p.balance - p.most)
		p.balance = p.most
	case p.balance < -p.most:
		p.charge(-p.most)
	}
	p.least = min(p.least, p.total())
}

// charge charges surplus until the balance is at a level above it.
func (p *purse) charge(level int64) {
	due := level - p.balance
	p.charged += due
	p.owed += uint64(due)
	p.balance = level
}

// close charges the surplus that is outstanding when the machine stops [T-UNL].
// A machine that is stopped earns nothing.
func (p *purse) close(now engine.Time) {
	if p.halted {
		return
	}
	if p.balance < 0 {
		p.charge(0)
	}
	p.earned += now - p.since
	p.halted = true
}

// open begins anew with the credits that were kept, and launch credits [T-STD].
func (p *purse) open(now engine.Time, kept int64) {
	p.lost += uint64(p.total())
	p.balance, p.launch = min(kept, p.most), p.gift
	p.received += uint64(p.total())
	p.halted, p.since = false, now
	p.least = p.total()
}

// audit checks that credits are conserved: what came is what was used, what was lost
// and what is there, but for surplus that was used and charged.
func (p *purse) audit(now, used engine.Time) error {
	earned := p.earned
	if !p.halted {
		earned += now - p.since
	}
	came := p.received + uint64(p.earn)*uint64(earned) + p.owed
	if went := grain*uint64(used) + p.lost + uint64(p.total()); came != went {
		return fmt.Errorf("server: CPU credits are not conserved: %d came and %d went, in 1/%d vCPU-ns", came, went, grain)
	}
	return nil
}

// Halt tells that the machine is stopped, its server being Off, and returns what
// it has saved. Surplus is due.
func (s *Server) Halt() Savings {
	p := s.cpu.purse
	if p == nil {
		return Savings{}
	}
	s.cpu.change(func(*cpu) { p.close(s.now()) })
	return Savings{engine.Time(p.balance / grain), s.now()}
}

// Wake tells that a machine that was stopped is started, with what it had saved:
// it earns from here on, and has launch credits again [T-STD].
func (s *Server) Wake(saved Savings) {
	p := s.cpu.purse
	if p == nil {
		return
	}
	kept := int64(0)
	if s.now()-saved.Since <= p.kept {
		kept = grain * int64(saved.Credits)
	}
	s.cpu.change(func(*cpu) { p.open(s.now(), kept) })
}

// spendable ends or begins the time of an empty purse, and sees to it that
// somebody looks again before the purse can be empty.
func (c *cpu) spendable() {
	p := c.purse
	if p.unlimited {
		return
	}
	p.empty = p.total() < sip
	c.plain = c.plain && !p.empty
	if p.empty || p.checking || len(c.ready) == 0 && c.load == 0 {
		return
	}
	drain := grain*int64(c.vcpus) - p.earn
	if drain <= 0 {
		return
	}
	p.checking = true
	p.check = c.server.image.audit.After(engine.Time(p.total()/drain)+1, c)
}

// audit looks whether the credits have been spent, at the earliest instant at
// which they can be.
func (c *cpu) audit() {
	c.advance()
	c.purse.checking = false
	c.spendable()
	c.tune()
	c.arm()
}
