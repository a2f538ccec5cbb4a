// SPDX-License-Identifier: Apache-2.0
package tasks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples show what they say: solved where k2 covers the lag, and not otherwise. */
final class TasksTest {
  @Test
  void sunspotsAreForecastBetterThanByPersistence() throws IOException {
    double error = Sunspots.testError(Path.of("sunspots-monthly.csv"));
    assertTrue(error < 18.13, () -> "test RMSE " + error);
  }

  @Test
  void theReadmeShowsTheProgramThatIsTested() throws IOException {
    String program = Files.readString(Path.of("tasks/Sunspots.java"));
    String shown =
        program
            .substring(program.indexOf("// README begins\n"), program.indexOf("    // README ends"))
            .replace("// README begins\n", "")
            .stripTrailing()
            .stripIndent();
    String readme = Files.readString(Path.of("../README.md"));
    assertTrue(readme.contains("```java\n" + shown + "\n```"), "README.md shows another program");
  }

  @Test
  void theReadmeShowsTheVersionThatIsBuilt() throws IOException {
    String pom = Files.readString(Path.of("../pom.xml"));
    String version = pom.substring(pom.indexOf("<version>"), pom.indexOf("</version>"));
    assertTrue(Files.readString(Path.of("../README.md")).contains(version + "</version>"), version);
  }

  @Test
  void aProgramThatTakesArgumentsSaysWhichWhenTheyAreMissing() throws IOException {
    for (String theme : List.of("cells", "forum", "service", "tasks")) {
      try (var files = Files.newDirectoryStream(Path.of(theme), "*.java")) {
        for (Path file : files) {
          String program = Files.readString(file);
          boolean asks = !program.contains("args[") || program.contains("args.length");
          assertTrue(asks, () -> file + " reads arguments without looking whether they are there");
          assertTrue(
              !program.contains("args[")
                  || program.contains("\"usage: ./unspool run examples/" + file),
              () -> file + " does not say how it is used");
        }
      }
    }
  }

  @Test
  void theReadmeSaysWhatAProgramIsGiven() throws IOException {
    List<String> readme =
        Files.readString(Path.of("README.md")).replace("&#124;", "|").lines().toList();
    var usage = Pattern.compile("\"usage: \\./unspool run examples/(\\S+\\.java) ([^\",]+)");
    for (String theme : List.of("cells", "forum", "online", "service", "tasks")) {
      try (var files = Files.newDirectoryStream(Path.of(theme), "*.java")) {
        for (Path file : files) {
          var says = usage.matcher(Files.readString(file));
          if (says.find()) {
            String program = "(" + says.group(1) + ")";
            assertTrue(
                readme.stream()
                    .anyMatch(line -> line.contains(program) && line.contains(says.group(2))),
                () -> "README.md: " + program + " without " + says.group(2));
          }
        }
      }
    }
  }

  @Test
  void madeSeriesAreTheSameEveryTime(@TempDir Path folder) throws IOException {
    for (String kind : List.of("load", "sensor", "sales")) {
      Path csv = folder.resolve(kind + ".csv");
      MadeSeries.write(kind, csv);
      byte[] first = Files.readAllBytes(csv);
      MadeSeries.write(kind, csv);
      assertArrayEquals(first, Files.readAllBytes(csv));
    }
    List<String> load = Files.readAllLines(folder.resolve("load.csv"));
    assertEquals(1 + 365 * 24, load.size());
    assertEquals("2023-01-02T00:00", load.get(1).split(",")[0]);
    List<String> sensor = Files.readAllLines(folder.resolve("sensor.csv"));
    assertTrue(sensor.size() < 91 * 144, "no row is missing");
    assertTrue(sensor.stream().anyMatch(line -> line.endsWith(",")), "no reading is missing");
  }

  @Test
  void addingIsSolvedWhenTheSweepReachesTheNumbers() throws IOException {
    double error = AddingProblem.train(AddingProblem.VALUES + AddingProblem.DELAY, 1);
    assertTrue(error < 0.1 * AddingProblem.BLIND, () -> "mean squared error " + error);
  }

  @Test
  void addingIsNotSolvedWhenTheSweepEndsBeforeTheNumbers() throws IOException {
    double error = AddingProblem.train(AddingProblem.DELAY, 1);
    assertTrue(error > 0.8 * AddingProblem.BLIND, () -> "mean squared error " + error);
  }

  @Test
  void aLagOfFourWindowsIsLearnedByCarryingDerivativesForwards() {
    double error = LongLag.train(true, 200, 600, 2);
    assertTrue(error < 0.1 * AddingProblem.BLIND, () -> "mean squared error " + error);
  }

  @Test
  void aLagOfFourWindowsIsNotLearnedInOne() {
    double error = LongLag.train(false, 200, 300, 2);
    assertTrue(error > 0.8 * AddingProblem.BLIND, () -> "mean squared error " + error);
  }

  @Test
  void copyingIsSolvedFromTheStepOnAtWhichTheSweepReachesTheSymbols() throws IOException {
    double bits = CopyProblem.train(CopyProblem.LENGTH + CopyProblem.DELAY + 1, 1);
    assertTrue(bits < 0.5, () -> bits + " bits per symbol");
  }

  @Test
  void copyingIsNotSolvedOneStepBefore() throws IOException {
    double bits = CopyProblem.train(CopyProblem.LENGTH + CopyProblem.DELAY, 1);
    assertTrue(bits > 1.8, () -> bits + " bits per symbol");
  }

  @Test
  void aPlantIsSimulatedOverInputsOfAnotherKind() {
    var test = IdentifyPlant.run(2);
    assertTrue(test.rmse() < 0.05, () -> "test RMSE " + test.rmse());
    assertTrue(test.fitPercent() > 90, () -> "fit " + test.fitPercent());
  }
}
