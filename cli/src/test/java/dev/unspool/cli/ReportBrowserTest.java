// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.succeeds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Pages as Chromium shows them. With {@code -Dunspool.screenshots=FOLDER} it leaves pictures of
 * them there.
 */
final class ReportBrowserTest {
  private static final int ROWS = 400;

  private static final String TAB = "\uE004";
  private static final String ENTER = "\uE007";
  @TempDir static Path folder = Path.of("");
  private static Browser browser;
  private static Path one = Path.of("");
  private static Path two = Path.of("");
  private static Path odd = Path.of("");

  @BeforeAll
  static void begin() throws IOException {
    browser = Browser.start();
    Path table = TinyData.table(folder);
    one = shown(table, "wave", folder.resolve("gru"), 1);
    Path other = shown(table, "wave", folder.resolve("lstm"), 1.3);
    two = folder.resolve("two.html");
    succeeds("report", one.resolveSibling(""), other.resolveSibling(""), "--out", two);
    String name = "</script><img src=x onerror='window.hacked = 1'><b>";
    Path hostile =
        Files.writeString(
            folder.resolve("hostile.csv"),
            Files.readString(table).replace("wave", "\"" + name + "\""));
    odd = shown(hostile, name, folder.resolve("<i>odd"), 1);
  }

  @AfterAll
  static void end() throws IOException {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void settle() throws IOException {
    browser.width(1200);
    browser.prefer("light");
    browser.console();
    browser.requests();
  }

  /** A page about a quick training that has everything that there can be in its folder. */
  private static Path shown(Path table, String target, Path run, double factor) throws IOException {
    String column = "\"" + target + "\"";
    succeeds(
        TinyData.quick(
            "train",
            "--csv",
            table,
            "--target",
            column,
            "--out",
            run,
            "--seed",
            (int) (10 * factor)));
    var lines = new ArrayList<String>(List.of("time,target,horizon,truth,prediction,lower,upper"));
    for (int horizon : List.of(1, 24)) {
      for (int t = 0; t < ROWS; t++) {
        if (t < 200 || t >= 210) { // a hole in the table
          double truth = 50 + 20 * Math.sin(0.26 * t) + 10 * Math.cos(0.037 * t);
          double said = truth + factor * (2 + 0.2 * horizon) * Math.sin(1.7 * t);
          double band = factor * (4 + 0.3 * horizon);
          String time =
              LocalDateTime.of(2024, 3, 1, 0, 0).plusHours(t).toString().replace('T', ' ');
          lines.add(
              "%s,%s,%s,%s,%s,%s,%s"
                  .formatted(
                      time,
                      column,
                      horizon,
                      t % 97 == 5 ? "" : truth,
                      said,
                      said - band,
                      said + band));
        }
      }
    }
    Files.write(run.resolve("predictions.csv"), lines);
    String horizons =
        IntStream.rangeClosed(1, 24)
            .mapToObj(
                h ->
                    String.format(
                        Locale.ROOT,
                        "{\"horizon\":%s,\"rows\":9,\"rmse\":%s,\"mae\":1,\"mase\":%s,\"persistence_rmse\":%s,\"seasonal_rmse\":%s,\"linear_rmse\":%s}",
                        h,
                        factor * Math.pow(h, 0.3),
                        0.7 * factor * Math.pow(h, 0.3),
                        1.4 * Math.pow(h, 0.5),
                        2.5,
                        1.2 * Math.pow(h, 0.35)))
            .collect(Collectors.joining(","));
    JsonObject figures = CommandRun.json(Files.readString(run.resolve("metrics.json")));
    figures.remove("crc32c");
    figures
        .getAsJsonObject("test")
        .getAsJsonObject("targets")
        .getAsJsonObject(target)
        .add("horizons", CommandRun.json("{\"h\":[" + horizons + "]}").get("h"));
    Files.writeString(run.resolve("metrics.json"), figures.toString());
    Files.write(
        run.resolve("metrics.jsonl"),
        IntStream.rangeClosed(1, 500)
            .mapToObj(
                u ->
                    "{\"update\":%s,\"step\":%s,\"epoch\":1,\"loss\":%s,%s\"gradient_norm\":%s,\"rate\":%s}"
                        .formatted(
                            u,
                            40 * u,
                            0.3 + factor * Math.exp(-u / 90.0) * (1 + 0.1 * Math.sin(7 * u)),
                            u % 25 == 0
                                ? "\"validation\":%s,"
                                    .formatted(0.4 + factor * Math.exp(-u / 100.0))
                                : "",
                            u % 100 == 7
                                ? 0
                                : 0.05 + Math.abs(Math.sin(3 * u)) * Math.exp(-u / 200.0),
                            0.005 * Math.exp(-u / 300.0)))
            .toList());
    succeeds("report", run);
    return run.resolve("report.html");
  }

  @ParameterizedTest
  @CsvSource({
    "light,1200,one",
    "dark,1200,one",
    "light,360,one",
    "dark,360,one",
    "light,1200,two",
    "dark,1200,two",
    "light,360,two",
    "dark,360,two"
  })
  void everyLineOfEveryChartIsDrawnAndNothingIsAskedFor(String theme, int width, String which)
      throws IOException {
    browser.width(width);
    browser.prefer(theme);
    Path page = which.equals("one") ? one : two;
    browser.open(page);
    browser.drawn();
    assertEquals("yes", text("return document.documentElement.dataset.drawn"));
    assertEquals("[]", browser.console().toString());
    assertEquals(List.of(page.toUri().toString()), browser.requests());
    assertEquals(
        width, number("return document.documentElement.scrollWidth"), "nothing sticks out");
    JsonArray missing = browser.await(Browser.EACH_LINE_ALONE).getAsJsonArray();
    assertEquals("[]", missing.toString());
    assertEquals(5, number("return charts.length"));
    boolean dark =
        number(
                "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number).reduce((a, b) => a + b)")
            < 200;
    assertEquals(theme.equals("dark"), dark);
    keep("%s-%s-%s".formatted(which, theme, width));
  }

  @Test
  void draggingZoomsAndTheButtonsAndTheStripDoToo() throws IOException {
    browser.open(one);
    browser.drawn();
    double all = seen(0);
    JsonObject plot = box("charts[0].u.over");
    int y = at(plot, "top", 0.5);
    browser.drag(at(plot, "left", 0.25), y, at(plot, "left", 0.5), y);
    double quarter = seen(0);
    assertEquals(0.25, quarter / all, 0.01);
    JsonObject strip =
        box("charts[0].over.select.width && charts[0].strip.querySelector('.u-select')");
    assertEquals(
        0.25,
        strip.get("width").getAsDouble() / box("charts[0].over.over").get("width").getAsDouble(),
        0.01);
    click("Zoom in");
    assertEquals(0.5, seen(0) / quarter, 0.01);
    double from = number("return charts[0].u.scales.x.min");
    click("Later");
    assertEquals(from + seen(0) / 2, number("return charts[0].u.scales.x.min"), 1);
    click("Zoom out");
    assertEquals(1, seen(0) / quarter, 0.01);
    click("Show all");
    assertEquals(all, seen(0), 1);
    JsonObject whole = box("charts[0].over.over");
    int middle = at(whole, "top", 0.5);
    browser.drag(at(whole, "left", 0.1), middle, at(whole, "left", 0.2), middle);
    assertEquals(0.1, seen(0) / all, 0.01);
    double before = seen(0);
    browser.width(700);
    browser.drawn();
    browser.width(1000);
    browser.drawn();
    assertEquals(before, seen(0), 1, "another width shows the same");
    JsonObject window = box("charts[0].strip.querySelector('.u-select')");
    whole = box("charts[0].over.over");
    assertEquals(0.1, window.get("width").getAsDouble() / whole.get("width").getAsDouble(), 0.01);
    assertEquals(at(whole, "left", 0.1), window.get("left").getAsDouble(), 2);
    plot = box("charts[0].u.over");
    assertEquals(plot.get("left").getAsDouble(), whole.get("left").getAsDouble(), 1);
    assertEquals(plot.get("right").getAsDouble(), whole.get("right").getAsDouble(), 1);
    assertEquals("[]", browser.console().toString());
  }

  @Test
  void twoFingersZoomAndOneMoves() throws IOException {
    browser.width(400);
    browser.open(one);
    browser.drawn();
    double all = seen(0);
    JsonObject plot = box("charts[0].u.over");
    int y = at(plot, "top", 0.5);
    browser.touch(
        List.of(at(plot, "left", 0.4), at(plot, "left", 0.6)),
        List.of(at(plot, "left", 0.3), at(plot, "left", 0.7)),
        y);
    assertEquals(0.5, seen(0) / all, 0.03);
    double from = number("return charts[0].u.scales.x.min");
    browser.touch(List.of(at(plot, "left", 0.75)), List.of(at(plot, "left", 0.5)), y);
    assertEquals(0.25, (number("return charts[0].u.scales.x.min") - from) / seen(0), 0.03);
    assertEquals(0.5, seen(0) / all, 0.03);
    assertEquals("[]", browser.console().toString());
  }

  @Test
  void theLegendShowsWhatIsUnderTheCursorAndHidesLines() throws IOException {
    browser.open(one);
    browser.drawn();
    JsonObject plot = box("charts[0].u.over");
    browser.hover(at(plot, "left", 0.25), at(plot, "top", 0.5));
    assertTrue(
        text("return charts[0].at.textContent").matches("2024-03-0\\d \\d\\d:00"),
        text("return charts[0].at.textContent"));
    assertTrue(text("return charts[0].values[1].textContent").matches("\\d\\d\\.\\d+"));
    browser.run("charts[0].legend.querySelectorAll('button')[1].click()");
    assertEquals(
        "false",
        text("return charts[0].legend.querySelectorAll('button')[1].getAttribute('aria-pressed')"));
    assertEquals(
        "[true,true,false,false,false]",
        browser.run("return charts[0].u.series.map(one => one.show !== false)").toString());
  }

  @Test
  void whatIsMissingIsAGap() throws IOException {
    browser.open(one);
    assertEquals(
        "null",
        browser
            .run(
                "const u = charts[0].u; return u.data[2][u.data[0].indexOf(Date.UTC(2024, 2, 9, 8))]")
            .toString(),
        "the hole");
    assertEquals("null", browser.run("return charts[0].u.data[1][5]").toString(), "no truth");
    assertNotEquals(
        "null", browser.run("return charts[0].u.data[2][5]").toString(), "but a prediction");
  }

  @Test
  void anotherHorizonAndAnotherMeasureCanBeChosenAndHeightsBeLogarithmic() throws IOException {
    browser.open(one);
    String before = text("return String(charts[0].u.data[2][3])");
    browser.run(
        "const select = document.querySelectorAll('select')[0]; select.selectedIndex = 1; select.dispatchEvent(new Event('change'))");
    assertNotEquals(before, text("return String(charts[0].u.data[2][3])"));
    browser.run(
        "const select = document.querySelectorAll('select')[1]; select.selectedIndex = 2; select.dispatchEvent(new Event('change'))");
    assertEquals("MASE", text("return charts[1].u.axes[1].label"));
    assertEquals(
        "[\"this model\"]",
        browser.run("return charts[1].chart.lines.map(line => line.name)").toString());
    assertEquals(1, number("return charts[2].u.scales.y.distr"));
    browser.run(
        "[...charts[2].element.querySelectorAll('button')].find(button => button.textContent === 'log').click()");
    assertEquals(3, number("return charts[2].u.scales.y.distr"));
    browser.drawn();
    assertEquals("[]", browser.console().toString());
  }

  @Test
  void theThemeCanBeTurnedAndIsDrawnAnew() throws IOException {
    browser.open(one);
    browser.drawn();
    String light = text("return charts[0].u.ctx.canvas.toDataURL()");
    browser.run("document.querySelector('.theme').click()");
    browser.drawn();
    assertEquals("Light", text("return document.querySelector('.theme').textContent"));
    assertNotEquals(light, text("return charts[0].u.ctx.canvas.toDataURL()"));
    browser.run("document.querySelector('.theme').click()");
    browser.drawn();
    assertEquals(light, text("return charts[0].u.ctx.canvas.toDataURL()"));
  }

  @Test
  void aKeyboardReachesEverythingAndGetsOutAgain() throws IOException {
    browser.open(two);
    String all = "button, select, summary, [tabindex]";
    double count =
        number(
            "return [...document.querySelectorAll('"
                + all
                + "')].filter(each => each.checkVisibility()).length");
    assertTrue(count > 40, "things: " + count);
    var names = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      browser.press(TAB);
      names.add(
          text(
              "const at = document.activeElement; window.seen = (window.seen ?? new Set()).add(at); return at.tagName"));
    }
    assertEquals(count, number("return window.seen.size"), names::toString);
    assertFalse(names.contains("BODY"), names::toString);
    browser.run("charts[0].element.querySelector('[aria-label=\"Zoom in\"]').focus()");
    double before = seen(0);
    browser.press(ENTER);
    assertEquals(0.5, seen(0) / before, 0.01);
  }

