// What it costs to send a parcel, with nothing but Go's standard library. ../shipping.ts is its
// twin.
//
//	GET /quote?country=DE&grams=450
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"strconv"
	"syscall"
	"time"
)

type zone struct{ cents, days int }

type quote struct {
	Country string `json:"country"`
	Grams   int    `json:"grams"`
	Cents   int    `json:"cents"`
	Days    int    `json:"days"`
}

type failure struct {
	Error string `json:"error"`
}

const (
	gramsMax  = 30000
	stepGrams = 500
	stepCents = 120
)

var (
	zones = map[string]zone{
		"DE": {299, 2}, "AT": {449, 3}, "FR": {499, 3}, "GB": {799, 5}, "US": {1299, 9},
	}
	elsewhere = zone{1699, 14}
	country   = regexp.MustCompile(`^[A-Z]{2}$`)
	number    = regexp.MustCompile(`^[0-9]{1,5}$`)
)

func main() {
	port, err := strconv.Atoi(os.Getenv("PORT"))
	if err != nil || port < 1 || port > 65535 {
		fmt.Fprintf(os.Stderr, "shipping: $PORT must say where to listen, and is %q\n", os.Getenv("PORT"))
		os.Exit(2)
	}
	host := os.Getenv("HOST")
	if host == "" {
		host = "127.0.0.1"
	}
	// Longer than any caller keeps an idle connection, so that it is the caller who closes it.
	listener := &http.Server{
		Addr:              fmt.Sprintf("%s:%d", host, port),
		Handler:           http.HandlerFunc(answer),
		IdleTimeout:       75 * time.Second,
		ReadHeaderTimeout: 10 * time.Second,
	}
	signals, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- listener.ListenAndServe() }()
	fmt.Printf("shipping listens on %d\n", port)
	select {
	case err := <-ended:
		fmt.Fprintf(os.Stderr, "shipping: %v\n", err)
		os.Exit(1)
	case <-signals.Done():
		grace, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		_ = listener.Shutdown(grace)
	}
}

func answer(response http.ResponseWriter, request *http.Request) {
	switch {
	case request.URL.Path == "/healthz":
		response.Header().Set("content-type", "text/plain")
		_, _ = response.Write([]byte("ok\n"))
	case request.Method == http.MethodGet && request.URL.Path == "/quote":
		status, value := quoteFor(request)
		write(response, status, value)
	default:
		write(response, 404, failure{"There is no " + request.URL.Path})
	}
}

func quoteFor(request *http.Request) (int, any) {
	query := request.URL.Query()
	to := query.Get("country")
	grams := 0
	if text := query.Get("grams"); number.MatchString(text) {
		grams, _ = strconv.Atoi(text)
	}
	if !country.MatchString(to) {
		return 400, failure{"country must be two capitals"}
	}
	if grams < 1 || grams > gramsMax {
		return 400, failure{"grams must be 1 to 30000"}
	}
	found, isKnown := zones[to]
	if !isKnown {
		found = elsewhere
	}
	steps := (grams - 1) / stepGrams
	return 200, quote{to, grams, found.cents + steps*stepCents, found.days}
}

func write(response http.ResponseWriter, status int, value any) {
	response.Header().Set("content-type", "application/json")
	response.WriteHeader(status)
	_ = json.NewEncoder(response).Encode(value)
}
