// SPDX-License-Identifier: Apache-2.0
package service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.unspool.checkpoint.Safetensors;
import dev.unspool.checkpoint.Tensor;
import dev.unspool.model.SplitMix64;
import dev.unspool.network.Cell;
import dev.unspool.network.Network;
import dev.unspool.network.NetworkSpec;
import dev.unspool.predict.Bands;
import dev.unspool.predict.Features;
import dev.unspool.predict.Fill;
import dev.unspool.predict.Forecaster;
import dev.unspool.predict.ModelDescription;
import dev.unspool.predict.Outputs;
import dev.unspool.predict.Precision;
import dev.unspool.predict.Prediction;
import dev.unspool.predict.Sampling;
import dev.unspool.predict.TimeAxis;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service over loopback: what it answers is what a forecaster says that is given the same. */
final class ForecastServiceTest {
  private static final Instant BEGIN = Instant.parse("2024-05-01T00:00:00Z");

  @TempDir Path folder;
  private Path run = Path.of("");

  @BeforeEach
  void writeARun() throws IOException {
    writeARun(Outputs.Law.VALUE);
  }

  private void writeARun(Outputs.Law law) throws IOException {
    List<Double> levels = law == Outputs.Law.VALUE ? List.of() : List.of(0.1, 0.9);
    run = Files.createDirectories(folder.resolve("run"));
    var network = new Network(NetworkSpec.of(Cell.LSTM, 2, 5, law == Outputs.Law.VALUE ? 1 : 2));
    var features =
        new Features(
            List.of(
                new Features.Column("load", 0, 0, 3000, 200, Fill.LAST, false),
                new Features.Column("wind", 1, 0, 8, 3, Fill.LAST, false)),
            null,
            0,
            -1);
    var load = new Outputs.Target("load", true, 3000, List.of(40.0));
    var description =
        new ModelDescription(
            ModelDescription.FORMAT,
            "loads",
            List.of("load", "wind"),
            ModelDescription.Clock.of(TimeAxis.every(BEGIN, 3_600_000, ZoneOffset.UTC)),
            features,
            new Outputs(List.of(load), List.of(1), law, levels),
            Precision.FLOAT32,
            null,
            network.program().asData());
    Files.write(run.resolve("forecaster.json"), description.toJson());
    var theta = network.initialise(new SplitMix64(2));
    Safetensors.write(run.resolve("best.safetensors"), Tensor.byName(theta), Map.of());
  }

  private ForecastService service() throws IOException {
    return new ForecastService(run, 0, folder.resolve("states"));
  }

