package fetch

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"pitboss/data"
)

// issue makes a certificate; parent nil: self-signed.
func issue(t *testing.T, tmpl *x509.Certificate, parent *tls.Certificate) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl.SerialNumber = big.NewInt(4711)
	issuer, signer := tmpl, any(key)
	if parent != nil {
		issuer, signer = parent.Leaf, parent.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, issuer, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func leafFor(name string, from, to time.Time) *x509.Certificate {
	return &x509.Certificate{Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: from, NotAfter: to}
}

func TestVisitRecordsBrokenCertificates(t *testing.T) {
	t.Parallel()
	now := time.Now()
	hour := time.Hour
	authority := issue(t, &x509.Certificate{
		Subject: pkix.Name{CommonName: "Test Authority"}, NotBefore: now.Add(-hour), NotAfter: now.Add(hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}, nil)
	roots := x509.NewCertPool()
	roots.AddCert(authority.Leaf)
	for _, c := range []struct {
		name    string
		leaf    *x509.Certificate
		parent  *tls.Certificate
		roots   *x509.CertPool
		problem string
	}{
		{"sound", leafFor("tls.example", now.Add(-hour), now.Add(hour)), &authority, roots, ""},
		{"self-signed", leafFor("tls.example", now.Add(-hour), now.Add(hour)), nil, roots, "self-signed"},
		{"self-signed for another", leafFor("other.example", now.Add(-hour), now.Add(hour)), nil, roots, "self-signed, for another name"},
		{"another name", leafFor("other.example", now.Add(-hour), now.Add(hour)), &authority, roots, "for another name"},
		{"expired", leafFor("tls.example", now.Add(-48*hour), now.Add(-24*hour)), &authority, roots, "expired on "},
		{"not yet", leafFor("tls.example", now.Add(24*hour), now.Add(48*hour)), &authority, roots, "not valid before "},
		{"unknown authority", leafFor("tls.example", now.Add(-hour), now.Add(hour)), &authority, x509.NewCertPool(), "unknown authority"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cert := issue(t, c.leaf, c.parent)
			s := httptest.NewUnstartedServer(sampleSite())
			s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
			s.StartTLS()
			defer s.Close()
			cfg := testConfig(s.Listener.Addr())
			cfg.Roots = c.roots
			v, _ := visitHost(t, cfg, "tls.example")
			got := v.Hosting.Certificate
			if v.Outcome != data.OutcomeOK || got == nil {
				t.Fatalf("outcome %s (%s), certificate %v", v.Outcome, v.Reason, got)
			}
			if (got.Problem == "") != (c.problem == "") || !strings.HasPrefix(got.Problem, c.problem) {
				t.Errorf("problem %q, want %q", got.Problem, c.problem)
			}
			if got.Serial != "1267" || len(got.SHA256) != 64 || len(got.SPKI) != 64 || got.Names[0] != c.leaf.DNSNames[0] {
				t.Errorf("certificate %+v", got)
			}
		})
	}
}

// tlsServer accepts connections and lets a function play TLS.
func tlsServer(t *testing.T, play func(net.Conn)) net.Addr {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				c.SetDeadline(time.Now().Add(5 * time.Second))
				play(c)
			})
		}
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	return l.Addr()
}

// Where TLS fails, http is tried on the same server; where that fails too, the
// TLS failure is what is told.
func TestVisitOfBrokenTLS(t *testing.T) {
	t.Parallel()
	alert := func(c net.Conn) { // a fatal handshake_failure to whatever is said
		io.ReadAtLeast(c, make([]byte, 1), 1)
		write(c, "\x15\x03\x01\x00\x02\x02\x28")
	}
	for _, c := range []struct {
		name string
		play func(net.Conn)
		want data.Outcome
	}{
		{"alert", alert, data.OutcomeProtocol}, // over http the alert is an answer that is none
		{"closes", func(net.Conn) {}, data.OutcomeConnect},
		{"silence", func(c net.Conn) { io.Copy(io.Discard, c) }, data.OutcomeTimeout},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			v, archived := visitHost(t, testConfig(tlsServer(t, c.play)), "broken.example")
			if v.Outcome != c.want || len(archived.all) != 0 {
				t.Errorf("outcome %s (%s), want %s; %d exchanges", v.Outcome, v.Reason, c.want, len(archived.all))
			}
		})
	}
}

func TestVisitTellsTheTLSFailureWhenHTTPIsClosed(t *testing.T) {
	t.Parallel()
	broken := tlsServer(t, func(c net.Conn) { write(c, "\x15\x03\x01\x00\x02\x02\x28") })
	cfg := testConfig(broken)
	cfg.ConnectTo[0].Port = "443"
	cfg.ConnectTo = append(cfg.ConnectTo, Rule{ToHost: "127.0.0.1", ToPort: closedPort(t)})
	v, _ := visitHost(t, cfg, "broken.example")
	if v.Outcome != data.OutcomeTLS || !strings.HasPrefix(v.Reason, "https: TLS handshake: ") {
		t.Errorf("outcome %s (%s)", v.Outcome, v.Reason)
	}
}

func TestVisitOfNoServer(t *testing.T) {
	t.Parallel()
	cfg := DefaultConfig("test")
	cfg.AllowPrivate = true
	cfg.ConnectTo = []Rule{{ToHost: "127.0.0.1", ToPort: closedPort(t)}}
	v, _ := visitHost(t, cfg, "nobody.example")
	if v.Outcome != data.OutcomeConnect || !strings.Contains(v.Reason, "refused") || v.Hosting.Addrs[0] != "127.0.0.1" {
		t.Errorf("outcome %s (%s), hosting %+v", v.Outcome, v.Reason, v.Hosting)
	}
}

func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

func TestVisitSpeaksHTTP1Only(t *testing.T) {
	t.Parallel()
	protos := make(chan string, 100)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		protos <- r.Proto + " " + r.Method
		http.NotFound(w, r)
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	visitHost(t, testConfig(s.Listener.Addr()), "two.example")
	if got := <-protos; got != "HTTP/1.1 GET" {
		t.Errorf("server saw %q", got)
	}
}
