use std::collections::HashMap;
use std::env::args;
use std::error::Error;
use std::fs::read_to_string;

use serde_json::{json, Value};
use weft::apis::configuration::Configuration;
use weft::apis::{apps_api, events_api, meta_api, sessions_api, Error as ApiError};
use weft::models::{Event, LaunchRequest, Problem, WaitTarget};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn connect(url: &str, token: &str) -> Configuration {
    Configuration { base_path: url.to_owned(), bearer_access_token: Some(token.to_owned()), ..Default::default() }
}

async fn list_all(gateway: &Configuration, label: &str) -> Outcome<Vec<i64>> {
    let mut ids = vec![];
    let mut cursor: Option<String> = None;
    loop {
        let label = Some(vec![label.to_owned()]);
        let page = sessions_api::list_sessions(gateway, None, None, label, None, None, None, None, Some(2), cursor.as_deref()).await?;
        ids.extend(page.items.iter().map(|session| session.id));
        match page.next_cursor {
            Some(next) => cursor = Some(next),
            None => return Ok(ids),
        }
    }
}

async fn events_of(gateway: &Configuration, id: i64) -> Outcome<Vec<Event>> {
    let mut events = vec![];
    let mut since: Option<String> = None;
    loop {
        let page = events_api::list_events(gateway, since.as_deref(), None, None, None, Some(vec![id]), None, None, Some(2)).await?;
        if page.items.is_empty() {
            return Ok(events);
        }
        events.extend(page.items);
        since = Some(page.cursor);
    }
}

fn problem_of<T, E>(answer: Result<T, ApiError<E>>) -> Option<Problem> {
    match answer {
        Err(ApiError::ResponseError(failed)) => serde_json::from_str(&failed.content).ok(),
        _ => None,
    }
}

fn request(app_id: &str) -> LaunchRequest {
    let labels = HashMap::from([("team".to_owned(), "a".to_owned())]);
    LaunchRequest { labels: Some(labels), ..LaunchRequest::new(app_id.to_owned()) }
}

async fn life(gateway: &Configuration) -> Outcome<()> {
    let session = sessions_api::launch_session(gateway, request("steady"), Some(60_000), None).await?;
    let id = session.id;
    say("launch", json!({ "id": id, "appId": session.app_id, "state": session.state, "team": session.labels["team"] }));
    let session = sessions_api::get_session(gateway, id).await?;
    say("read", json!({ "id": session.id, "state": session.state }));
    let session = sessions_api::wait_for_session(gateway, id, Some(WaitTarget::Ready), None).await?;
    say("wait", json!({ "state": session.state }));
    for _ in 0..2 {
        sessions_api::launch_session(gateway, request("slow"), None, None).await?;
    }
    say("list", json!({ "ids": list_all(gateway, "team=a").await? }));
    let session = sessions_api::stop_session(gateway, id, None, Some(60_000)).await?;
    let stop = session.stop.ok_or("the session is not stopped")?;
    say("stop", json!({ "state": session.state, "reason": stop.reason, "signalsSent": stop.signals_sent, "survivors": stop.survivors }));
    say("events", json!({ "types": types_of(&events_of(gateway, id).await?) }));
    let logs = sessions_api::list_log_lines(gateway, id, None, None, None, None, None, None).await?;
    let lines: Vec<String> = logs.items.iter().map(|line| format!("{} {}", line.stream, line.line)).collect();
    say("logs", json!({ "lines": lines }));
    Ok(())
}

async fn problem(call: &Value) -> Option<Problem> {
    let text = |name: &str| call[name].as_str();
    let gateway = connect(text("url")?, text("token")?);
    match text("operation")? {
        "launchSession" => {
            let request = serde_json::from_value(call["request"].clone()).ok()?;
            let wait_ms = call["waitMs"].as_i64().and_then(|ms| ms.try_into().ok());
            problem_of(sessions_api::launch_session(&gateway, request, wait_ms, text("idempotencyKey")).await)
        }
        "getApp" => problem_of(apps_api::get_app(&gateway, "nobody").await),
        "getSession" => problem_of(sessions_api::get_session(&gateway, 99).await),
        "getProblemType" => problem_of(meta_api::get_problem_type(&gateway, "nonsense").await),
        "listEvents" => problem_of(events_api::list_events(&gateway, Some("other.1"), None, None, None, None, None, None, None).await),
        _ => None,
    }
}

async fn tomorrow(gateway: &Configuration) -> Outcome<()> {
    let stop = sessions_api::get_session(gateway, 1).await?.stop.ok_or("the session is not stopped")?;
    let events = events_of(gateway, 1).await?;
    let problem = problem_of(sessions_api::get_session(gateway, 99).await).ok_or("no problem")?;
    say("tomorrow", json!({
        "ids": list_all(gateway, "team=a").await?,
        "state": sessions_api::get_session(gateway, 2).await?.state,
        "reason": stop.reason,
        "types": types_of(&events),
        "withSession": events.iter().filter(|event| event.session.is_some()).count(),
        "code": problem.code,
    }));
    Ok(())
}

fn types_of(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.r#type.as_str()).collect()
}

fn tell(problem: Problem) {
    let exit_code = problem.session.and_then(|session| session.stop).and_then(|stop| stop.exit_code);
    let pointer = problem.errors.as_deref().and_then(<[_]>::first).map(|fault| fault.pointer.clone());
    say("problem", json!({
        "status": problem.status, "code": problem.code, "pointer": pointer, "exitCode": exit_code, "logTail": problem.log_tail
    }));
}

fn say(step: &str, mut line: Value) {
    line["step"] = json!(step);
    println!("{line}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<()> {
    let [_, url, later, token] = <[String; 4]>::try_from(args().collect::<Vec<_>>()).expect("three arguments");
    let gateway = connect(&url, &token);
    let calls: Vec<Value> = serde_json::from_str(&read_to_string("calls.json")?)?;
    for call in &calls {
        tell(problem(call).await.ok_or("no problem")?);
    }
    life(&gateway).await?;
    tomorrow(&connect(&later, &token)).await
}
