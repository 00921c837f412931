package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"

	"example.org/clock/weft"
)

type token string

func (value token) Bearer(context.Context, weft.OperationName) (weft.Bearer, error) {
	return weft.Bearer{Token: string(value)}, nil
}

func connect(url, value string) (*weft.Client, error) {
	return weft.NewClient(url, token(value))
}

func listAll(ctx context.Context, client *weft.Client, label string) ([]int64, error) {
	ids := []int64{}
	params := weft.ListSessionsParams{Label: []string{label}, Limit: weft.NewOptInt32(2)}
	for {
		answer, err := client.ListSessions(ctx, params)
		if err != nil {
			return nil, err
		}
		for _, session := range answer.Response.Items {
			ids = append(ids, session.ID)
		}
		params.Cursor = answer.Response.NextCursor
		if !params.Cursor.IsSet() {
			return ids, nil
		}
	}
}

func eventsOf(ctx context.Context, client *weft.Client, id int64) ([]weft.Event, error) {
	all := []weft.Event{}
	params := weft.ListEventsParams{SessionId: []int64{id}, Limit: weft.NewOptInt32(2)}
	for {
		page, err := client.ListEvents(ctx, params)
		if err != nil || len(page.Response.Items) == 0 {
			return all, err
		}
		all = append(all, page.Response.Items...)
		params.Since = weft.NewOptString(page.Response.Cursor)
	}
}

func problemOf(err error) (weft.Problem, bool) {
	var failed *weft.ProblemStatusCodeWithHeaders
	if !errors.As(err, &failed) {
		return weft.Problem{}, false
	}
	return failed.Response, true
}

func main() {
	ctx := context.Background()
	client, err := connect(os.Args[1], os.Args[3])
	check(err)
	for _, call := range readCalls() {
		problem, isProblem := problemOf(call.run(ctx))
		if !isProblem {
			log.Fatalf("no problem: %+v", call)
		}
		tellProblem(problem)
	}
	life(ctx, client)
	later, err := connect(os.Args[2], os.Args[3])
	check(err)
	tomorrow(ctx, later)
}

type call struct {
	Operation, Url, Token string
	Request               weft.LaunchRequest
	IdempotencyKey        string
	WaitMs                int32
}

func readCalls() []call {
	text, err := os.ReadFile("calls.json")
	check(err)
	calls := []call{}
	check(json.Unmarshal(text, &calls))
	return calls
}

func (call call) run(ctx context.Context) error {
	client, err := connect(call.Url, call.Token)
	check(err)
	switch call.Operation {
	case "launchSession":
		params := weft.LaunchSessionParams{}
		if call.IdempotencyKey != "" {
			params.IdempotencyKey.SetTo(call.IdempotencyKey)
		}
		if call.WaitMs != 0 {
			params.WaitMs.SetTo(call.WaitMs)
		}
		_, err = client.LaunchSession(ctx, &call.Request, params)
	case "getApp":
		_, err = client.GetApp(ctx, weft.GetAppParams{ID: "nobody"})
	case "getSession":
		_, err = client.GetSession(ctx, weft.GetSessionParams{ID: 99})
	case "getProblemType":
		_, err = client.GetProblemType(ctx, weft.GetProblemTypeParams{Code: "nonsense"})
	case "listEvents":
		_, err = client.ListEvents(ctx, weft.ListEventsParams{Since: weft.NewOptString("other.1")})
	}
	return err
}

func life(ctx context.Context, client *weft.Client) {
	team := weft.NewOptLabels(weft.Labels{"team": "a"})
	waiting := weft.LaunchSessionParams{WaitMs: weft.NewOptInt32(60_000)}
	launched, err := client.LaunchSession(ctx, &weft.LaunchRequest{AppId: "steady", Labels: team}, waiting)
	check(err)
	session := launched.Response
	id := session.ID
	say("launch", members{"id": id, "appId": session.AppId, "state": session.State, "team": session.Labels["team"]})
	read, err := client.GetSession(ctx, weft.GetSessionParams{ID: id})
	check(err)
	say("read", members{"id": read.ID, "state": read.State})
	ready, err := client.WaitForSession(ctx, weft.WaitForSessionParams{ID: id, Until: weft.NewOptWaitTarget(weft.WaitTargetReady)})
	check(err)
	say("wait", members{"state": ready.State})
	for range 2 {
		_, err = client.LaunchSession(ctx, &weft.LaunchRequest{AppId: "slow", Labels: team}, weft.LaunchSessionParams{})
		check(err)
	}
	ids, err := listAll(ctx, client, "team=a")
	check(err)
	say("list", members{"ids": ids})
	answer, err := client.StopSession(ctx, weft.StopSessionParams{ID: id, WaitMs: weft.NewOptInt32(60_000)})
	check(err)
	stopped, isStopped := answer.(*weft.StopSessionOK)
	if !isStopped {
		log.Fatal("it is still being stopped")
	}
	stop := stopped.Stop.Value
	say("stop", members{"state": stopped.State, "reason": stop.Reason, "signalsSent": stop.SignalsSent, "survivors": stop.Survivors})
	all, err := eventsOf(ctx, client, id)
	check(err)
	say("events", members{"types": typesOf(all)})
	logs, err := client.ListLogLines(ctx, weft.ListLogLinesParams{ID: id})
	check(err)
	lines := []string{}
	for _, line := range logs.Items {
		lines = append(lines, string(line.Stream)+" "+line.Line)
	}
	say("logs", members{"lines": lines})
}

func tomorrow(ctx context.Context, client *weft.Client) {
	ids, err := listAll(ctx, client, "team=a")
	check(err)
	stopped, err := client.GetSession(ctx, weft.GetSessionParams{ID: 1})
	check(err)
	live, err := client.GetSession(ctx, weft.GetSessionParams{ID: 2})
	check(err)
	all, err := eventsOf(ctx, client, 1)
	check(err)
	withSession := 0
	for _, event := range all {
		if event.Session.IsSet() {
			withSession++
		}
	}
	_, err = client.GetSession(ctx, weft.GetSessionParams{ID: 99})
	problem, _ := problemOf(err)
	say("tomorrow", members{"ids": ids, "state": live.State, "reason": stopped.Stop.Value.Reason, "types": typesOf(all), "withSession": withSession, "code": problem.Code})
}

func typesOf(events []weft.Event) []string {
	types := []string{}
	for _, event := range events {
		types = append(types, string(event.Type))
	}
	return types
}

func tellProblem(problem weft.Problem) {
	line := members{"status": problem.Status, "code": problem.Code}
	if len(problem.Errors) > 0 {
		line["pointer"] = problem.Errors[0].Pointer
	}
	if exitCode, isSet := problem.Session.Value.Stop.Value.ExitCode.Get(); isSet {
		line["exitCode"] = exitCode
	}
	if problem.LogTail != nil {
		line["logTail"] = problem.LogTail
	}
	say("problem", line)
}

type members map[string]any

func say(step string, line members) {
	line["step"] = step
	text, err := json.Marshal(line)
	check(err)
	fmt.Println(string(text))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