  @Test
  void whoDoesNotSeeTheChartsReadsThem() throws IOException {
    browser.open(one);
    String words = text("return charts[1].plot.getAttribute('aria-label')");
    CommandRun.says(
        words,
        "test part, wave",
        "RMSE by rows ahead",
        "this model: from 1 (rows ahead 1) to 2.595 (rows ahead 24)",
        "persistence: ");
    browser.run("charts.forEach(chart => chart.numbers.querySelector('summary').click())");
    browser.drawn();
    assertEquals(
        "24", text("return String(charts[1].numbers.querySelectorAll('tbody tr').length)"));
    assertTrue(
        number(
                "return Math.max(...charts.map(chart => chart.numbers.querySelectorAll('tbody tr').length))")
            <= 200);
    assertEquals(
        0,
        number(
            "return [...document.querySelectorAll('button')].filter(each => !each.textContent.trim() && !each.ariaLabel).length"));
    JsonArray poor =
        browser
            .run(
                """
                const light = name => colour(name).match(/[\\d.]+/g).slice(0, 3).map(each => each / 255)
                  .map(each => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
                  .reduce((sum, each, i) => sum + each * [0.2126, 0.7152, 0.0722][i], 0);
                const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
                const poor = [];
                for (const theme of ['light', 'dark']) {
                  document.documentElement.dataset.theme = theme;
                  for (const ground of ['ground', 'card']) {
                    for (const word of ['ink', 'quiet']) {
                      if (contrast(word, ground) < 4.5) poor.push([theme, ground, word, contrast(word, ground)]);
                    }
                    for (const line of ['truth', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8']) {
                      if (contrast(line, ground) < 3) poor.push([theme, ground, line, contrast(line, ground)]);
                    }
                  }
                }
                return poor;
                """)
            .getAsJsonArray();
    assertEquals("[]", poor.toString());
  }

