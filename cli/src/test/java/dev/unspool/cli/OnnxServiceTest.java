// SPDX-License-Identifier: Apache-2.0
package dev.unspool.cli;

import static dev.unspool.cli.CommandRun.succeeds;
import static dev.unspool.cli.TinyData.joined;
import static dev.unspool.cli.TinyData.quick;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.unspool.cli.report.Numbers;
import dev.unspool.predict.Forecaster;
import dev.unspool.predict.StepEngine;
import java.io.IOException;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A service that has nothing but ONNX Runtime and the exported file: what it must know it reads
 * there, and what the graph says is what {@code forecast} says.
 */
final class OnnxServiceTest {
  private static final Instant BEGIN = Instant.parse("2024-03-01T00:00:00Z");
  private static final List<String> COLUMNS = List.of("load [MW]", "temperature (°C)", "holiday");
  private static final int ROWS = 240;

  @TempDir Path folder;
  private Path table = Path.of("");
  private Path later = Path.of("");
  private Path run = Path.of("");
  private Path onnx = Path.of("");

  /** A load of which some numbers are missing, a temperature, and a holiday known in advance. */
  private static double number(int t, String column) {
    if (column.equals("holiday")) {
      return t % 72 < 24 ? 1 : 0;
    }
    if (t >= ROWS || t < (column.startsWith("load") ? 4 : 2)) {
      return Double.NaN;
    }
    return column.startsWith("load")
        ? t % 17 == 3 ? Double.NaN : 5e4 + 900 * Math.sin(t * Math.PI / 12) + t % 5
        : t % 29 == 11 ? Double.NaN : 8 + 3 * Math.cos(t * 0.21);
  }

  private static String line(int t, List<String> columns) {
    var line = new StringBuilder().append(BEGIN.plusSeconds(3600L * t));
    for (String column : columns) {
      double number = number(t, column);
      line.append(',').append(Double.isNaN(number) ? "" : number);
    }
    return line.toString();
  }

  @BeforeEach
  void write() throws IOException {
    run = folder.resolve("run");
    onnx = folder.resolve("model.onnx");
    var lines = new ArrayList<String>(List.of("time," + String.join(",", COLUMNS)));
    for (int t = 0; t < ROWS; t++) {
      lines.add(line(t, COLUMNS));
    }
    table = Files.write(folder.resolve("hours.csv"), lines);
    var future = new ArrayList<String>(List.of("time,holiday"));
    for (int t = ROWS; t < ROWS + 8; t++) {
      future.add(line(t, List.of("holiday")));
    }
    later = Files.write(folder.resolve("later.csv"), future);
  }

