// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.fails;
import static dev.unspool.cli.CommandRun.says;
import static dev.unspool.cli.CommandRun.succeeds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.unspool.cli.report.Console;
import dev.unspool.cli.run.FolderLock;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in a page; {@link ReportBrowserTest} looks at what is seen of it. */
final class ReportTest extends TrainedFolder {
  private static final Pattern DATA =
      Pattern.compile(
          "<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL);

  @Test
  void nothingIsAskedForOutsideOfThePage() throws IOException {
    succeeds(train());
    String html = page(run);
    // What a browser would fetch; an address in a comment, as in uPlot's notice, it would not.
    String markup = html.replaceAll("(?s)<style>.*?</style>|<script.*?</script>", "");
    assertFalse(
        Pattern.compile("https?:|src=|href=|<link|<img|<iframe").matcher(markup).find(), markup);
    Matcher style = Pattern.compile("(?s)<style>(.*?)</style>").matcher(html);
    assertTrue(style.find());
    assertFalse(Pattern.compile("url\\(|@import|https?:").matcher(style.group(1)).find());
    String script = html.substring(html.indexOf("</style>")).replaceAll("(?s)/\\*.*?\\*/", "");
    assertFalse(
        Pattern.compile("https?:|fetch\\(|XMLHttpRequest|import\\(|eval\\(|new Image")
            .matcher(script)
            .find());
    says(html, "default-src 'none'", "Permission is hereby granted", "Leon Sorokin");
  }

  @Test
  void namesAreTextWhateverTheyContain() throws IOException {
    String name =
        "</script><script>alert(1)</script><img src=x onerror=alert(1)><!-- \u2028 & {{style}}";
    List<String> lines = Files.readAllLines(table);
    Files.write(
        table,
        IntStream.range(0, lines.size())
            .mapToObj(i -> i == 0 ? lines.get(i).replace("wave", "\"" + name + "\"") : lines.get(i))
            .toList());
    Path odd = folder.resolve("<b>run & \"co\"");
    succeeds(TinyData.quick("train", "--csv", table, "--target", "\"" + name + "\"", "--out", odd));
    String html = page(odd);
    assertEquals(1, count(html, "<style>"));
    assertEquals(3, count(html, "<script"), "data, library and ours");
    assertFalse(html.contains("<img"), "no markup");
    assertFalse(html.contains("<b>"), "no markup");
    assertEquals("<b>run & \"co\"", runOf(html).get("name").getAsString());
    assertTrue(runOf(html).get("model").getAsString().contains(name), "said as it is");
  }

  @Test
  void thePageNamesNoFolderOfTheMachine() throws IOException {
    succeeds(train());
    Path other = folder.resolve("other");
    succeeds(TinyData.quick("train", "--from", run, "--out", other));
    assertFalse(page(other).contains(folder.toString()));
    Files.writeString(other.resolve("metrics.json"), "{");
    assertFalse(page(other).contains(folder.toString()), "also not in what is said of a damage");
  }

  @Test
  void thePageIsTheSameInEveryLocale() throws IOException {
    succeeds(train());
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.ENGLISH);
      String expected = page(run);
      for (String locale : List.of("fa-IR", "tr-TR", "hi-IN-u-nu-deva")) {
        Locale.setDefault(Locale.forLanguageTag(locale));
        assertEquals(expected, page(run), locale);
      }
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void aLongLogIsThinnedAndWhatIsNotKnownIsAGap() throws IOException {
    succeeds(train());
    Files.write(
        run.resolve("metrics.jsonl"),
        IntStream.rangeClosed(1, 30_000)
            .mapToObj(
                u ->
                    "{\"update\":%s,\"step\":%s,\"epoch\":1,%s\"rate\":0.1}"
                        .formatted(u, 5 * u, u % 4_000 > 2_000 ? "" : "\"loss\":" + 1.0 / u + ","))
            .toList());
    String html = page(run);
    JsonObject loss = curves(html, "loss").get(0).getAsJsonObject();
    int points = loss.getAsJsonArray("x").size();
    assertTrue(points > 1_000 && points <= 4_001, "points: " + points);
    assertEquals(points, loss.getAsJsonArray("y").size());
    assertTrue(loss.getAsJsonArray("y").asList().stream().anyMatch(JsonElement::isJsonNull));
    assertEquals(150_000, loss.getAsJsonArray("x").get(points - 1).getAsLong(), "the last one");
    assertTrue(html.length() < 1_000_000, "characters: " + html.length());
  }

  @Test
  void aTrainingSaysItsFiguresAndSettings() throws IOException {
    succeeds(train());
    JsonObject shown = runOf(page(run));
    says(shown.get("headline").getAsString(), "test RMSE", "persistence");
    says(shown.get("model").getAsString(), "gru", "TBPTT(5, 10)", "wave", "table.csv");
    assertFalse(shown.has("standing"), "it has ended");
    assertEquals("training", name(curves(page(run), "loss"), 0));
    assertEquals("validation", name(curves(page(run), "loss"), 1));
    assertEquals(1, curves(page(run), "gradient").size());
    JsonObject figures =
        shown.getAsJsonObject("figures").getAsJsonArray("rows").get(0).getAsJsonObject();
    assertEquals("test", figures.get("part").getAsString());
    assertTrue(figures.getAsJsonObject("values").has("persistence_rmse"));
  }

  @Test
  void errorsByHorizonAreTakenByWhateverNameTheyHave() throws IOException {
    succeeds(train());
    Files.writeString(
        run.resolve("metrics.json"),
        "{\"test\":{\"rmse\":1.5,\"rows\":9,\"targets\":{\"wave\":{\"rmse\":1.5,\"horizons\":["
            + "{\"horizon\":24,\"rows\":4,\"rmse\":2,\"linear_rmse\":1.75},"
            + "{\"horizon\":1,\"rows\":9,\"rmse\":1.5,\"note\":\"x\"}]}}}}");
    JsonObject horizons =
        runOf(page(run))
            .getAsJsonObject("figures")
            .getAsJsonArray("horizons")
            .get(0)
            .getAsJsonObject();
    assertEquals("[1,24]", horizons.get("steps").toString());
    JsonObject measures = horizons.getAsJsonObject("measures");
    assertEquals("[1.5,2.0]", measures.get("rmse").toString());
    assertEquals("[null,1.75]", measures.get("linear_rmse").toString());
    assertFalse(measures.has("note"), "no number");
  }

  @Test
  void runsAreComparedBySettingsThatDiffer() throws IOException {
    succeeds(train());
    Path two = folder.resolve("sub").resolve("run");
    succeeds(TinyData.changed(train(), "--k2 20 --out " + two));
    Path out = folder.resolve("both.html");
    succeeds("report", run, two, "--out", out);
    String html = Files.readString(out);
    JsonArray runs = data(html).getAsJsonArray("runs");
    assertEquals(run.toString(), name(runs, 0), "told apart as they were given");
    assertEquals(two.toString(), name(runs, 1));
    List<String> differing =
        data(html).getAsJsonArray("settings").asList().stream()
            .map(JsonElement::getAsJsonObject)
            .filter(
                row ->
                    !row.getAsJsonArray("values")
                        .get(0)
                        .equals(row.getAsJsonArray("values").get(1)))
            .map(row -> row.get("name").getAsString())
            .toList();
    assertEquals(List.of("k2"), differing);
    assertFalse(Files.exists(run.resolve("report.html")), "only where it was asked for");
  }

  @Test
  void aRunThatGoesOnSaysSo() throws IOException {
    succeeds(train());
    Files.delete(run.resolve("metrics.json"));
    says(standing(), "This training has not ended: it is at update", "'unspool resume run'");
    var console =
        new Console(
            new PrintWriter(new StringWriter()),
            new PrintWriter(new StringWriter()),
            true,
            false,
            80);
    try (FolderLock _ = FolderLock.take(run, console)) {
      says(standing(), "This training is going on now");
    }
    Files.delete(run.resolve("metrics.jsonl"));
    says(standing(), "at its beginning");
  }

  private String standing() throws IOException {
    return runOf(page(run)).get("standing").getAsString();
  }

  @Test
  void aModelOfTextHasNoForecastAndMissesNone() throws IOException {
    succeeds(TinyData.quick("train", "--text", TinyData.text(folder), "--out", run));
    String html = page(run);
    says(runOf(html).get("headline").getAsString(), "perplexity");
    assertEquals("nats per token", courses(html).get("unit").getAsString());
    assertEquals("[]", runOf(html).get("doubts").toString());
  }

  @Test
  void aFitIsShownByItsIterations() throws IOException {
    Path plant = TinyPlant.table(folder.resolve("plant.csv"), 200, 1);
    succeeds(
        "fit",
        "--csv",
        plant,
        "--input",
        "u",
        "--target",
        "y",
        "--hidden",
        2,
        "--starts",
        2,
        "--start-iterations",
        3,
        "--iterations",
        5,
        "--out",
        run);
    String html = page(run);
    assertEquals("iteration", courses(html).get("x").getAsString());
    assertEquals("RMSE", courses(html).get("unit").getAsString());
    List<String> names =
        curves(html, "loss").asList().stream()
            .map(curve -> curve.getAsJsonObject().get("name").getAsString())
            .toList();
    assertTrue(
        names.contains("training, start 1") && names.contains("training, start 2"),
        names::toString);
    says(runOf(html).get("headline").getAsString(), "test RMSE", "fit");
    JsonObject values =
        runOf(html)
            .getAsJsonObject("figures")
            .getAsJsonArray("rows")
            .get(0)
            .getAsJsonObject()
            .getAsJsonObject("values");
    assertTrue(values.has("fit_percent") && values.has("one_step_rmse"), values::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"metrics.json", "predictions.csv"})
  void aDamagedFileCostsWhatItWouldShowAndIsSaid(String file) throws IOException {
    succeeds(train());
    Files.writeString(run.resolve(file), "{\"test\": oh");
    CommandRun report = succeeds("report", run);
    assertEquals(
        1,
        report.err().lines().filter(line -> line.contains(file + " is damaged")).count(),
        report::err);
    JsonObject shown = runOf(Files.readString(run.resolve("report.html")));
    assertEquals(
        1,
        shown.getAsJsonArray("doubts").asList().stream()
            .filter(doubt -> doubt.getAsString().contains(file))
            .count());
    assertTrue(
        courses(Files.readString(run.resolve("report.html"))).getAsJsonArray("loss").size() > 0);
  }

  @Test
  void aFolderWithoutARunIsRefusedInALine() throws IOException {
    says(fails(1, "report", folder), "is not a run folder");
    succeeds(train());
    Files.writeString(run.resolve("config.json"), "{");
    says(fails(1, "report", run), "config.json is damaged");
    says(fails(2, "report"), "RUN");
  }

  @Test
  void onlyAPageIsReplaced() throws IOException {
    succeeds(train());
    String before = Files.readString(run.resolve("config.json"));
    says(fails(1, "report", run, "--out", run.resolve("config.json")), "is in the way", "--out");
    says(fails(1, "report", run, "--out", folder), "is in the way");
    assertEquals(before, Files.readString(run.resolve("config.json")));
    page(run);
    assertEquals(run.resolve("report.html").toString(), succeeds("report", run).out().strip());
    succeeds(
        TinyData.joined(
            "train", "--from", run, "--epochs", 1, "--out", run.resolveSibling("next")));
  }

  private static String page(Path run) throws IOException {
    succeeds("report", run, "--quiet");
    return Files.readString(run.resolve("report.html"));
  }

  private static JsonObject data(String html) {
    Matcher data = DATA.matcher(html);
    assertTrue(data.find(), "there is data");
    return CommandRun.json(data.group(1));
  }

  private static JsonObject runOf(String html) {
    return data(html).getAsJsonArray("runs").get(0).getAsJsonObject();
  }

  private static JsonObject courses(String html) {
    return runOf(html).getAsJsonObject("courses");
  }

  private static JsonArray curves(String html, String of) {
    return courses(html).getAsJsonArray(of);
  }

  private static String name(JsonArray list, int index) {
    return list.get(index).getAsJsonObject().get("name").getAsString();
  }

  private static long count(String text, String part) {
    return Pattern.compile(Pattern.quote(part)).matcher(text).results().count();
  }
}
