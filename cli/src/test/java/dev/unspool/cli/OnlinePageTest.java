// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stream that runs says over HTTP. */
final class OnlinePageTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  @TempDir Path folder;

  @AfterAll
  static void end() {
    HTTP.close();
  }

  private LiveStream stream(Object... more) throws IOException {
    return new LiveStream(StreamData.words(folder.resolve("run"), more));
  }

  private static HttpResponse<String> ask(String method, URI address) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(address).method(method, BodyPublishers.noBody()).build(),
        BodyHandlers.ofString());
  }

  /** The events of a stream, one after the other. */
  private static final class Events implements AutoCloseable {
    private final BufferedReader lines;
    private String name = "";
    private JsonObject data = new JsonObject();

    Events(URI address) throws Exception {
      var answer = HTTP.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofInputStream());
      assertEquals(200, answer.statusCode());
      assertEquals("text/event-stream", answer.headers().firstValue("Content-Type").orElse(""));
      lines = new BufferedReader(new InputStreamReader(answer.body(), UTF_8));
    }

    /** Reads the next one; false at the end. */
    boolean next() throws IOException {
      String event = lines.readLine();
      if (event == null) {
        return false;
      }
      assertTrue(event.startsWith("event: "), event);
      name = event.substring("event: ".length());
      String line = String.valueOf(lines.readLine());
      assertTrue(line.startsWith("data: "), line);
      data = CommandRun.json(line.substring("data: ".length()));
      assertEquals("", lines.readLine());
      return true;
    }

    /** Reads until so many records were told of. */
    void awaitRecords(long records) throws IOException {
      while (!name.equals("told") || records() < records) {
        assertTrue(next(), "ended");
      }
    }

    long records() {
      return data.getAsJsonObject("status").get("records").getAsLong();
    }

    @Override
    public void close() throws IOException {
      lines.close();
    }
  }

  @Test
  void eventsTellWhatComesAndWhoComesLateWhatHasCome() throws Exception {
    List<String> lines = StreamData.csv(60, 0);
    try (LiveStream stream = stream("--time", "at")) {
      stream.feed(lines.subList(0, 31));
      try (var first = new Events(stream.at("/events"))) {
        assertTrue(first.next());
        assertEquals("begin", first.name);
        assertEquals("[\"load\"]", first.data.get("targets").toString());
        first.awaitRecords(30);
        stream.feed(lines.subList(31, 61));
        first.awaitRecords(60);
        try (var late = new Events(stream.at("/events"))) {
          assertTrue(late.next());
          assertEquals("begin", late.name);
          var rows = new ArrayList<Long>();
          while (late.data.get("seen") == null || late.records() < 60) {
            assertTrue(late.next());
            late.data
                .getAsJsonArray("seen")
                .forEach(
                    seen ->
                        seen.getAsJsonObject()
                            .getAsJsonArray("rows")
                            .forEach(row -> rows.add(row.getAsLong())));
          }
          assertTrue(rows.size() > 20, rows::toString);
          assertTrue(rows.getFirst() < 30 && rows.getLast() >= 50, rows::toString);
          assertEquals(rows.stream().sorted().distinct().toList(), rows);
        }
        stream.close();
        while (first.next()) {
          assertTrue(first.records() >= 60);
        }
      }
    }
  }

  @Test
  void whatWasSaidStandsBesideWhatCame() throws Exception {
    List<String> lines = StreamData.csv(40, 0);
    List<JsonObject> answers =
        StreamRun.succeeds(
                StreamData.text(lines),
                StreamData.words(folder.resolve("whole"), "--horizon", "1,3"))
            .json();
    int compared = 0;
    try (LiveStream stream = stream("--horizon", "1,3")) {
      stream.feed(lines);
      try (var events = new Events(stream.at("/events"))) {
        while (!events.name.equals("told") || events.records() < 40) {
          assertTrue(events.next());
          if (!events.name.equals("told")) {
            continue;
          }
          for (JsonElement each : events.data.getAsJsonArray("seen")) {
            JsonObject seen = each.getAsJsonObject();
            JsonObject target = seen.getAsJsonArray("targets").get(0).getAsJsonObject();
            for (int i = 0; i < seen.getAsJsonArray("rows").size(); i++) {
              int row = seen.getAsJsonArray("rows").get(i).getAsInt();
              for (int horizon = 0; horizon < 2; horizon++) {
                int ahead = 1 + 2 * horizon;
                JsonElement said =
                    target
                        .getAsJsonArray("horizons")
                        .get(horizon)
                        .getAsJsonObject()
                        .getAsJsonArray("prediction")
                        .get(i);
                if (row < ahead) {
                  assertTrue(said.isJsonNull(), "nothing was said of row " + row);
                  continue;
                }
                double expected =
                    answers
                        .get(row - ahead)
                        .getAsJsonObject("predictions")
                        .getAsJsonObject("load")
                        .get(String.valueOf(ahead))
                        .getAsDouble();
                assertEquals(expected, said.getAsDouble(), 1e-5 * Math.abs(expected), "row " + row);
                compared++;
              }
            }
          }
        }
      }
    }
    assertTrue(compared > 20, "compared " + compared);
  }

  @Test
  void figuresAreInTheFormatOfPrometheus() throws Exception {
    String odd = "lo\"ad\\ü";
    var lines = new ArrayList<String>(List.of("\"" + odd.replace("\"", "\"\"") + "\""));
    for (int i = 0; i < 40; i++) {
      lines.add(i == 20 ? "x" : String.valueOf(i % 7));
    }
    try (LiveStream stream =
        new LiveStream(
            "--target",
            "\"" + odd.replace("\"", "\"\"") + "\"",
            "--hidden",
            4,
            "--k2",
            5,
            "--warm-up",
            6,
            "--horizon",
            "1,2",
            "--out",
            folder.resolve("run"))) {
      stream.feed(lines);
      try (var events = new Events(stream.at("/events"))) {
        events.awaitRecords(40);
      }
      HttpResponse<String> answer = ask("GET", stream.at("/metrics"));
      assertEquals(
          "text/plain; version=0.0.4; charset=utf-8",
          answer.headers().firstValue("Content-Type").orElse(""));
      Map<String, Double> samples = PrometheusText.parse(answer.body());
      assertEquals(40, samples.get("unspool_records_total"));
      assertEquals(1, samples.get("unspool_unusable_records_total"));
      assertEquals(39, samples.get("unspool_predictions_total"));
      assertEquals(1, samples.get("unspool_healthy"));
      assertEquals(0, samples.get("unspool_incidents_total{kind=gradient}"));
      assertEquals(0, samples.get("unspool_snapshot_failing"));
      assertTrue(samples.getOrDefault("unspool_snapshot_age_seconds", -1.0) >= 0);
      assertTrue(samples.getOrDefault("unspool_last_record_age_seconds", -1.0) >= 0);
      assertTrue(samples.getOrDefault("unspool_heap_used_bytes", -1.0) > 1e6);
      for (int ahead : List.of(1, 2)) {
        String of = "ahead=%s, forecaster=%s, over=%s, target=%s";
        for (String forecaster : List.of("model", "persistence")) {
          String labels = of.formatted(ahead, forecaster, "total", odd);
          assertTrue(
              samples.getOrDefault("unspool_mean_absolute_error{" + labels + "}", 0.0) > 0,
              () -> labels + " in " + samples);
        }
      }
    }
  }

  @Test
  void aPageIsOneFileThatAsksForNothingElse() throws Exception {
    try (LiveStream stream = stream()) {
      stream.feed(StreamData.csv(5, 0));
      HttpResponse<String> page = ask("GET", stream.at("/"));
      assertEquals(200, page.statusCode());
      assertTrue(page.body().contains("uPlot"));
      assertFalse(page.body().matches("(?s).*<(script|link|img)[^>]* (src|href)=\"(?!data:).*"));
      String policy = page.headers().firstValue("Content-Security-Policy").orElse("");
      assertTrue(policy.startsWith("default-src 'none'"), policy);
      assertTrue(policy.contains("frame-ancestors 'none'"), policy);
      assertEquals("nosniff", page.headers().firstValue("X-Content-Type-Options").orElse(""));
      HttpResponse<String> head = ask("HEAD", stream.at("/"));
      assertEquals("", head.body());
      assertEquals(
          page.headers().firstValue("Content-Length"), head.headers().firstValue("Content-Length"));
      JsonObject health = CommandRun.json(ask("GET", stream.at("/health")).body());
      assertTrue(health.get("ok").getAsBoolean(), health::toString);
    }
  }

  @Test
  void nothingElseIsThereAndNothingElseCanBeDone() throws Exception {
    try (LiveStream stream = stream()) {
      stream.feed(StreamData.csv(5, 0));
      for (String path :
          List.of("/x", "/index.html", "/events/", "/%2e%2e/config.json", "/health/../x")) {
        HttpResponse<String> answer = ask("GET", stream.at(path));
        assertEquals(404, answer.statusCode(), path);
        assertEquals(1, answer.body().lines().count(), path);
      }
      for (String method : List.of("POST", "PUT", "DELETE", "OPTIONS", "TRACE1")) {
        HttpResponse<String> answer = ask(method, stream.at("/"));
        assertEquals(405, answer.statusCode(), method);
        assertEquals("GET, HEAD", answer.headers().firstValue("Allow").orElse(""), method);
      }
      int port = stream.at("/").getPort();
      for (String host : List.of("127.0.0.1:" + port, "localhost", "LOCALHOST:1", "[::1]:80")) {
        assertEquals("200", raw(port, "GET /health HTTP/1.1\r\nHost: " + host), host);
      }
      for (String host :
          List.of("evil.example:" + port, "localhost.evil.example", "127.0.0.1.evil.example", "")) {
        assertEquals("403", raw(port, "GET /health HTTP/1.1\r\nHost: " + host), host);
      }
      assertEquals("400", raw(port, "GET /health HTTP/1.0"));
      assertEquals("404", raw(port, "GET /../../etc/passwd HTTP/1.1\r\nHost: localhost"));
    }
  }

  /** Sends a request as it is; the status of what comes back. */
  private static String raw(int port, String request) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write((request + "\r\nConnection: close\r\n\r\n").getBytes(UTF_8));
      var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      return String.valueOf(in.readLine()).split(" ")[1];
    }
  }

  @Test
  void aPortThatIsTakenIsSaidBeforeAnythingHappens() throws IOException {
    Path run = folder.resolve("run");
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String line = StreamRun.fails(2, "", StreamData.words(run, "--http", taken.getLocalPort()));
      CommandRun.says(line, "--http " + taken.getLocalPort(), "choose another port");
    }
    for (String wrong : List.of("x", "70000", "-1", "localhost:", "a:b:1")) {
      String line = StreamRun.fails(2, "", StreamData.words(run, "--http=" + wrong));
      CommandRun.says(line, "--http takes a port", wrong);
    }
    assertFalse(Files.exists(run));
  }
}
