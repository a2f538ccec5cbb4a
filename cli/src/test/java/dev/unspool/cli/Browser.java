// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assumptions.abort;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Chromium without a window, driven through its driver by the WebDriver protocol: JSON over HTTP on
 * this machine, for which the JDK has everything.
 */
final class Browser implements AutoCloseable {
  /**
   * Shows each line of each chart alone, since others may lie on it, and names those whose colour
   * is not there.
   */
  static final String EACH_LINE_ALONE =
      """
      const missing = [];
      const drawn = () => new Promise(done => setTimeout(done));
      for (const chart of charts) {
        const show = shown => chart.u.series.forEach((one, at) => at > 0 && chart.u.setSeries(at, {show: shown(one.line)}));
        for (const [i, line] of chart.chart.lines.entries()) {
          show(at => at === i);
          await drawn();
          const canvas = chart.u.ctx.canvas;
          const pixels = chart.u.ctx.getImageData(0, 0, canvas.width, canvas.height).data;
          const [red, green, blue] = colour(line.colour).match(/\\d+/g).map(Number);
          let found = 0;
          for (let at = 0; at < pixels.length; at += 4) {
            const far = Math.abs(pixels[at] - red) + Math.abs(pixels[at + 1] - green) + Math.abs(pixels[at + 2] - blue);
            found += far < 30 && pixels[at + 3] > 60 ? 1 : 0;
          }
          if (found < 40) {
            missing.push(`${chart.chart.title}: ${line.name}: ${found} points`);
          }
        }
        show(() => true);
      }
      await drawn();
      return missing;
      """;

  private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");
  private static final Gson GSON = new Gson();
  private static final String DRIVER = "chromedriver";

  private final Process driver;
  private final HttpClient http = HttpClient.newHttpClient();
  private final String session;

  private Browser(Process driver, String server, List<String> options) throws IOException {
    this.driver = driver;
    JsonElement opened =
        send(
            "POST",
            server + "/session",
            Map.of(
                "capabilities",
                Map.of(
                    "alwaysMatch",
                    Map.of(
                        "goog:loggingPrefs",
                        Map.of("browser", "ALL", "performance", "ALL"),
                        "goog:chromeOptions",
                        Map.of("args", options)))));
    this.session = server + "/session/" + opened.getAsJsonObject().get("sessionId").getAsString();
  }

  /**
   * Starts it. Where there is none the test is skipped, unless the system property {@code
   * unspool.browser} says that it is {@code required}, as CI does.
   */
  static Browser start() throws IOException {
    if (!isInstalled()) {
      String missing =
          "no page was looked at: %s is not installed (on Debian: apt-get install chromium chromium-driver)"
              .formatted(DRIVER);
      if (System.getProperty("unspool.browser", "").equals("required")) {
        throw new IOException(missing);
      }
      abort(missing);
    }
    Process driver = new ProcessBuilder(DRIVER, "--port=0").redirectErrorStream(true).start();
    try {
      return new Browser(
          driver,
          "http://127.0.0.1:" + port(driver),
          List.of(
              "--headless=new",
              "--no-sandbox", // which root, as in a container, cannot have
              "--disable-gpu",
              "--disable-dev-shm-usage", // there is little of it in a container
              "--disable-background-networking",
              "--disable-component-update",
              "--hide-scrollbars"));
    } catch (IOException | RuntimeException e) {
      driver.destroy();
      throw e;
    }
  }

