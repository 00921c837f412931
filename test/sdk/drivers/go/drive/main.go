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

func connect(url string) *weft.APIClient {
	configuration := weft.NewConfiguration()
	configuration.Servers = weft.ServerConfigurations{{URL: url}}
	return weft.NewAPIClient(configuration)
}

func withToken(token string) context.Context {
	return context.WithValue(context.Background(), weft.ContextAccessToken, token)
}

func listAll(ctx context.Context, client *weft.APIClient, label string) ([]int64, error) {
	ids := []int64{}
	request := client.SessionsAPI.ListSessions(ctx).Label([]string{label}).Limit(2)
	for {
		page, _, err := request.Execute()
		if err != nil {
			return nil, err
		}
		for _, session := range page.Items {
			ids = append(ids, session.Id)
		}
		if page.NextCursor == nil {
			return ids, nil
		}
		request = request.Cursor(*page.NextCursor)
	}
}

func eventsOf(ctx context.Context, client *weft.APIClient, id int64) ([]weft.Event, error) {
	all := []weft.Event{}
	request := client.EventsAPI.ListEvents(ctx).SessionId([]int64{id}).Limit(2)
	for {
		page, _, err := request.Execute()
		if err != nil || len(page.Items) == 0 {
			return all, err
		}
		all = append(all, page.Items...)
		request = request.Since(page.Cursor)
	}
}

func problemOf(err error) (weft.Problem, bool) {
	var failed *weft.GenericOpenAPIError
	if !errors.As(err, &failed) {
		return weft.Problem{}, false
	}
	problem, isProblem := failed.Model().(weft.Problem)
	return problem, isProblem
}

func main() {
	ctx := withToken(os.Args[3])
	client := connect(os.Args[1])
	for _, call := range readCalls() {
		problem, isProblem := problemOf(call.run())
		if !isProblem {
			log.Fatalf("no problem: %+v", call)
		}
		tellProblem(problem)
	}
	life(ctx, client)
	tomorrow(ctx, connect(os.Args[2]))
}

type call struct {
	Operation, Url, Token string
	Request               *weft.LaunchRequest
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

func (call call) run() (err error) {
	ctx := withToken(call.Token)
	client := connect(call.Url)
	switch call.Operation {
	case "launchSession":
		request := client.SessionsAPI.LaunchSession(ctx).LaunchRequest(*call.Request)
		if call.IdempotencyKey != nil {
			request = request.IdempotencyKey(*call.IdempotencyKey)
		}
		if call.WaitMs != nil {
			request = request.WaitMs(*call.WaitMs)
		}
		_, _, err = request.Execute()
	case "getApp":
		_, _, err = client.AppsAPI.GetApp(ctx, "nobody").Execute()
	case "getSession":
		_, _, err = client.SessionsAPI.GetSession(ctx, 99).Execute()
	case "getProblemType":
		_, _, err = client.MetaAPI.GetProblemType(ctx, "nonsense").Execute()
	case "listEvents":
		_, _, err = client.EventsAPI.ListEvents(ctx).Since("other.1").Execute()
	}
	return err
}

func launchRequest(appId string, labels map[string]string) weft.LaunchRequest {
	request := weft.NewLaunchRequest(appId)
	request.SetLabels(labels)
	return *request
}

func life(ctx context.Context, client *weft.APIClient) {
	sessions := client.SessionsAPI
	team := map[string]string{"team": "a"}
	session, _, err := sessions.LaunchSession(ctx).LaunchRequest(launchRequest("steady", team)).WaitMs(60_000).Execute()
	check(err)
	id := session.Id
	say("launch", members{"id": id, "appId": session.AppId, "state": session.State, "team": session.Labels["team"]})
	session, _, err = sessions.GetSession(ctx, id).Execute()
	check(err)
	say("read", members{"id": session.Id, "state": session.State})
	session, _, err = sessions.WaitForSession(ctx, id).Until(weft.READY).TimeoutMs(60_000).Execute()
	check(err)
	say("wait", members{"state": session.State})
	for range 2 {
		_, _, err = sessions.LaunchSession(ctx).LaunchRequest(launchRequest("slow", team)).Execute()
		check(err)
	}
	ids, err := listAll(ctx, client, "team=a")
	check(err)
	say("list", members{"ids": ids})
	session, _, err = sessions.StopSession(ctx, id).WaitMs(60_000).Execute()
	check(err)
	say("stop", members{"state": session.State, "reason": session.Stop.Reason, "signalsSent": session.Stop.SignalsSent, "survivors": session.Stop.Survivors})
	all, err := eventsOf(ctx, client, id)
	check(err)
	say("events", members{"types": typesOf(all)})
	logs, _, err := sessions.ListLogLines(ctx, id).Execute()
	check(err)
	lines := []string{}
	for _, line := range logs.Items {
		lines = append(lines, string(line.Stream)+" "+line.Line)
	}
	say("logs", members{"lines": lines})
}

func tomorrow(ctx context.Context, client *weft.APIClient) {
	ids, err := listAll(ctx, client, "team=a")
	check(err)
	stopped, _, err := client.SessionsAPI.GetSession(ctx, 1).Execute()
	check(err)
	live, _, err := client.SessionsAPI.GetSession(ctx, 2).Execute()
	check(err)
	all, err := eventsOf(ctx, client, 1)
	check(err)
	withSession := 0
	for _, event := range all {
		if event.Session != nil {
			withSession++
		}
	}
	_, _, err = client.SessionsAPI.GetSession(ctx, 99).Execute()
	problem, _ := problemOf(err)
	say("tomorrow", members{"ids": ids, "state": live.State, "reason": stopped.Stop.Reason, "types": typesOf(all), "withSession": withSession, "code": problem.Code})
}

func typesOf(events []weft.Event) []string {
	types := []string{}
	for _, event := range events {
		types = append(types, event.Type)
	}
	return types
}

func tellProblem(problem weft.Problem) {
	line := members{"status": problem.Status, "code": problem.Code}
	if len(problem.Errors) > 0 {
		line["pointer"] = problem.Errors[0].Pointer
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
