package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// A request may not hold its connection for longer than this, whatever `ms` says.
const longestWait = 60 * time.Second

// A pod that is told to end finishes the requests it has, so that a rolling change of the cluster loses none.
const drainTime = 10 * time.Second

// answer is what a pod says about itself and about the request that reached it.
type answer struct {
	App     string              `json:"app"`
	Pod     string              `json:"pod"`
	Node    string              `json:"node"`
	Method  string              `json:"method"`
	Host    string              `json:"host"`
	Path    string              `json:"path"`
	Target  string              `json:"target"` // the request's target, byte for byte
	Query   string              `json:"query"`
	Proto   string              `json:"proto"`
	Remote  string              `json:"remote"`
	Headers map[string][]string `json:"headers"`
}

type application struct{ name, pod, node string }

// web serves until SIGTERM. The address comes from LISTEN, the pod's identity from APP_NAME, POD_NAME and NODE_NAME.
func web() error {
	hostname, _ := os.Hostname()
	app := application{
		name: cmp.Or(os.Getenv("APP_NAME"), "web"),
		pod:  cmp.Or(os.Getenv("POD_NAME"), hostname),
		node: os.Getenv("NODE_NAME"),
	}
	server := &http.Server{
		Addr:              cmp.Or(os.Getenv("LISTEN"), ":8080"),
		Handler:           app,
		ReadHeaderTimeout: 10 * time.Second,
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	drained := make(chan error, 1)
	go func() {
		<-ctx.Done()
		limit, cancel := context.WithTimeout(context.Background(), drainTime)
		defer cancel()
		drained <- server.Shutdown(limit)
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-drained
}

// ServeHTTP looks at the end of the path only: an application sits behind a location whose prefix may or may not have
// been taken off on the way.
func (app application) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	switch {
	case isWebSocket(request):
		echo(response, request)
	case strings.HasSuffix(request.URL.Path, "/healthz"):
		fmt.Fprintln(response, "ok")
	case strings.HasSuffix(request.URL.Path, "/slow"):
		if wait(response, request) {
			app.describe(response, request)
		}
	case strings.HasSuffix(request.URL.Path, "/answer"):
		answerAs(response, request)
	default:
		app.describe(response, request)
	}
}

// wait holds the request for `ms` milliseconds. It says whether there is still somebody to answer.
func wait(response http.ResponseWriter, request *http.Request) bool {
	text := cmp.Or(request.URL.Query().Get("ms"), "1000")
	milliseconds, err := strconv.Atoi(text)
	if err != nil || milliseconds < 0 || time.Duration(milliseconds)*time.Millisecond > longestWait {
		message := fmt.Sprintf("ms=%q: give whole milliseconds from 0 to %d", text, longestWait.Milliseconds())
		http.Error(response, message, http.StatusBadRequest)
		return false
	}
	select {
	case <-time.After(time.Duration(milliseconds) * time.Millisecond):
		return true
	case <-request.Context().Done():
		return false
	}
}

func (app application) describe(response http.ResponseWriter, request *http.Request) {
	response.Header().Set("Content-Type", "application/json")
	response.Header().Set("X-App", app.name)
	// The client may be gone; there is nobody else to tell.
	_ = json.NewEncoder(response).Encode(answer{
		App: app.name, Pod: app.pod, Node: app.node,
		Method: request.Method, Host: request.Host, Path: request.URL.Path, Target: request.RequestURI, Query: request.URL.RawQuery,
		Proto: request.Proto, Remote: request.RemoteAddr, Headers: request.Header,
	})
}