  private static boolean isInstalled() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, DRIVER)));
  }

  private static String port(Process driver) throws IOException {
    BufferedReader lines = driver.inputReader();
    var said = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Matcher port = PORT.matcher(line);
      if (port.find()) {
        return port.group(1);
      }
      said.append(line).append('\n');
    }
    throw new IOException(DRIVER + " ended: " + said);
  }

  /** Opens a file and waits until it is loaded. */
  void open(Path page) throws IOException {
    open(page.toUri());
  }

  /** The same with any address. */
  void open(URI page) throws IOException {
    send("POST", session + "/url", Map.of("url", page.toString()));
  }

  /** Runs a script, which says with {@code return} what it found. */
  JsonElement run(String script) throws IOException {
    return send("POST", session + "/execute/sync", Map.of("script", script, "args", List.of()));
  }

  /** The same with a script that waits, by {@code await}, for what it finds. */
  JsonElement await(String script) throws IOException {
    JsonElement found =
        send(
            "POST",
            session + "/execute/async",
            Map.of(
                "script",
                "const done = arguments[0]; (async () => { %s })().then(done, error => done('failed: ' + error.stack))"
                    .formatted(script),
                "args",
                List.of()));
    return found;
  }

  /** Waits until what was changed is drawn, whatever happens in between. */
  void drawn() throws IOException {
    JsonElement _ =
        await(
            "await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))");
  }

  /** Drags a mouse from one point of the window to another. */
  void drag(int fromX, int fromY, int toX, int toY) throws IOException {
    actions(
        "pointer",
        List.of(
            move(fromX, fromY),
            Map.of("type", "pointerDown", "button", 0),
            move((fromX + toX) / 2, toY),
            move(toX, toY),
            Map.of("type", "pointerUp", "button", 0)));
  }

  /** Moves a mouse to a point of the window. */
  void hover(int x, int y) throws IOException {
    actions("pointer", List.of(move(x, y)));
  }

  private static Map<String, Object> move(int x, int y) {
    return Map.of("type", "pointerMove", "duration", 0, "x", x, "y", y);
  }

  /**
   * Puts fingers onto a touch screen, moves and lifts them.
   *
   * @param from where each is put, across the window
   * @param to where each is moved
   * @param y how far down all of them are
   */
  void touch(List<Integer> from, List<Integer> to, int y) throws IOException {
    touch("touchStart", from, y);
    touch("touchMove", to, y);
    touch("touchEnd", List.of(), y);
    drawn();
  }

  private void touch(String event, List<Integer> fingers, int y) throws IOException {
    List<Map<String, Integer>> points =
        IntStream.range(0, fingers.size())
            .mapToObj(i -> Map.of("x", fingers.get(i), "y", y, "id", i))
            .toList();
    command("Input.dispatchTouchEvent", Map.of("type", event, "touchPoints", points));
  }

  /** Presses a key and lets it go, e.g. {@code \uE004} for the tabulator. */
  void press(String key) throws IOException {
    actions(
        "key",
        List.of(Map.of("type", "keyDown", "value", key), Map.of("type", "keyUp", "value", key)));
  }

  private void actions(String device, List<Map<String, Object>> actions) throws IOException {
    send(
        "POST",
        session + "/actions",
        Map.of("actions", List.of(Map.of("type", device, "id", device, "actions", actions))));
    drawn();
  }

  /** A command of the browser's own protocol. */
  JsonElement command(String name, Map<String, Object> parameters) throws IOException {
    return send("POST", session + "/goog/cdp/execute", Map.of("cmd", name, "params", parameters));
  }

  /** Makes the window that wide. */
  void width(int pixels) throws IOException {
    command(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", pixels, "height", 800, "deviceScaleFactor", 1, "mobile", pixels < 500));
  }

  /** What the system would prefer: {@code light} or {@code dark}. */
  void prefer(String theme) throws IOException {
    command(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", theme))));
  }

  /** What the console says, and forgets. */
  JsonArray console() throws IOException {
    return log("browser");
  }

  /** The addresses that were asked for since it was asked the last time. */
  List<String> requests() throws IOException {
    return log("performance").asList().stream()
        .map(
            entry ->
                GSON.fromJson(
                        entry.getAsJsonObject().get("message").getAsString(), JsonObject.class)
                    .getAsJsonObject("message"))
        .filter(message -> message.get("method").getAsString().equals("Network.requestWillBeSent"))
        .map(
            message ->
                message
                    .getAsJsonObject("params")
                    .getAsJsonObject("request")
                    .get("url")
                    .getAsString())
        .toList();
  }

  private JsonArray log(String type) throws IOException {
    return send("POST", session + "/se/log", Map.of("type", type)).getAsJsonArray();
  }

  /** A picture of the whole page. */
  byte[] picture() throws IOException {
    JsonObject shot =
        command("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true))
            .getAsJsonObject();
    return Base64.getDecoder().decode(shot.get("data").getAsString());
  }

  private JsonElement send(String method, String address, Object body) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(GSON.toJson(body)))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      JsonElement value = GSON.fromJson(answer.body(), JsonObject.class).get("value");
      if (answer.statusCode() != 200) {
        throw new IOException("%s: %s".formatted(address.replaceAll(".*/", ""), value));
      }
      return Objects.requireNonNullElse(value, JsonNull.INSTANCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      send("DELETE", session, Map.of());
    } finally {
      http.close();
      driver.destroy();
    }
  }
}