  private static HttpResponse<String> call(ForecastService service, String path, String body)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://localhost:" + service.port() + "/" + path);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    return HttpClient.newHttpClient()
        .send(
            (body.isEmpty() ? request : request.POST(BodyPublishers.ofString(body))).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  /** The value in the last line of an answer. */
  private static double value(HttpResponse<String> answer) {
    assertEquals(200, answer.statusCode(), answer::body);
    List<String> lines = answer.body().lines().toList();
    assertEquals("row,time,load", lines.getFirst());
    String line = lines.getLast();
    return Double.parseDouble(line.substring(line.lastIndexOf(',') + 1));
  }

  @Test
  void eachClientHasAStateThatOutlivesARestart() throws Exception {
    Forecaster one = Forecaster.load(run);
    Forecaster other = one.fresh();
    var random = new SplitMix64(3);
    for (int start = 0; start < 3; start++) {
      try (ForecastService service = service()) {
        assertEquals("load,wind\n", call(service, "columns", "").body());
        for (int i = 0; i < 4; i++) {
          double load = 3000 + 100 * random.nextGaussian();
          String time = "?time=" + BEGIN.plusSeconds(3600L * (4 * start + i));
          double next = one.step(BEGIN.plusSeconds(3600L * (4 * start + i)), load, 9).value();
          assertEquals(next, value(call(service, "one/rows" + time, load + ",9")));
          double wind = 4 * random.nextDouble();
          double elsewhere = other.step(Double.NaN, wind).value();
          assertEquals(elsewhere, value(call(service, "other/rows", "," + wind)));
        }
        one.future("wind", 9, 10);
        assertEquals(200, call(service, "one/future/wind", "9,10").statusCode());
        assertEquals(
            one.forecast(3).get(2).value(), value(call(service, "one/forecast?steps=3", "")));
      }
    }
  }

  @Test
  void whatIsUnsureIsSaidWithQuantilesAndBands() throws Exception {
    writeARun(Outputs.Law.GAUSSIAN);
    var offsets = Map.of("load", Arrays.asList(1.5, 2.0, null));
    var bands =
        new Bands(List.of(1, 2, 3), true, List.of(new Bands.Level(0.9, null, null, offsets)));
    Files.write(run.resolve("bands.json"), bands.toJson());
    Forecaster own = Forecaster.load(run);
    try (ForecastService service = service()) {
      for (int i = 0; i < 4; i++) {
        own.step(3000 + i, 9);
        assertEquals(200, call(service, "a/rows", (3000 + i) + ",9").statusCode());
      }
      own.future("wind", 9, 10);
      assertEquals(200, call(service, "a/future/wind", "9,10").statusCode());
      List<Prediction> expected = own.forecast(3, new Sampling(50, 1));
      String body = call(service, "a/forecast?steps=3&paths=50&band=0.9", "").body();
      List<String> lines = body.lines().toList();
      assertEquals("row,time,load,load 0.1,load 0.9,load lower,load upper", lines.getFirst());
      for (int i = 0; i < 3; i++) {
        String[] fields = lines.get(i + 1).split(",", -1);
        Prediction prediction = expected.get(i);
        assertEquals(prediction.value(), Double.parseDouble(fields[2]));
        assertEquals(prediction.quantiles()[0][0], Double.parseDouble(fields[3]));
        assertEquals(prediction.quantiles()[0][1], Double.parseDouble(fields[4]));
        if (i == 2) {
          assertEquals("", fields[5] + fields[6]); // nobody has judged that far
          continue;
        }
        double half = (i == 0 ? 1.5 : 2) * Objects.requireNonNull(prediction.deviations())[0];
        assertEquals(prediction.value() - half, Double.parseDouble(fields[5]), 1e-9);
        assertEquals(prediction.value() + half, Double.parseDouble(fields[6]), 1e-9);
      }
      assertRefused(
          call(service, "a/forecast?steps=1&band=0.5", ""),
          "a band of 0.5 was not calibrated, only [0.9] were");
      assertRefused(call(service, "a/forecast?paths=1", ""), "the number of paths must be 0, or");
    }
  }

  @Test
  void whatCannotBeAnsweredIsSaidInALine() throws Exception {
    try (ForecastService service = service()) {
      assertRefused(call(service, "one/rows", "3000"), "a row has 2 values, [load, wind]; found 1");
      assertRefused(
          call(service, "one/rows", "3000,much"), "found the wind 'much', expected a number");
      assertRefused(call(service, "one/rows", "a\nb,9"), "found the load 'a b', expected a number");
      assertRefused(call(service, "one/rows", "1,2,c"), "found the wind 'c', expected a number");
      assertRefused(
          call(service, "one/future/wind", "1,soon"), "found the wind 'soon', expected a number");
      for (String name : List.of("steps", "paths")) {
        assertRefused(
            call(service, "one/forecast?" + name + "=x", ""),
            "found the " + name + " 'x', expected a whole number");
      }
      assertRefused(
          call(service, "one/forecast?band=wide", ""), "found the band 'wide', expected a number");
      assertRefused(call(service, "one/rows?time=noon", "3000,9"), "found the time noon, expected");
      assertRefused(call(service, "one/forecast", ""), "nothing can be said of row 0 yet");
      assertRefused(call(service, "one/future/rain", "1"), "no column 'rain'; the model has");
      assertRefused(call(service, "../etc/rows", "1"), "found /");
      call(service, "two/rows", "3000,9");
      assertRefused(call(service, "two/forecast?steps=2147483647", ""), "has at most 100000 rows");
      assertRefused(call(service, "two/forecast?band=0.9", ""), "the run has no bands.json");
      assertRefused(call(service, "two/rows", "Infinity,9"), "'load': found Infinity, expected");
      assertRefused(
          call(service, "two/rows?time=+999999999-12-31T23:59:59Z", "3000,9"), "is too far away");
      assertRefused(call(service, "one/other", "1"), "expected /rows, /future or /forecast");
    }
  }

  private static void assertRefused(HttpResponse<String> answer, String begins) {
    assertEquals(400, answer.statusCode(), answer::body);
    assertTrue(answer.body().contains(begins), answer::body);
    assertEquals(1, answer.body().lines().count());
  }
}