  private void train(String options) {
    var command = new ArrayList<Object>(List.of(quick("train", "--csv", table, "--out", run)));
    for (String word : options.split(" ", -1)) {
      command.add(word.replace('_', ' '));
    }
    succeeds(command.toArray());
    succeeds("export", run, "--onnx", onnx);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--target load_[MW] --horizon 1-4 --quantiles 0.05,0.5,0.95 --calendar hour,weekday --known holiday",
        "--target load_[MW] --horizon 1-4 --loss gaussian --input load_[MW],temperature_(°C)",
        "--target load_[MW],temperature_(°C) --horizon 1-3 --fill zero --input load_[MW],temperature_(°C) --calendar hour",
        "--target load_[MW],temperature_(°C) --horizon 1-2 --predict level --cell lstm --layers 2 --known holiday",
        "--target load_[MW] --horizon 1"
      })
  void whatIsSaidIsWhatForecastSays(String options) throws IOException, OrtException {
    train(options);
    boolean known = options.contains("--known");
    try (var session = OrtEnvironment.getEnvironment().createSession(onnx.toString())) {
      var graph = new Exported(session);
      int steps = graph.list("unspool.y.horizons").size();
      Object[] command = joined("forecast", run, "--steps", steps, "--json");
      JsonObject said =
          succeeds(known ? TinyData.changed(command, "--future " + later) : command).json();
      graph.run();
      List<String> targets = graph.names("unspool.y");
      for (int target = 0; target < targets.size(); target++) {
        String name = targets.get(target);
        double size = name.startsWith("load") ? 900 : 3;
        for (int h = 0; h < steps; h++) {
          String what = options + ", " + name + ", horizon " + (h + 1);
          JsonArray values = said.getAsJsonObject("targets").getAsJsonArray(name);
          double value = values.get(h).getAsDouble();
          if (!graph.text("unspool.y.law").equals("quantiles")) {
            assertEquals(value, graph.last("y", target * steps + h), 1e-5 * size, what);
          }
          if (graph.text("unspool.y.law").equals("gaussian")) {
            JsonArray deviations = said.getAsJsonObject("deviations").getAsJsonArray(name);
            double deviation = deviations.get(h).getAsDouble();
            assertEquals(deviation, graph.last("deviation", target * steps + h), 1e-5 * size);
          }
          if (graph.text("unspool.y.law").equals("quantiles")) {
            JsonArray levels = graph.list("unspool.y.quantiles");
            for (int q = 0; q < levels.size(); q++) {
              String level = Numbers.probability(levels.get(q).getAsDouble());
              double quantile =
                  said.getAsJsonObject("quantiles")
                      .getAsJsonObject(level)
                      .getAsJsonArray(name)
                      .get(h)
                      .getAsDouble();
              double found = graph.last("y", (target * steps + h) * levels.size() + q);
              assertEquals(quantile, found, 1e-5 * size, what + ", " + level);
            }
          }
        }
      }
    }
  }

  /** Before the first number of a column there is none to go on with. */
  @ParameterizedTest
  @ValueSource(strings = {"--fill last", "--fill zero"})
  void alsoTheFirstRowsAreWhatAForecasterSays(String fill) throws IOException, OrtException {
    train("--target load_[MW],temperature_(°C) --horizon 1 " + fill);
    Forecaster forecaster = Forecaster.load(run, StepEngine.PLAIN);
    try (var session = OrtEnvironment.getEnvironment().createSession(onnx.toString())) {
      var graph = new Exported(session);
      graph.run();
      for (int t = 0; t < 8; t++) {
        int row = t;
        double[] numbers =
            forecaster.columns().stream().mapToDouble(column -> number(row, column)).toArray();
        double[] said = forecaster.step(BEGIN.plusSeconds(3600L * t), numbers).values();
        assertEquals(said[0], graph.at(t, "y", 0), 1e-5 * 900, fill + ", row " + t);
        assertEquals(said[1], graph.at(t, "y", 1), 1e-5 * 3, fill + ", row " + t);
      }
    }
  }

  @Test
  void theFileSaysWhatACallerNeeds() throws IOException, OrtException {
    train(
        "--target load_[MW] --horizon 1-4 --quantiles 0.05,0.5,0.95 --calendar hour --known holiday"
            + " --input load_[MW],temperature_(°C) --gap 9 --cell lstm --layers 2");
    try (var session = OrtEnvironment.getEnvironment().createSession(onnx.toString())) {
      var graph = new Exported(session);
      assertEquals("1", graph.text("unspool.format"));
      assertEquals(Main.Version.number(), graph.text("unspool.version"));
      String config = Files.readString(run.resolve("config.json"));
      assertTrue(config.contains(graph.text("unspool.run")), config);
      assertEquals(
          "load [MW], temperature (°C), holiday, holiday, holiday, holiday",
          String.join(", ", graph.names("unspool.x.columns")));
      assertEquals(
          "load [MW], temperature (°C), holiday +1, holiday +2, holiday +3, holiday +4, load [MW] missing",
          String.join(", ", graph.names("unspool.x").subList(0, 7)));
      assertEquals("hour sin 1", graph.names("unspool.x").get(8));
      assertEquals("[0, 0, 1, 2, 3, 4]", graph.text("unspool.x.ahead"));
      assertEquals(
          "last, last, last, last, last, last", String.join(", ", graph.names("unspool.x.fill")));
      assertEquals("9", graph.text("unspool.x.gap"));
      assertEquals(List.of("load [MW]"), graph.names("unspool.y"));
      assertEquals("[1, 2, 3, 4]", graph.text("unspool.y.horizons"));
      assertEquals("[0.05, 0.5, 0.95]", graph.text("unspool.y.quantiles"));
      JsonObject units = JsonParser.parseString(graph.text("unspool.units")).getAsJsonObject();
      assertEquals("MW", units.get("load [MW]").getAsString());
      assertEquals("°C", units.get("temperature (°C)").getAsString());
      JsonObject state = JsonParser.parseString(graph.text("unspool.state")).getAsJsonObject();
      assertEquals("[2,\"lanes\",8]", state.get("h").toString());
      assertEquals("[2,\"lanes\",8]", state.get("c").toString());
      assertEquals("every hour", graph.text("unspool.time.step"));
      assertEquals(BEGIN.toString(), graph.text("unspool.time.origin"));
    }
  }

  /** What a caller does, knowing no more than the file says. */
  private static final class Exported {
    private final OrtSession session;
    private final Map<String, String> text;
    private final Map<String, double[]> found = new HashMap<>();

    Exported(OrtSession session) throws OrtException {
      this.session = session;
      this.text = session.getMetadata().getCustomMetadata();
    }

    String text(String key) {
      return Objects.requireNonNull(text.get(key), key);
    }

    JsonArray list(String key) {
      return JsonParser.parseString(text(key)).getAsJsonArray();
    }

    List<String> names(String key) {
      return list(key).asList().stream().map(JsonElement::getAsString).toList();
    }

    /** A number of what was said of the newest row. */
    double last(String output, int number) {
      return at(ROWS - 1, output, number);
    }

    /** A number of what was said of a row. */
    double at(int t, String output, int number) {
      double[] all = Objects.requireNonNull(found.get(output));
      return all[t * all.length / ROWS + number];
    }

    private static double newest(int t, String column, JsonElement before) {
      int at = t;
      while (at >= 0 && Double.isNaN(number(at, column))) {
        at--;
      }
      return at < 0 ? before.getAsDouble() : number(at, column);
    }

    private double seen(int t, String name) {
      List<String> columns = names("unspool.x.columns");
      for (int i = 0; i < columns.size(); i++) {
        String column = columns.get(i);
        int ahead = list("unspool.x.ahead").get(i).getAsInt();
        String label = ahead == 0 ? column : "%s +%s".formatted(column, ahead);
        double number = number(t + ahead, column);
        if (name.equals(label)) {
          boolean zero = names("unspool.x.fill").get(i).equals("zero");
          JsonElement mean = list("unspool.x.mean").get(i);
          return !Double.isNaN(number) ? number : zero ? 0 : newest(t + ahead, column, mean);
        }
        if (name.equals(label + " missing")) {
          return Double.isNaN(number) ? 1 : 0;
        }
      }
      // The calendar is that of the row that is predicted.
      int first = list("unspool.y.horizons").get(0).getAsInt();
      ZonedDateTime time = BEGIN.plusSeconds(3600L * (t + first)).atZone(ZoneOffset.UTC);
      String[] words = name.split(" ", -1);
      double part =
          switch (words[0]) {
            case "hour" -> (time.getHour() * 60 + time.getMinute()) / 1440.0;
            case "weekday" -> (time.getDayOfWeek().getValue() - 1) / 7.0;
            default -> throw new AssertionError(name);
          };
      double angle = 2 * Math.PI * part * Integer.parseInt(words[2]);
      return words[1].equals("sin") ? Math.sin(angle) : Math.cos(angle);
    }

    /** All rows at once, from the beginning. */
    void run() throws OrtException {
      Map<String, OnnxTensor> inputs = new HashMap<>();
      List<String> names = names("unspool.x");
      double[] x = new double[ROWS * names.size()];
      for (int i = 0; i < x.length; i++) {
        x[i] = seen(i / names.size(), names.get(i % names.size()));
      }
      inputs.put("x", tensor(x));
      if (text.containsKey("unspool.newest")) {
        List<String> targets = names("unspool.newest");
        double[] newest = new double[ROWS * targets.size()];
        for (int i = 0; i < newest.length; i++) {
          int target = i % targets.size();
          JsonElement mean = list("unspool.newest.mean").get(target);
          newest[i] = newest(i / targets.size(), targets.get(target), mean);
        }
        inputs.put("newest", tensor(newest));
      }
      JsonObject states = JsonParser.parseString(text("unspool.state")).getAsJsonObject();
      for (var state : states.entrySet()) {
        List<JsonElement> extents = state.getValue().getAsJsonArray().asList();
        long[] shape =
            extents.stream()
                .mapToLong(extent -> extent.toString().equals("\"lanes\"") ? 1 : extent.getAsLong())
                .toArray();
        int size = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        FloatBuffer zeros = FloatBuffer.allocate(size);
        inputs.put(
            state.getKey(), OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), zeros, shape));
      }
      try (var result = session.run(inputs)) {
        for (var value : result) {
          DoubleBuffer numbers = ((OnnxTensor) value.getValue()).getDoubleBuffer();
          if (numbers != null) {
            found.put(value.getKey(), numbers.array());
          }
        }
      }
      inputs.values().forEach(OnnxTensor::close);
      assertNotNull(found.get("y"));
    }

    private static OnnxTensor tensor(double[] values) throws OrtException {
      long[] shape = {ROWS, 1, values.length / ROWS};
      return OnnxTensor.createTensor(
          OrtEnvironment.getEnvironment(), DoubleBuffer.wrap(values), shape);
    }
  }
}
