// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.fails;
import static dev.unspool.cli.CommandRun.says;
import static dev.unspool.cli.CommandRun.succeeds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plants whose samples say when they are. */
final class FitTimeTest {
  private static final LocalDateTime START = LocalDateTime.of(2024, 5, 1, 8, 0);

  @TempDir Path folder;

  private static List<String> samples(int rows) {
    var lines = new ArrayList<String>(List.of("when,u,y"));
    double y = 0;
    for (int t = 0; t < rows; t++) {
      double u = Math.sin(0.37 * t) + Math.cos(0.11 * t);
      y = 0.8 * y + 0.5 * u;
      lines.add("%s,%s,%s".formatted(START.plusMinutes(10L * t), u, y));
    }
    return lines;
  }

  private Path table(String name, List<String> lines) throws IOException {
    return Files.write(folder.resolve(name), lines);
  }

  private Object[] fit(Path csv, String out, Object... more) {
    var words =
        new ArrayList<Object>(List.of("fit", "--csv", csv, "--input", "u", "--target", "y"));
    words.addAll(List.of("--hidden", 3, "--iterations", 8, "--starts", 1));
    words.addAll(List.of("--out", folder.resolve(out)));
    words.addAll(List.of(more));
    return words.toArray();
  }

  @Test
  void theTimeIsFoundAndToldAndNoInput() throws IOException {
    Path csv = table("plant.csv", samples(200));
    CommandRun timed = succeeds(fit(csv, "timed"));
    says(timed.err(), "Time is when: every 10 minutes, from 2024-05-01 08:00 to 2024-05-02 17:10");
    CommandRun plain = succeeds(fit(csv, "plain", "--time", "none"));
    assertFalse(plain.err().contains("Time is"));
    assertEquals(plain.out(), timed.out(), "the same is fitted");
    Path model = folder.resolve("timed");
    CommandRun run = succeeds("simulate", "--model", model, "--csv", csv);
    List<String> lines = run.out().lines().toList();
    assertEquals("row,time,y", lines.getFirst());
    assertTrue(lines.getLast().startsWith("199,2024-05-02 17:10,"), lines.getLast());
    JsonObject json = succeeds("simulate", "--model", model, "--csv", csv, "--json").json();
    assertEquals(
        json.getAsJsonObject("targets").getAsJsonArray("y").size(),
        json.getAsJsonArray("times").size());
    List<String> later = samples(200);
    later.subList(1, 101).clear();
    assertTrue(
        succeeds("simulate", "--model", model, "--csv", table("later.csv", later))
            .out()
            .contains(",2024-05-02 17:10,"));
    List<String> untimed = samples(50);
    untimed.replaceAll(line -> line.substring(line.indexOf(',') + 1));
    assertEquals(
        "row,y",
        succeeds("simulate", "--model", model, "--csv", table("untimed.csv", untimed))
            .out()
            .lines()
            .findFirst()
            .orElseThrow());
    succeeds("evaluate", model);
    succeeds("fit", "--from", model, "--iterations", 2, "--out", folder.resolve("on"));
    succeeds(
        "train",
        "--from",
        model,
        "--epochs",
        1,
        "--k1",
        5,
        "--k2",
        10,
        "--lanes",
        2,
        "--out",
        folder.resolve("trained"));
    succeeds("compare", model, folder.resolve("plain"));
    succeeds("report", model, "--out", folder.resolve("report.html"));
    succeeds("info", model);
  }

  @Test
  void whatHasGapsIsNoSeriesOfNeighbours() throws IOException {
    List<String> holed = samples(200);
    holed.subList(51, 54).clear();
    Path csv = table("holed.csv", holed);
    says(
        fails(1, fit(csv, "holed")),
        "holed.csv has a row every 10 minutes, and 3 of 200 rows are not in it, the first of the longest gap that of 2024-05-01 16:20",
        "--time none");
    succeeds(fit(csv, "joined", "--time", "none"));
    List<String> empty = samples(200);
    empty.set(51, empty.get(51).replaceFirst(",[^,]*,", ",,"));
    Path missing = table("missing.csv", empty);
    says(fails(1, fit(missing, "missing")), "has no number in u at 2024-05-01 16:20");
    Path model = folder.resolve("joined");
    assertFalse(Files.exists(folder.resolve("missing")));
    succeeds("simulate", "--model", model, "--csv", csv);
    succeeds(fit(table("plant.csv", samples(200)), "timed"));
    says(
        fails(1, "simulate", "--model", folder.resolve("timed"), "--csv", csv),
        "3 of 200 rows are not in it");
  }

  @Test
  void theEarliestNumberThatIsMissingIsNamed() throws IOException {
    List<String> lines = samples(200);
    lines.set(81, lines.get(81).replaceFirst(",[^,]*,", ",x1,"));
    lines.set(51, lines.get(51).replaceFirst("[^,]*$", ""));
    Path csv = table("missing.csv", lines);
    says(
        fails(1, fit(csv, "missing", "--skip-bad-rows")),
        "missing.csv has no number in y at 2024-05-01 16:20");
    lines.set(51, samples(200).get(51));
    table("missing.csv", lines);
    says(
        fails(1, fit(csv, "missing", "--skip-bad-rows")),
        "missing.csv has no row of 2024-05-01 21:20, or it was left out");
  }

  @Test
  void leavingOutARowWithoutATimeIsToldWithWhatItDoes() throws IOException {
    List<String> lines = samples(200);
    lines.set(51, lines.get(51).replaceFirst(",[^,]*,", ",,"));
    says(
        fails(1, fit(table("missing.csv", lines), "missing", "--time", "none")),
        "missing.csv:52: column 'u' is empty, expected a number; fix it; --skip-bad-rows leaves the"
            + " row out, and those around it become neighbours");
  }

  @Test
  void whatIsSaidOfTheTimeIsChecked() throws IOException {
    Path csv = table("plant.csv", samples(200));
    says(fails(2, fit(csv, "no", "--time", "u")), "cannot both say the time and be an input");
    says(fails(2, fit(csv, "no", "--zone", "Atlantis")), "'Atlantis' is none that is known");
    says(fails(2, fit(csv, "no", "--time-format", "dd.MM.yyyy")), "reads no column");
    List<String> german = samples(200);
    german.replaceAll(line -> line.replaceFirst("^(2024)-(..)-(..)T", "$3.$2.$1 "));
    Path other = table("german.csv", german);
    says(
        succeeds(fit(other, "plain")).err(),
        "'when' has '01.05.2024 08:00', which --time-format 'dd.MM.yyyy HH:mm' reads");
    says(succeeds(fit(other, "read", "--time-format", "dd.MM.yyyy HH:mm")).err(), "Time is when");
  }
}
