// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.joined;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.unspool.cli.report.Numbers;
import dev.unspool.cli.run.SeedsFile;
import dev.unspool.inference.KernelSteps;
import dev.unspool.predict.Bands;
import dev.unspool.predict.Forecaster;
import dev.unspool.predict.ForecasterException;
import dev.unspool.predict.Outputs;
import dev.unspool.predict.Prediction;
import dev.unspool.predict.Sampling;
import dev.unspool.predict.StepEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A service that loads a folder and gives it the rows of its table says what the command says. */
final class ServiceTest {
  private static final int STEPS = 7;
  private static final String FUTURE = "force\n0.3\n-0.2\n0.9\n1.1\n0.1\n-0.7\n0.4\n";
  private static final Instant BEGIN = Instant.parse("2024-03-01T00:00:00Z");
  private static final List<String> HOURS = List.of("load", "wind", "holiday");

  @TempDir Path folder;
  private Path table = Path.of("");
  private Path run = Path.of("");

  @BeforeEach
  void write() throws IOException {
    table = TinyData.table(folder);
    run = folder.resolve("run");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--target wave",
        "--target wave --horizon 3 --loss gaussian",
        "--target wave --horizon 12 --predict level",
        "--target wave,driven --input wave,force,driven --horizon 1-3,5 --loss gaussian",
        "--target wave --horizon 1-9 --quantiles 0.1,0.5,0.9",
        "--target wave,driven --input wave,force,driven",
        "--target driven,wave --input wave --horizon 2 --normalise robust",
        "--target driven --input force --horizon 0 --loss gaussian",
        "--target driven --input force --horizon 4",
        "--target wave --valid 0 --normalise none",
        "--target wave --cell layernorm-lstm,gru:zoneout=0.1 --layers 2 --dropout 0.2 --residual --norm --skip --head 5",
        "--target wave --cell rtu --learned-initial-state"
      })
  void networksSayWhatForecastSays(String options) throws IOException {
    succeeds(TinyData.changed(quick("train", "--csv", table, "--out", run), options));
    assertSaysTheSame();
  }

  @ParameterizedTest
  @EnumSource
  void everyFolderSaysWhatForecastSays(EveryFolderTest.Kind kind) throws IOException {
    kind.make(table, run);
    assertSaysTheSame();
  }

  @Test
  void aCellOfTheUsersOwnNeedsNoCompiler() throws IOException {
    Path cell = Path.of("..", "examples", "cells", "MyCell.java");
    succeeds(quick("train", "--csv", table, "--target", "wave", "--cell", cell, "--out", run));
    Files.delete(run.resolve("cell.java")); // a service has the equations as data
    Forecaster.load(run).step(3);
  }

  /** Hours of which some are missing, others have a gap, and a holiday is known in advance. */
  private static double[] hour(int t) {
    boolean silent = t % 41 == 7 || t > 100 && t < 112;
    double load = silent || t % 17 == 3 ? Double.NaN : 50 + 10 * Math.sin(t * Math.PI / 12);
    return new double[] {load, silent ? Double.NaN : Math.cos(0.3 * t), t % 72 < 24 ? 1 : 0};
  }

  private static String line(int t) {
    double[] hour = hour(t);
    return "%s,%s,%s,%s"
        .formatted(
            BEGIN.plusSeconds(3600L * t),
            Double.isNaN(hour[0]) ? "" : hour[0],
            Double.isNaN(hour[1]) ? "" : hour[1],
            hour[2]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--input load,wind --known holiday --calendar hour,weekday --gap 6 --valid 0.3",
        "--input load,wind --known holiday --horizon 1-4 --fill zero --valid 0.3",
        "--input load --calendar hour --horizon 3 --valid 0.3",
        "--input load --known holiday --predict level --gap 3 --valid 0.3"
      })
  void aTimeAndGapsAreTakenAsTheyWereInTheTable(String options) throws IOException {
    var lines = new ArrayList<String>(List.of("time,load,wind,holiday"));
    for (int t = 0; t < 240; t++) {
      boolean there = t % 41 != 7; // a row that nobody wrote
      if (there) {
        lines.add(line(t));
      }
    }
    Path hours = Files.write(folder.resolve("hours.csv"), lines);
    Object[] words = quick("train", "--csv", hours, "--target", "load", "--out", run);
    succeeds(TinyData.changed(words, options));
    var future = new ArrayList<String>(List.of("time,wind,holiday"));
    for (int t = 240; t < 252; t++) {
      future.add(line(t).replaceFirst(",[^,]*", ""));
    }
    Path later = Files.write(folder.resolve("later.csv"), future);
    Forecaster alone = Forecaster.load(run);
    boolean needs = !alone.needed().isEmpty();
    Object[] command = joined("forecast", run, "--steps", STEPS, "--json");
    Object[] told = needs ? TinyData.changed(command, "--future " + later) : command;
    assertSaysOfHours(alone, succeeds(told).json(), options);
    Object[] combined = Stream.concat(Arrays.stream(told), Stream.of("--combine")).toArray();
    assertSaysOfHours(alone.combined(), succeeds(combined).json(), options + ", combined");
  }

  private static void assertSaysOfHours(Forecaster forecaster, JsonObject said, String options) {
    int toldTo = 0;
    for (int t = 0; t < 240; t++) {
      if (t % 41 == 7) {
        continue;
      }
      double[] hour = hour(t);
      double[] row =
          forecaster.columns().stream().mapToDouble(c -> hour[HOURS.indexOf(c)]).toArray();
      if (forecaster.columns().contains("holiday")) {
        for (; toldTo < Math.min(252, t + 5); toldTo++) {
          forecaster.future("holiday", hour(toldTo)[2]);
        }
      }
      forecaster.step(BEGIN.plusSeconds(3600L * t), row);
    }
    for (int t = 240; t < 252; t++) {
      if (forecaster.columns().contains("wind")) {
        forecaster.future("wind", hour(t)[1]);
      }
      if (forecaster.columns().contains("holiday") && t >= toldTo) {
        forecaster.future("holiday", hour(t)[2]);
      }
    }
    List<Prediction> forecast = forecaster.forecast(STEPS);
    JsonArray values = said.getAsJsonObject("targets").getAsJsonArray("load");
    for (int step = 0; step < STEPS; step++) {
      assertEquals(240 + step, forecast.get(step).row());
      assertEquals(BEGIN.plusSeconds(3600L * (240 + step)), forecast.get(step).time());
      double expected = values.get(step).getAsDouble();
      assertEquals(expected, forecast.get(step).value(), 1e-6 * expected, options);
    }
  }

  private void assertSaysTheSame() throws IOException {
    Path file = Files.writeString(folder.resolve("future.csv"), FUTURE);
    Forecaster forecaster = Forecaster.load(run, StepEngine.PLAIN);
    boolean needs = !forecaster.needed().isEmpty();
    Object[] words = joined("forecast", run, "--steps", STEPS, "--json");
    Object[] more = needs ? new Object[] {"--future", file} : new Object[0];
    Object[] command = Stream.concat(Arrays.stream(words), Arrays.stream(more)).toArray();
    JsonObject said = succeeds(command).json();
    assertSays(said, forecaster, Sampling.DEFAULT);
    assertSays(said, Forecaster.load(run, new KernelSteps()), Sampling.DEFAULT);
    if (forecaster.description().outputs().law() != Outputs.Law.VALUE) {
      JsonObject straight = succeeds(TinyData.changed(command, "--paths 0")).json();
      assertSays(straight, Forecaster.load(run), Sampling.NONE);
    }
  }

  private void giveTable(Forecaster forecaster) throws IOException {
    List<String> lines = Files.readAllLines(table);
    List<String> header = List.of(lines.getFirst().split(",", -1));
    for (String line : lines.subList(1, lines.size())) {
      String[] fields = line.split(",", -1);
      forecaster.step(
          forecaster.columns().stream()
              .mapToDouble(column -> Double.parseDouble(fields[header.indexOf(column)]))
              .toArray());
    }
    for (String needed : forecaster.needed()) {
      assertEquals("force", needed);
      forecaster.future("force", 0.3, -0.2, 0.9, 1.1, 0.1, -0.7, 0.4);
    }
  }

  private void assertSays(JsonObject said, Forecaster forecaster, Sampling sampling)
      throws IOException {
    giveTable(forecaster);
    List<Prediction> forecast = forecaster.forecast(STEPS, sampling);
    List<Double> levels = forecaster.description().outputs().quantiles();
    for (int target = 0; target < forecaster.targets().size(); target++) {
      String name = forecaster.targets().get(target);
      JsonArray values = said.getAsJsonObject("targets").getAsJsonArray(name);
      for (int step = 0; step < STEPS; step++) {
        Prediction prediction = forecast.get(step);
        assertEquals(200 + step, prediction.row());
        double expected = values.get(step).getAsDouble();
        assertEquals(expected, prediction.values()[target], 1e-6 * Math.max(1, expected), name);
        double[] deviations = prediction.deviations();
        assertEquals(said.has("deviations"), deviations != null);
        if (deviations != null) {
          JsonArray sure = said.getAsJsonObject("deviations").getAsJsonArray(name);
          assertEquals(sure.get(step).getAsDouble(), deviations[target], 1e-5, name);
        }
        for (int q = 0; q < levels.size(); q++) {
          JsonArray quantiles =
              said.getAsJsonObject("quantiles")
                  .getAsJsonObject(Numbers.probability(levels.get(q)))
                  .getAsJsonArray(name);
          double quantile = quantiles.get(step).getAsDouble();
          assertEquals(quantile, prediction.quantiles()[target][q], 1e-5, name);
        }
      }
    }
  }

  /** With quantiles and bands, and also where the stream was saved on its way. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--target wave --valid 0.3",
        "--target wave --loss gaussian --valid 0.3",
        "--target wave,driven --input wave,driven --horizon 1-6 --quantiles 0.05,0.5,0.95 --valid 0.3"
      })
  void combinedForecastsAreThoseOfForecast(String options) throws IOException {
    succeeds(TinyData.changed(quick("train", "--csv", table, "--out", run), options));
    Object[] command = joined("forecast", run, "--steps", STEPS, "--band", 0.9, "--json");
    JsonObject alone = succeeds(command).json();
    JsonObject said =
        succeeds(joined("forecast", run, "--steps", STEPS, "--combine", "--band", 0.9, "--json"))
            .json();
    assertNotEquals(alone.get("targets"), said.get("targets"), "the line says something else");
    Forecaster forecaster = Forecaster.load(run).combined();
    assertSays(said, forecaster, Sampling.DEFAULT);
    Forecaster other = forecaster.fresh();
    other.restore(forecaster.save());
    String name = forecaster.targets().getFirst();
    List<Prediction> forecast = other.forecast(STEPS);
    for (int step = 0; step < STEPS; step++) {
      Prediction prediction = forecast.get(step);
      assertArrayEquals(forecaster.forecast(STEPS).get(step).values(), prediction.values());
      JsonElement lower = said.getAsJsonObject("lower").getAsJsonArray(name).get(step);
      double below = other.band(prediction, 0.9).lower()[0];
      assertEquals(lower.isJsonNull() ? Double.NaN : lower.getAsDouble(), below, 1e-5, options);
    }
    Forecaster single = Forecaster.load(run);
    giveTable(single);
    CommandRun.says(
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> forecaster.restore(single.save()))
                .getMessage()),
        "not combined()");
    CommandRun.says(
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> single.restore(forecaster.save()))
                .getMessage()),
        "was combined()");
    Files.delete(run.resolve("combined.json"));
    CommandRun.says(
        String.valueOf(
            assertThrows(IllegalStateException.class, () -> Forecaster.load(run).combined())
                .getMessage()),
        "no combined.json");
  }

  /** Before a line has all that it reads, and what a step says by itself. */
  @Test
  void whatALineCannotReadYetIsSaidByTheModelAlone() throws IOException {
    succeeds(quick("train", "--csv", table, "--target", "wave", "--valid", 0.3, "--out", run));
    Forecaster alone = Forecaster.load(run);
    Forecaster combined = alone.combined();
    List<String> lines = Files.readAllLines(table);
    int column = List.of(lines.getFirst().split(",", -1)).indexOf("wave");
    int same = 0;
    for (int row = 1; row < lines.size(); row++) {
      double wave = Double.parseDouble(lines.get(row).split(",", -1)[column]);
      double value = alone.step(wave).value();
      boolean isSame = value == combined.step(wave).value();
      assertTrue(!isSame || same == row - 1, "row " + row);
      same += isSame ? 1 : 0;
    }
    assertTrue(same >= 2 && same < 100, "alone for " + same + " rows");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--target wave",
        "--target wave --loss gaussian",
        "--target wave --horizon 1-6 --quantiles 0.05,0.5,0.95",
        "--target wave --horizon 4",
        "--target driven --input force --horizon 0"
      })
  void bandsAreThoseOfForecast(String options) throws IOException {
    succeeds(TinyData.changed(quick("train", "--csv", table, "--out", run), options));
    Forecaster forecaster = Forecaster.load(run);
    String name = forecaster.targets().getFirst();
    Object[] command = joined("forecast", run, "--steps", STEPS, "--band", 0.9, "--json");
    boolean needs = !forecaster.needed().isEmpty();
    Path file = Files.writeString(folder.resolve("future.csv"), FUTURE);
    JsonObject said =
        succeeds(needs ? TinyData.changed(command, "--future " + file) : command).json();
    giveTable(forecaster);
    int bounded = 0;
    List<Prediction> forecast = forecaster.forecast(STEPS);
    for (int step = 0; step < STEPS; step++) {
      Bands.Band band = forecaster.band(forecast.get(step), 0.9);
      JsonElement lower = said.getAsJsonObject("lower").getAsJsonArray(name).get(step);
      JsonElement upper = said.getAsJsonObject("upper").getAsJsonArray(name).get(step);
      assertEquals(lower.isJsonNull(), Double.isNaN(band.lower()[0]), options);
      if (!lower.isJsonNull()) {
        bounded++;
        assertEquals(lower.getAsDouble(), band.lower()[0], 1e-5);
        assertEquals(upper.getAsDouble(), band.upper()[0], 1e-5);
        assertTrue(band.lower()[0] < band.upper()[0], options);
      }
    }
    assertTrue(bounded >= 4, options + ": " + bounded);
    assertEquals(List.of(0.5, 0.8, 0.9, 0.95), forecaster.bandLevels());
    assertThrows(IllegalArgumentException.class, () -> forecaster.band(forecast.getFirst(), 0.7));
    Files.delete(run.resolve("bands.json"));
    Forecaster without = Forecaster.load(run);
    assertEquals(List.of(), without.bandLevels());
    assertThrows(IllegalStateException.class, () -> without.band(forecast.getFirst(), 0.9));
  }

  @Test
  void anOlderRunIsGivenItsFileByExport() throws IOException {
    succeeds(quick("train", "--csv", table, "--target", "wave", "--out", run));
    Path file = run.resolve("forecaster.json");
    String before = Files.readString(file);
    Files.delete(file);
    CommandRun.says(refusal(), "unspool export " + run + " --forecaster");
    succeeds("export", run, "--forecaster");
    assertEquals(before, Files.readString(file));
    Files.delete(file);
    succeeds("resume", run, "--epochs", 4);
    assertEquals(before, Files.readString(file));
  }

  @Test
  void ofSeveralSeedsTheBestIsLoaded() throws IOException {
    succeeds(quick("train", "--csv", table, "--target", "wave", "--seeds", 2, "--out", run));
    Path seeds = run.resolve("seeds.json");
    String said = Files.readString(seeds);
    int best = said.contains("\"best\": 1,") ? 1 : 2;
    String expected = Forecaster.load(run.resolve("seed-" + best)).description().run();
    assertEquals(expected, Forecaster.load(run).description().run());
    Files.writeString(seeds, said.replace("\"best\": " + best, "\"best\": " + (3 - best)));
    CommandRun.says(refusal(), seeds + " is damaged: its content has the checksum");
    SeedsFile.begun(List.of(1L, 2L)).write(run);
    CommandRun.says(refusal(), "unspool resume");
    Files.write(seeds, new byte[] {(byte) 0xff});
    CommandRun.says(refusal(), seeds + " is damaged: not UTF-8");
  }

  @Test
  void damagedFilesAreNamed() throws IOException {
    succeeds(quick("train", "--csv", table, "--target", "wave", "--out", run));
    Path weights = run.resolve("best.safetensors");
    byte[] sound = Files.readAllBytes(weights);
    Files.write(weights, new byte[3]);
    CommandRun.says(refusal(), weights + " is damaged: it ends too early");
    Files.delete(weights);
    Path manifest = run.resolve("checkpoint").resolve("checkpoint.json");
    Files.writeString(manifest, "{");
    CommandRun.says(refusal(), manifest + " is damaged: not JSON");
    Files.write(weights, sound);
    Path description = run.resolve("forecaster.json");
    Files.write(description, new byte[] {'{', (byte) 0xff});
    CommandRun.says(refusal(), description + " is damaged: not UTF-8");
  }

  /** Each flipped bit is found, or means the same ({@code 1E-4} and {@code 1e-4}). */
  @Test
  void aFlippedBitIsNoticed() throws IOException {
    succeeds(quick("train", "--csv", table, "--target", "wave", "--valid", 0.3, "--out", run));
    succeeds("evaluate", run, "--horizon", 3);
    Forecaster.load(run);
    flip("best.safetensors", 600);
    flip("forecaster.json", 300);
    flip("bands.json", 300);
    flip("combined.json", 300);
    Files.delete(run.resolve("best.safetensors"));
    Forecaster.load(run);
    flip("checkpoint/checkpoint.json", 300);
    String manifest = Files.readString(run.resolve("checkpoint/checkpoint.json"));
    flip("checkpoint/" + manifest.replaceAll("(?s).*(weights-\\d+\\.safetensors).*", "$1"), 300);
  }

  private void flip(String name, int times) throws IOException {
    Path file = run.resolve(name);
    byte[] sound = Files.readAllBytes(file);
    Forecaster whole = Forecaster.load(run);
    double expected = said(whole);
    for (int seed = 0; seed < times; seed++) {
      var random = new Random(seed);
      byte[] bytes = sound.clone();
      // Most of a file is numbers; what is said about them stands in front.
      int at = random.nextInt(seed % 2 == 0 ? bytes.length : Math.min(1500, bytes.length));
      bytes[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, bytes);
      String what = "%s, seed %s, byte %s".formatted(name, seed, at);
      try {
        Forecaster loaded = Forecaster.load(run);
        assertEquals(expected, said(loaded), what);
        assertArrayEquals(whole.description().toJson(), loaded.description().toJson(), what);
        assertTrue(name.endsWith("json") && !name.startsWith("checkpoint"), what);
      } catch (ForecasterException e) {
        assertTrue(String.valueOf(e.getMessage()).contains(run.toString()), what);
      }
    }
    Files.write(file, sound);
  }

  private static double said(Forecaster forecaster) {
    Prediction next = forecaster.fresh().step(3);
    double lower = forecaster.bandLevels().isEmpty() ? 0 : forecaster.band(next, 0.9).lower()[0];
    return next.value() + lower;
  }

  @Test
  void whatCannotBeIsRefusedAtOnce() throws IOException {
    String options = "--target driven --input wave,force,driven";
    succeeds(TinyData.changed(quick("train", "--csv", table, "--out", run), options));
    Forecaster forecaster = Forecaster.load(run);
    byte[] before = forecaster.save();
    assertThrows(
        IllegalArgumentException.class,
        () -> forecaster.future("force", 1, Double.POSITIVE_INFINITY));
    assertEquals(Arrays.toString(before), Arrays.toString(forecaster.save()));
  }

  private String refusal() {
    return String.valueOf(
        assertThrows(ForecasterException.class, () -> Forecaster.load(run)).getMessage());
  }
}