  @Test
  void namesDoNothing() throws IOException {
    browser.open(odd);
    browser.drawn();
    assertEquals("null", browser.run("return window.hacked ?? null").toString());
    assertEquals("<i>odd", text("return document.querySelector('h1').textContent"));
    assertEquals(0, number("return document.querySelectorAll('img, i, b').length"));
    assertTrue(
        text("return charts[0].element.textContent").contains("onerror='window.hacked = 1'"));
    assertEquals("[]", browser.console().toString());
  }

  @Test
  void evenMarkupThatGotInWouldAskForNothingAndRunNothing() throws IOException {
    browser.open(one);
    browser.run(
        """
        window.refused = [];
        document.addEventListener('securitypolicyviolation', event => window.refused.push(event.violatedDirective));
        document.body.insertAdjacentHTML('beforeend', '<img src="http://127.0.0.1:9/x.png" onload="window.hacked = 1">');
        const script = document.createElement('script');
        script.textContent = 'window.hacked = 2';
        document.body.append(script);
        """);
    browser.drawn();
    assertEquals("null", browser.run("return window.hacked ?? null").toString());
    String refused = browser.run("return window.refused.sort().join()").getAsString();
    assertEquals("img-src,script-src-attr,script-src-elem", refused);
  }

  @Test
  void datesAreThoseOfTheTableWhereverThePageIsLookedAt() throws IOException {
    browser.open(one);
    String here = browser.run("return timeLabels(timeMarks(...charts[0].whole(), 6))").toString();
    assertTrue(here.startsWith("[\"03-04\\n2024\",\"03-11\""), here);
    browser.command("Emulation.setTimezoneOverride", Map.of("timezoneId", "America/New_York"));
    try {
      browser.open(one);
      assertEquals(
          here, browser.run("return timeLabels(timeMarks(...charts[0].whole(), 6))").toString());
      assertEquals(
          "[\"1749-01\",\"1749-07\",\"1750-01\"]",
          browser
              .run("return timeLabels(timeMarks(Date.UTC(1748, 11, 31), Date.UTC(1750, 5, 1), 3))")
              .toString());
      assertEquals(
          "[\"00:00\\n2024-03-10\",\"03:00\"]",
          browser
              .run(
                  "return timeLabels(timeMarks(Date.UTC(2024, 2, 9, 22), Date.UTC(2024, 2, 10, 5), 4))")
              .toString(),
          "an hour that New York did not have");
    } finally {
      browser.command("Emulation.setTimezoneOverride", Map.of("timezoneId", ""));
    }
  }

