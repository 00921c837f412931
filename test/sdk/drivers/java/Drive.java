import com.example.weft.ApiClient;
import com.example.weft.ApiException;
import com.example.weft.api.AppsApi;
import com.example.weft.api.EventsApi;
import com.example.weft.api.MetaApi;
import com.example.weft.api.SessionsApi;
import com.example.weft.model.Event;
import com.example.weft.model.EventPage;
import com.example.weft.model.LaunchRequest;
import com.example.weft.model.LogLine;
import com.example.weft.model.Problem;
import com.example.weft.model.Session;
import com.example.weft.model.SessionPage;
import com.example.weft.model.Stop;
import com.example.weft.model.WaitTarget;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

public final class Drive {
  private final ApiClient client;
  private final SessionsApi sessions;
  private final EventsApi events;

  private Drive(String url, String token) {
    client = connect(url, token);
    sessions = new SessionsApi(client);
    events = new EventsApi(client);
  }

  static ApiClient connect(String url, String token) {
    ApiClient client = new ApiClient();
    client.updateBaseUri(url);
    client.setRequestInterceptor(request -> request.header("Authorization", "Bearer " + token));
    return client;
  }

  List<Long> listAll(String label) throws ApiException {
    List<Long> ids = new ArrayList<>();
    String cursor = null;
    do {
      SessionPage page = sessions.listSessions(null, null, List.of(label), null, null, null, null, 2, cursor);
      for (Session session : page.getItems()) ids.add(session.getId());
      cursor = page.getNextCursor();
    } while (cursor != null);
    return ids;
  }

  List<Event> eventsOf(long id) throws ApiException {
    List<Event> all = new ArrayList<>();
    String since = null;
    EventPage page;
    do {
      page = events.listEvents(since, null, null, null, List.of(id), null, null, 2);
      all.addAll(page.getItems());
      since = page.getCursor();
    } while (!page.getItems().isEmpty());
    return all;
  }

  Problem problemOf(ApiException exception) throws JsonProcessingException {
    return client.getObjectMapper().readValue(exception.getResponseBody(), Problem.class);
  }

  public static void main(String[] args) throws Exception {
    String url = args[0];
    String token = args[2];
    Drive drive = new Drive(url, token);
    Call[] calls = drive.client.getObjectMapper().readValue(Path.of("calls.json").toFile(), Call[].class);
    for (Call call : calls) drive.problem(call);
    drive.life();
    new Drive(args[1], token).tomorrow();
  }

  private void life() throws Exception {
    LaunchRequest request = new LaunchRequest().appId("steady").labels(Map.of("team", "a"));
    Session session = sessions.launchSession(request, 60_000, null);
    long id = session.getId();
    say("launch", "id", id, "appId", session.getAppId(), "state", session.getState(), "team", session.getLabels().get("team"));
    say("read", "id", sessions.getSession(id).getId(), "state", sessions.getSession(id).getState());
    say("wait", "state", sessions.waitForSession(id, WaitTarget.READY, 60_000).getState());
    for (int n = 0; n < 2; n++) sessions.launchSession(new LaunchRequest().appId("slow").labels(Map.of("team", "a")), null, null);
    say("list", "ids", listAll("team=a"));
    Session stopped = sessions.stopSession(id, null, 60_000);
    Stop stop = Objects.requireNonNull(stopped.getStop());
    say("stop", "state", stopped.getState(), "reason", stop.getReason(), "signalsSent", stop.getSignalsSent(), "survivors", stop.getSurvivors());
    say("events", "types", eventsOf(id).stream().map(Event::getType).toList());
    List<LogLine> lines = sessions.listLogLines(id, null, null, null, null, null, null).getItems();
    say("logs", "lines", lines.stream().map(line -> line.getStream() + " " + line.getLine()).toList());
  }

  private record Call(String operation, String url, String token, LaunchRequest request, String idempotencyKey, Integer waitMs) {
    Object run() throws ApiException {
      ApiClient client = connect(url, token);
      return switch (operation) {
        case "launchSession" -> new SessionsApi(client).launchSession(request, waitMs, idempotencyKey);
        case "getApp" -> new AppsApi(client).getApp("nobody");
        case "getSession" -> new SessionsApi(client).getSession(99L);
        case "getProblemType" -> new MetaApi(client).getProblemType("nonsense");
        case "listEvents" -> new EventsApi(client).listEvents("other.1", null, null, null, null, null, null, null);
        default -> throw new IllegalArgumentException(operation);
      };
    }
  }

  private void tomorrow() throws Exception {
    Stop stop = Objects.requireNonNull(sessions.getSession(1L).getStop());
    List<Event> all = eventsOf(1);
    String code = "";
    try {
      sessions.getSession(99L);
    } catch (ApiException exception) {
      code = problemOf(exception).getCode();
    }
    say("tomorrow", "ids", listAll("team=a"), "state", sessions.getSession(2L).getState(), "reason", stop.getReason(),
        "types", all.stream().map(Event::getType).toList(),
        "withSession", all.stream().filter(event -> event.getSession() != null).count(), "code", code);
  }

  private void problem(Call call) throws Exception {
    try {
      call.run();
    } catch (ApiException exception) {
      Problem problem = problemOf(exception);
      Session session = problem.getSession();
      say("problem", "status", exception.getCode(), "code", problem.getCode(),
          "pointer", problem.getErrors() == null || problem.getErrors().isEmpty() ? null : problem.getErrors().get(0).getPointer(),
          "exitCode", session == null || session.getStop() == null ? null : session.getStop().getExitCode(),
          "logTail", problem.getLogTail() == null || problem.getLogTail().isEmpty() ? null : problem.getLogTail());
      return;
    }
    throw new IllegalStateException("no error");
  }

  private void say(String step, Object... members) throws JsonProcessingException {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("step", step);
    for (int n = 0; n < members.length; n += 2) line.put((String) members[n], members[n + 1]);
    System.out.println(client.getObjectMapper().writeValueAsString(line));
  }
}
