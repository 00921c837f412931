package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"

	"example.org/clock/weft"
)

func connect(url, token string) (*weft.ClientWithResponses, error) {
	return weft.NewClientWithResponses(url, weft.WithRequestEditorFn(func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+token)
		return nil
	}))
}

func listAll(ctx context.Context, client *weft.ClientWithResponses, label string) ([]int64, error) {
	ids := []int64{}
	params := weft.ListSessionsParams{Label: &weft.LabelParameter{label}, Limit: new(int32(2))}
	for {
		answer, err := client.ListSessionsWithResponse(ctx, &params)
		if err != nil {
			return nil, err
		}
		page := answer.JSON200
		if page == nil {
			return nil, failure(answer.ApplicationproblemJSONDefault)
		}
		for _, session := range page.Items {
			ids = append(ids, session.Id)
		}
		if page.NextCursor == nil {
			return ids, nil
		}
		params.Cursor = page.NextCursor
	}
}

func eventsOf(ctx context.Context, client *weft.ClientWithResponses, id int64) ([]weft.Event, error) {
	all := []weft.Event{}
	params := weft.ListEventsParams{SessionId: &weft.SessionIdParameter{id}, Limit: new(int32(2))}
	for {
		answer, err := client.ListEventsWithResponse(ctx, &params)
		if err != nil {
			return nil, err
		}
		page := answer.JSON200
		if page == nil {
			return nil, failure(answer.ApplicationproblemJSONDefault)
		}
		if len(page.Items) == 0 {
			return all, nil
		}
		all = append(all, page.Items...)
		params.Since = &page.Cursor
	}
}

func failure(problem *weft.Problem) error {
	if problem == nil {
		return fmt.Errorf("an unexpected answer")
	}
	return fmt.Errorf("%s: %s", problem.Code, problem.Detail)
}

func main() {
	ctx := context.Background()
	client, err := connect(os.Args[1], os.Args[3])
	check(err)
	for _, call := range readCalls() {
		problem, err := call.run(ctx)
		check(err)
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
	IdempotencyKey        *string
	WaitMs                *int32
}

func readCalls() []call {
	text, err := os.ReadFile("calls.json")
	check(err)
	calls := []call{}
	check(json.Unmarshal(text, &calls))
	return calls
}

func (call call) run(ctx context.Context) (*weft.Problem, error) {
	client, err := connect(call.Url, call.Token)
	check(err)
	switch call.Operation {
	case "launchSession":
		params := weft.LaunchSessionParams{IdempotencyKey: call.IdempotencyKey, WaitMs: call.WaitMs}
		answer, err := client.LaunchSessionWithResponse(ctx, &params, call.Request)
		return answer.ApplicationproblemJSONDefault, err
	case "getApp":
		answer, err := client.GetAppWithResponse(ctx, "nobody")
		return answer.ApplicationproblemJSONDefault, err
	case "getSession":
		answer, err := client.GetSessionWithResponse(ctx, 99)
		return answer.ApplicationproblemJSONDefault, err
	case "getProblemType":
		answer, err := client.GetProblemTypeWithResponse(ctx, "nonsense")
		return answer.ApplicationproblemJSONDefault, err
	case "listEvents":
		answer, err := client.ListEventsWithResponse(ctx, &weft.ListEventsParams{Since: new("other.1")})
		return answer.ApplicationproblemJSONDefault, err
	}
	return nil, fmt.Errorf("unknown: %s", call.Operation)
}

func launch(ctx context.Context, client *weft.ClientWithResponses, request weft.LaunchRequest, params weft.LaunchSessionParams) *weft.LaunchSessionResponse {
	answer, err := client.LaunchSessionWithResponse(ctx, &params, request)
	check(err)
	return answer
}

func life(ctx context.Context, client *weft.ClientWithResponses) {
	team := &weft.Labels{"team": "a"}
	waiting := weft.LaunchSessionParams{WaitMs: new(int32(60_000))}
	session := launch(ctx, client, weft.LaunchRequest{AppId: "steady", Labels: team}, waiting).JSON201
	id := session.Id
	say("launch", members{"id": id, "appId": session.AppId, "state": session.State, "team": session.Labels["team"]})
	read, err := client.GetSessionWithResponse(ctx, id)
	check(err)
	say("read", members{"id": read.JSON200.Id, "state": read.JSON200.State})
	ready, err := client.WaitForSessionWithResponse(ctx, id, &weft.WaitForSessionParams{Until: new(weft.Ready)})
	check(err)
	say("wait", members{"state": ready.JSON200.State})
	for range 2 {
		launch(ctx, client, weft.LaunchRequest{AppId: "slow", Labels: team}, weft.LaunchSessionParams{})
	}
	ids, err := listAll(ctx, client, "team=a")
	check(err)
	say("list", members{"ids": ids})
	stopped, err := client.StopSessionWithResponse(ctx, id, &weft.StopSessionParams{WaitMs: new(int32(60_000))})
	check(err)
	stop := stopped.JSON200.Stop
	say("stop", members{"state": stopped.JSON200.State, "reason": stop.Reason, "signalsSent": stop.SignalsSent, "survivors": stop.Survivors})
	all, err := eventsOf(ctx, client, id)
	check(err)
	say("events", members{"types": typesOf(all)})
	logs, err := client.ListLogLinesWithResponse(ctx, id, nil)
	check(err)
	lines := []string{}
	for _, line := range logs.JSON200.Items {
		lines = append(lines, string(line.Stream)+" "+line.Line)
	}
	say("logs", members{"lines": lines})
}

func tomorrow(ctx context.Context, client *weft.ClientWithResponses) {
	ids, err := listAll(ctx, client, "team=a")
	check(err)
	stopped, err := client.GetSessionWithResponse(ctx, 1)
	check(err)
	live, err := client.GetSessionWithResponse(ctx, 2)
	check(err)
	all, err := eventsOf(ctx, client, 1)
	check(err)
	withSession := 0
	for _, event := range all {
		if event.Session != nil {
			withSession++
		}
	}
	missing, err := client.GetSessionWithResponse(ctx, 99)
	check(err)
	say("tomorrow", members{"ids": ids, "state": live.JSON200.State, "reason": stopped.JSON200.Stop.Reason, "types": typesOf(all), "withSession": withSession, "code": missing.ApplicationproblemJSONDefault.Code})
}

func typesOf(events []weft.Event) []string {
	types := []string{}
	for _, event := range events {
		types = append(types, event.Type)
	}
	return types
}

func tellProblem(problem *weft.Problem) {
	line := members{"status": problem.Status, "code": problem.Code}
	if problem.Errors != nil {
		line["pointer"] = (*problem.Errors)[0].Pointer
	}
	if problem.Session != nil && problem.Session.Stop != nil {
		line["exitCode"] = problem.Session.Stop.ExitCode
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
