// SPDX-License-Identifier: Apache-2.0
package dev.unspool.bench;

import com.google.gson.JsonObject;
import dev.unspool.bench.scaling.Bandwidth;
import dev.unspool.bench.scaling.Curve;
import dev.unspool.bench.scaling.Floor;
import dev.unspool.bench.scaling.Measured;
import dev.unspool.bench.scaling.ScalingPicture;
import dev.unspool.bench.scaling.ScalingTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code bench --scaling}: measures every point of every curve in a JVM of its own.
 *
 * @param processors that may be used; empty where the system does not tell them
 * @param seconds of measuring for each point
 * @param format of the output
 * @param picture that is drawn, if one is
 */
record ScalingRun(
    List<Integer> processors, double seconds, Output.Format format, @Nullable Path picture) {
  private static final String BANDWIDTH = "bandwidth";

  /** Seconds after which the loop that reads is compiled, however few are asked for. */
  private static final double COMPILED_AFTER = 2;

  /**
   * Measures and prints all of it.
   *
   * @param options with which {@code bench} measures a point in place
   * @throws IOException if the picture cannot be written, before anything is measured
   */
  void run(Function<Curve.Point, List<String>> options) throws IOException {
    if (picture != null) {
      requireWritable(picture);
    }
    int most =
        processors.isEmpty() ? Runtime.getRuntime().availableProcessors() : processors.size();
    OwnJvm one = jvm(1);
    var output = new Output(System.out, format, 1, one.pinning());
    output.begin();
    var bandwidth =
        Bandwidth.of(
            one.ask(List.of("--scaling", "--seconds", Double.toString(seconds)))
                .getAsJsonArray(BANDWIDTH));
    output.bandwidth(bandwidth);
    var table = new ScalingTable();
    for (Curve curve : Curve.all(most)) {
      for (Curve.Point point : curve.points()) {
        Row row = jvm(point.threads()).measure(options.apply(point));
        var measured = new Measured(curve, point, row, Floor.of(row, point.threads(), bandwidth));
        table.add(measured);
        output.point(measured, System.err);
      }
    }
    output.end(table, bandwidth);
    if (picture != null) {
      ScalingPicture.draw(picture, table);
    }
  }

  private static void requireWritable(Path png) throws IOException {
    try {
      Files.newOutputStream(png, StandardOpenOption.CREATE, StandardOpenOption.WRITE).close();
    } catch (IOException e) {
      throw new IOException(
          "the picture %s cannot be written (%s); name a file in a folder that can be written to"
              .formatted(png, e.getClass().getSimpleName()),
          e);
    }
  }

  private OwnJvm jvm(int wide) {
    return new OwnJvm(Pinning.of(wide, processors.subList(0, Math.min(wide, processors.size()))));
  }

  /** What the JVM that is asked for it in {@link #run} answers. */
  static JsonObject reading(double seconds) {
    var speeds = new JsonObject();
    double enough = Math.max(seconds, COMPILED_AFTER);
    speeds.add(BANDWIDTH, Bandwidth.measure(enough, Bandwidth.LARGEST).json());
    return speeds;
  }
}
