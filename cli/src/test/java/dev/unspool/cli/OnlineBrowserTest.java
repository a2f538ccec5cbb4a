// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The page of a stream as Chromium shows it while records come. With {@code
 * -Dunspool.screenshots=FOLDER} it leaves pictures there.
 */
final class OnlineBrowserTest {
  @TempDir static Path folder = Path.of("");
  private static Browser browser;

  @BeforeAll
  static void begin() throws IOException {
    browser = Browser.start();
  }

  @AfterAll
  static void end() throws IOException {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void settle() throws IOException {
    browser.open(URI.create("about:blank")); // what a page before asks for is not asked by this one
    browser.width(1200);
    browser.prefer("light");
    browser.console();
    browser.requests();
  }

  private static LiveStream stream(String name, Object... more) throws IOException {
    var words =
        new ArrayList<Object>(
            List.of("--target", "load", "--time", "at", "--horizon", "1,3", "--hidden", 4));
    words.addAll(List.of("--k2", 5, "--warm-up", 6, "--season", 4, "--out", folder.resolve(name)));
    words.addAll(List.of(more));
    return new LiveStream(words.toArray());
  }

  /** Records of a load that comes and goes, with noise and holes. */
  private static List<String> records(int from, int to) {
    var lines = new ArrayList<String>();
    if (from == 0) {
      lines.add("at,host,load");
    }
    for (int i = from; i < to; i++) {
      var random = new Random(i);
      lines.add(
          String.format(
              Locale.ROOT,
              "2024-03-%02dT%02d:%02d:00Z,h%s,%s",
              1 + i / 1440,
              i / 60 % 24,
              i % 60,
              i % 3,
              i % 29 == 7
                  ? ""
                  : String.format(
                      Locale.ROOT, "%.3f", 50 + 9 * Math.sin(0.2 * i) + random.nextGaussian())));
    }
    return lines;
  }

  /** Waits until the page has drawn so many records. */
  private static void awaitRecords(long records) throws IOException {
    browser.await(
        "while (Number(document.documentElement.dataset.told || 0) < %s) { await new Promise(done => setTimeout(done, 50)); }"
            .formatted(records));
    browser.drawn();
  }

  @ParameterizedTest
  @CsvSource({"light,1200", "dark,1200", "light,360", "dark,360"})
  void linesAreDrawnAndGrowAsRecordsComeAndNothingElseIsAskedFor(String theme, int width)
      throws IOException {
    browser.width(width);
    browser.prefer(theme);
    try (LiveStream stream = stream(theme + width)) {
      stream.feed(records(0, 300));
      browser.open(stream.at("/"));
      awaitRecords(300);
      double before = number("return charts[0].u.data[0].length");
      assertTrue(before > 10, "rows: " + before);
      stream.feed(records(300, 400));
      awaitRecords(400);
      stream.feed(records(400, 410));
      awaitRecords(410);
      assertTrue(number("return charts[0].u.data[0].length") > before);
      assertTrue(number("return charts[1].u.data[0].length") >= 2);
      assertEquals(4, number("return charts.length"));
      assertEquals(width, number("return document.documentElement.scrollWidth"));
      assertEquals("[]", browser.console().toString());
      assertEquals(
          List.of(stream.at("/").toString(), stream.at("/events").toString()),
          browser.requests().stream().filter(address -> !address.startsWith("data:")).toList());
      boolean dark =
          number(
                  "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number).reduce((a, b) => a + b)")
              < 200;
      assertEquals(theme.equals("dark"), dark);
      keep("live-%s-%s".formatted(theme, width));
      JsonArray missing = browser.await(Browser.EACH_LINE_ALONE).getAsJsonArray();
      assertEquals("[]", missing.toString());
    }
  }

  @Test
  void keysAndHorizonsCanBeChosenAndWhatIsZoomedStays() throws IOException {
    try (LiveStream stream = stream("keys", "--key", "host")) {
      stream.feed(records(0, 300));
      browser.open(stream.at("/"));
      awaitRecords(300);
      String before = text("return JSON.stringify(charts[0].u.data[2])");
      select(0, 1);
      assertNotEquals(before, text("return JSON.stringify(charts[0].u.data[2])"), "3 ahead");
      before = text("return JSON.stringify(charts[0].u.data[1])");
      select(1, 2);
      assertNotEquals(before, text("return JSON.stringify(charts[0].u.data[1])"), "another host");
      browser.run("charts[0].zoom(0.5)");
      browser.drawn();
      double from = number("return charts[0].u.scales.x.min");
      double to = number("return charts[0].u.scales.x.max");
      stream.feed(records(300, 330));
      awaitRecords(330);
      assertEquals(from, number("return charts[0].u.scales.x.min"), 1e-9);
      assertEquals(to, number("return charts[0].u.scales.x.max"), 1e-9);
      assertEquals("[]", browser.console().toString());
    }
  }

  @Test
  void anEndIsSaid() throws IOException {
    try (LiveStream stream = stream("end")) {
      stream.feed(records(0, 40));
      browser.open(stream.at("/"));
      awaitRecords(40);
    }
    browser.await(
        "while (!document.querySelector('.notice').textContent.startsWith('Not connected')) { await new Promise(done => setTimeout(done, 50)); }");
  }

  @Test
  void whateverNamesAreNothingOfThemIsRun() throws IOException {
    String name = "</script><img src=x onerror='window.hacked = 1'><b>";
    try (LiveStream stream =
        new LiveStream(
            "--target",
            name,
            "--key",
            "host",
            "--hidden",
            4,
            "--k2",
            5,
            "--warm-up",
            6,
            "--out",
            folder.resolve("odd"))) {
      var lines = new ArrayList<String>(List.of("\"" + name + "\",host"));
      for (int i = 0; i < 40; i++) {
        lines.add(i % 5 + ",\"" + name + i % 2 + "\"");
      }
      stream.feed(lines);
      browser.open(stream.at("/"));
      awaitRecords(40);
      assertEquals("null", browser.run("return window.hacked ?? null").toString());
      assertEquals(0, number("return document.querySelectorAll('img').length"));
      assertTrue(text("return document.querySelector('.model').textContent").startsWith(name));
      assertEquals("[]", browser.console().toString());
    }
  }

  private static void select(int number, int option) throws IOException {
    browser.run(
        "const select = document.querySelectorAll('select')[%s]; select.selectedIndex = %s; select.dispatchEvent(new Event('change'))"
            .formatted(number, option));
    browser.drawn();
  }

  private static double number(String script) throws IOException {
    return browser.run(script).getAsDouble();
  }

  private static String text(String script) throws IOException {
    return browser.run(script).getAsString();
  }

  private static void keep(String name) throws IOException {
    String pictures = System.getProperty("unspool.screenshots");
    if (pictures != null) {
      Files.createDirectories(Path.of(pictures));
      Files.write(Path.of(pictures, name + ".png"), browser.picture());
    }
  }
}
