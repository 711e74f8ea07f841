package regiontest

import (
	"fmt"
	"io"
	"os"
	"os/exec"

	"github.com/nats-io/nats-server/v2/server"
)

// natsKey is set in the environment of a process that is to be a NATS server: the path
// of its configuration.
const natsKey = "PANGEA_TEST_NATS"

// runNATS is the program of such a process, a server as anyone runs it. It ends with
// its standard input, and so with whoever started it, however that ended.
func runNATS() (code int, ok bool) {
	path := os.Getenv(natsKey)
	if path == "" {
		return 0, false
	}
	opts, err := server.ProcessConfigFile(path)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1, true
	}
	s, err := server.NewServer(opts)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1, true
	}
	s.ConfigureLogger()
	s.Start()
	_, _ = io.Copy(io.Discard, os.Stdin)
	s.Shutdown()
	s.WaitForShutdown()
	return 0, true
}

// natsServer is one server of a cluster.
type natsServer struct {
	name, address, monitor string
	config, log            string // files

	cmd  *exec.Cmd // nil while it does not run
	life io.Closer // its standard input
}

func (s *natsServer) start() error {
	cmd := exec.Command(os.Args[0]) //nolint:gosec // this program
	cmd.Env = append(os.Environ(), natsKey+"="+s.config)
	life, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	log, err := os.OpenFile(s.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	s.cmd, s.life = cmd, life
	return nil
}

// kill ends the server by SIGKILL: it says goodbye to nobody.
func (s *natsServer) kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	_ = s.life.Close()
	s.cmd = nil
}