  private static void keep(String name) throws IOException {
    String pictures = System.getProperty("unspool.screenshots", "");
    if (!pictures.isEmpty()) {
      Files.write(
          Files.createDirectories(Path.of(pictures)).resolve(name + ".png"), browser.picture());
    }
  }

  private static double seen(int chart) throws IOException {
    return number("const {min, max} = charts[%s].u.scales.x; return max - min".formatted(chart));
  }

  private static void click(String label) throws IOException {
    browser.run("charts[0].element.querySelector('[aria-label=\"%s\"]').click()".formatted(label));
    browser.drawn();
  }

  private static JsonObject box(String element) throws IOException {
    return browser
        .run("return (%s).getBoundingClientRect().toJSON()".formatted(element))
        .getAsJsonObject();
  }

  /** A point of a box, by how much of its width or height is before it. */
  private static int at(JsonObject box, String side, double part) {
    String size = side.equals("left") ? "width" : "height";
    return (int) Math.round(box.get(side).getAsDouble() + part * box.get(size).getAsDouble());
  }

  private static double number(String script) throws IOException {
    return browser.run(script).getAsDouble();
  }

  private static String text(String script) throws IOException {
    JsonElement found = browser.run(script);
    return found.isJsonNull() ? "" : found.getAsString();
  }
}
